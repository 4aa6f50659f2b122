"""The graph that is explored: vertices that join or split tokens, edges that carry them from one to the next.

One graph stands for one scope (a process or one embedded sub-process): BPMN 2.0.2, 13.3.4 and 13.4.3, look at no
path that crosses a sub-process's border, and what happens inside has no influence outside but that it ends.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

Rope = tuple[object, ...] | str
"""Element ids in order, as nested tuples that share their parts; `flatten` reads them."""


class Logic(Enum):
    """How many of a vertex's edges take part when it fires."""

    XOR = auto()
    """One in, one out: each token passes alone."""
    AND = auto()
    """All in, all out."""
    OR = auto()
    """In: all that can still come (inclusive join); out: any, but at least one."""


class Place(Enum):
    """What a vertex is for."""

    ROOT = auto()
    """Where the scope's one first token stands."""
    INNER = auto()
    SINK = auto()
    """An end: takes the token and nothing else."""
    CLEAR = auto()
    """A terminate, error or cancel end: takes every token of the scope."""


@dataclass(slots=True, eq=False)
class Vertex:
    """A point where tokens meet or part. `ins` and `outs` keep insertion order, so that reports are stable."""

    element: str
    logic: Logic = Logic.XOR
    place: Place = Place.INNER
    ins: dict["Edge", None] = field(default_factory=dict)
    outs: dict["Edge", None] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Edge:
    """A way from one vertex to the next on which a token may rest, with the elements that it passes there."""

    source: Vertex
    target: Vertex
    trail: Rope = ()
    """The elements on a shortest passage; those of parallel branches one after the other."""
    length: int = 0
    members: Rope = ()
    """Every element that can be passed here."""
    last: Rope = ()
    """Ids of the flows by which the edge enters its target."""
    works: bool = False
    """Whether an activity or intermediate event stands on it, so that passing twice does something twice."""


@dataclass(slots=True)
class Graph:
    """The vertices of one scope."""

    root: Vertex
    vertices: dict[Vertex, None] = field(default_factory=dict)

    def add(self, vertex: Vertex) -> Vertex:
        """This vertex, now part of the graph."""
        self.vertices[vertex] = None
        return vertex


def connect(source: Vertex, target: Vertex, **values: object) -> Edge:
    """A new edge between the two, with these values in its other fields."""
    edge = Edge(source, target, **values)  # type: ignore[arg-type]
    source.outs[edge] = None
    target.ins[edge] = None
    return edge


def disconnect(edge: Edge) -> None:
    """Takes the edge out of both its ends."""
    del edge.source.outs[edge]
    del edge.target.ins[edge]


def flatten(rope: Rope) -> Iterator[str]:
    """The ids of the rope in order."""
    stack: list[object] = [rope]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            yield top
        elif isinstance(top, tuple):
            stack.extend(reversed(top))


def collect(rope: Rope, found: set[str], seen: set[int]) -> None:
    """Adds the rope's ids to `found`; parts already in `seen` (by identity) are not walked again."""
    stack: list[object] = [rope]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            found.add(top)
        elif isinstance(top, tuple) and top and id(top) not in seen:
            seen.add(id(top))
            stack.extend(top)
