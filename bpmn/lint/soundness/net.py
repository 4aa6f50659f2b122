"""A graph compiled for exploring: a marking is one int, a move is two masks.

Bit i of a marking says that place i (an edge) holds a token, bit i + width that it holds a second one. More than two
are not followed: the explorer says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from bpmn.lint.soundness.graph import Edge, Graph, Logic, Place, Vertex

WIDEST_CHOICE = 8
"""An inclusive choice among more flows than this is tried with one, two and all of them, not with every subset."""


@dataclass(slots=True)
class Move:
    """One way for a vertex to fire: takes a token from each place in `pre`, puts one on each in `post`."""

    vertex: Vertex
    pre: int
    post: int
    puts: tuple[Edge, ...]
    """The edges entered, also those on which no token rests because nothing depends on it."""
    clears: bool = False
    number: int = 0


@dataclass(slots=True)
class InclusiveJoin:
    """An inclusive join with, for each place, the incoming places to be reached from there without passing it."""

    vertex: Vertex
    ins: int
    reach: tuple[tuple[int, int], ...]
    """(bit of a place, bits of the incoming places it can reach)."""
    puts: tuple[Edge, ...]
    post: int
    number: int = 0
    known: dict[int, int] = field(default_factory=dict)
    clears: bool = False

    def blockers(self, marked: int) -> int:
        """The places whose token is waited for while exactly `marked` of the incoming places are marked.

        BPMN 2.0.2, table 13.3: a token is waited for when it can reach an empty incoming flow, and cannot
        reach one that has a token, in both cases without visiting the gateway.
        """
        if marked not in self.known:
            empty = self.ins & ~marked
            self.known[marked] = sum(bit for bit, to in self.reach if to & empty and not to & marked)
        return self.known[marked]


@dataclass(slots=True)
class Net:
    """What the explorer reads."""

    width: int
    lows: int
    """The mask of the first tokens."""
    places: tuple[Edge, ...]
    initial: tuple[Move, ...]
    """The first moves, out of the empty marking."""
    moves: dict[int, tuple[Move, ...]]
    """By the bit of the place that triggers them; a parallel join is triggered by its first place."""
    inclusive: dict[int, InclusiveJoin]
    """By the bit of each incoming place."""
    joins: tuple[tuple[Vertex, int], ...]
    """Every parallel and inclusive join with its incoming places."""
    count: int
    narrowed: bool
    """Whether an inclusive choice was too wide to try every subset."""


def compile_net(graph: Graph) -> Net:
    """The net of a reduced graph."""
    places = tuple(edge for vertex in graph.vertices for edge in vertex.outs if _holds(edge))
    bits = {edge: 1 << number for number, edge in enumerate(places)}
    moves: dict[int, tuple[Move, ...]] = {}
    inclusive: dict[int, InclusiveJoin] = {}
    joins: list[tuple[Vertex, int]] = []
    for vertex in graph.vertices:
        ins = sum(bits.get(edge, 0) for edge in vertex.ins)
        if len(vertex.ins) > 1 and vertex.place is Place.INNER and vertex.logic is not Logic.XOR:
            joins.append((vertex, ins))
        if vertex.logic is Logic.OR and len(vertex.ins) > 1:
            join = _inclusive_join(vertex, ins, bits)
            inclusive.update((bits[edge], join) for edge in vertex.ins)
            continue
        for trigger, pre in _triggers(vertex, ins, bits):
            moves[trigger] = tuple(_fire(vertex, pre, bits))
    initial = tuple(_fire(graph.root, 0, bits))
    wide = any(each.logic is Logic.OR and len(each.outs) > WIDEST_CHOICE for each in graph.vertices)
    net = Net(len(places), (1 << len(places)) - 1, places, initial, moves, inclusive, tuple(joins), 0, wide)
    _number(net)
    return net


def _number(net: Net) -> None:
    joins = {id(join): join for join in net.inclusive.values()}
    numbered: list[Move | InclusiveJoin] = [
        *net.initial,
        *(move for group in net.moves.values() for move in group),
        *joins.values(),
    ]
    for number, each in enumerate(numbered):
        each.number = number
    net.count = len(numbered)


def _holds(edge: Edge) -> bool:
    """Whether a token may rest here. On the way to an end it need not, unless two could do the same work there."""
    return edge.target.place is not Place.SINK or (edge.works and len(edge.source.ins) > 1)


def _triggers(vertex: Vertex, ins: int, bits: dict[Edge, int]) -> Iterator[tuple[int, int]]:
    held = [edge for edge in vertex.ins if edge in bits]
    if vertex.logic is Logic.AND and vertex.place is Place.INNER and held:
        yield bits[held[0]], ins
        return
    for edge in held:
        yield bits[edge], bits[edge]


def _fire(vertex: Vertex, pre: int, bits: dict[Edge, int]) -> Iterator[Move]:
    clears = vertex.place is Place.CLEAR
    for edges in _choices(vertex):
        post = sum(bits.get(edge, 0) for edge in edges)
        yield Move(vertex, pre, post, edges, clears)


def _choices(vertex: Vertex) -> Iterator[tuple[Edge, ...]]:
    outs = tuple(vertex.outs)
    if vertex.logic is Logic.AND or len(outs) <= 1:
        yield outs
    elif vertex.logic is Logic.XOR:
        yield from ((edge,) for edge in outs)
    else:
        sizes: Iterable[int] = range(1, len(outs) + 1) if len(outs) <= WIDEST_CHOICE else (1, 2, len(outs))
        for size in sizes:
            yield from combinations(outs, size)


def _inclusive_join(vertex: Vertex, ins: int, bits: dict[Edge, int]) -> InclusiveJoin:
    reach: dict[int, int] = {}
    for edge in vertex.ins:
        for each in _upstream(edge, vertex):
            if each in bits:
                reach[bits[each]] = reach.get(bits[each], 0) | bits[edge]
    puts = tuple(vertex.outs)
    post = sum(bits.get(edge, 0) for edge in puts)
    return InclusiveJoin(vertex, ins, tuple(reach.items()), puts, post)


def _upstream(edge: Edge, join: Vertex) -> set[Edge]:
    """This edge and all from which a path leads to it without visiting the join."""
    found, stack = {edge}, [edge]
    while stack:
        source = stack.pop().source
        if source is not join:
            new = [each for each in source.ins if each not in found]
            found.update(new)
            stack.extend(new)
    return found
