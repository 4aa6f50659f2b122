"""What the shape of a scope's graph tells before any marking is explored."""

from collections import deque
from collections.abc import Iterator

from bpmn.lint.soundness.build import Scope
from bpmn.lint.soundness.graph import Edge, Logic, Vertex, flatten

Paths = dict[Vertex, Edge | None]


def path_to(paths: Paths, vertex: Vertex) -> tuple[str, ...]:
    """The elements on the shortest path to this vertex (without the one it belongs to)."""
    steps: list[Edge] = []
    edge = paths[vertex]
    while edge is not None:
        steps.append(edge)
        edge = paths[edge.source]
    return tuple(each for step in reversed(steps) for each in flatten(step.trail))


def endless(scope: Scope, paths: Paths) -> dict[Vertex, None]:
    """The reachable vertices from which no path leads to an end, in breadth-first order."""
    ending = {scope.sink, scope.clear}
    stack = list(ending)
    while stack:
        for edge in stack.pop().ins:
            if edge.source not in ending:
                ending.add(edge.source)
                stack.append(edge.source)
    return {vertex: None for vertex in paths if vertex not in ending}


def first_on_cycle(vertices: dict[Vertex, None]) -> Vertex:
    """The first of these vertices that is left when those without a predecessor among them are taken away in turn."""
    left = dict(vertices)
    degree = {each: sum(edge.source in left for edge in each.ins) for each in left}
    bare = deque(each for each, count in degree.items() if not count)
    while bare:
        gone = bare.popleft()
        del left[gone]
        for edge in gone.outs:
            if edge.target in left:
                degree[edge.target] -= 1
                if not degree[edge.target]:
                    bare.append(edge.target)
    return next(iter(left))


def reentries(scope: Scope, paths: Paths) -> Iterator[tuple[Vertex, tuple[str, ...], str]]:
    """Parallel joins that one token can come back to without passing a fork: (join, elements of the way round, flow).

    Such a token finds its join empty again, so the join waits for partners that nobody sends. The flow is the
    first one on the way round that leads to where the join's own branches pass too.
    """
    for join in paths:
        if join.logic is Logic.AND and len(join.ins) > 1:
            back = _way_back(join)
            if back is not None:
                before = _before(scope, join)
                yield join, tuple(each for edge in back for each in flatten(edge.trail)), _returning(back, before)


def _way_back(join: Vertex) -> list[Edge] | None:
    came: dict[Vertex, Edge] = {}
    queue = deque([join])
    while queue:
        vertex = queue.popleft()
        for edge in () if _forks_or_joins(vertex, join) else vertex.outs:
            if edge.target not in came:
                came[edge.target] = edge
                queue.append(edge.target)
        if join in came:
            return _collect(came, join)
    return None


def _forks_or_joins(vertex: Vertex, join: Vertex) -> bool:
    many = len(vertex.outs) > 1 or (len(vertex.ins) > 1 and vertex is not join)
    return vertex.logic is not Logic.XOR and many


def _collect(came: dict[Vertex, Edge], join: Vertex) -> list[Edge]:
    way = [came[join]]
    while way[-1].source is not join:
        way.append(came[way[-1].source])
    return way[::-1]


def _before(scope: Scope, join: Vertex) -> set[Vertex]:
    """What a token can reach without passing the join, and the join itself."""
    found, stack = {scope.graph.root, join}, [scope.graph.root]
    while stack:
        for edge in stack.pop().outs:
            if edge.target not in found:
                found.add(edge.target)
                stack.append(edge.target)
    return found


def _returning(way: list[Edge], before: set[Vertex]) -> str:
    named = [(edge, next(flatten(edge.last), "")) for edge in way]
    return next(name for edge, name in named if name and edge.target in before)
