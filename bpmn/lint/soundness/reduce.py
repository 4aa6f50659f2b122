"""Shrinks a graph to the part whose soundness is not plain from its shape.

Each rule replaces a block with one entry and one exit (a chain, a choice, a parallel or inclusive block, a loop) by
one edge that behaves the same seen from outside: a token goes in, one comes out. Blocks that are properly nested vanish
wholly, whatever their width; only the rest has to be explored. The rules for chains and for parallel edges are the
fusions of series and parallel places and transitions of T. Murata, "Petri nets: properties, analysis and
applications", Proceedings of the IEEE 77(4), 1989, section V.
"""

from collections import deque
from collections.abc import Iterable

from bpmn.lint.soundness.graph import Edge, Graph, Logic, Place, Vertex, connect, disconnect

MOST_MOVED = 64
"""Merging neighbours moves edges; a vertex with more of them stays, so that the whole stays near linear."""


def reduce(graph: Graph) -> None:
    """Applies the rules until none fits. Nothing but the shape of the graph is looked at."""
    prune(graph)
    queue = deque(graph.vertices)
    waiting = set(queue)
    while queue:
        vertex = queue.popleft()
        waiting.discard(vertex)
        if vertex not in graph.vertices:
            continue
        for touched in _step(graph, vertex):
            if touched not in waiting:
                waiting.add(touched)
                queue.append(touched)


def reachable(root: Vertex) -> dict[Vertex, Edge | None]:
    """Every vertex on a directed path from `root`, with the edge by which a shortest path enters it."""
    found: dict[Vertex, Edge | None] = {root: None}
    queue = deque([root])
    while queue:
        for edge in queue.popleft().outs:
            if edge.target not in found:
                found[edge.target] = edge
                queue.append(edge.target)
    return found


def prune(graph: Graph) -> None:
    """Takes out what no token can reach; a parallel join goes on waiting for a flow that comes from there."""
    found = reachable(graph.root)
    for vertex in [each for each in graph.vertices if each not in found]:
        for edge in [*vertex.ins, *vertex.outs]:
            starved = edge.target in found and edge.target.logic is Logic.AND
            if edge in edge.source.outs and not starved:
                disconnect(edge)
        if not vertex.outs:
            del graph.vertices[vertex]


def _step(graph: Graph, vertex: Vertex) -> Iterable[Vertex]:
    """Applies the first rule that fits here; gives the vertices to look at again."""
    for rule in (_series, _parallel, _loop, _nested_joins, _nested_splits):
        touched = rule(graph, vertex)
        if touched:
            return touched
    return ()


def _series(graph: Graph, vertex: Vertex) -> list[Vertex]:
    """One in, one out: both edges become one."""
    if vertex.place is not Place.INNER or len(vertex.ins) != 1 or len(vertex.outs) != 1:
        return []
    (before,), (after,) = vertex.ins, vertex.outs
    if before is after:
        return []
    disconnect(before)
    disconnect(after)
    del graph.vertices[vertex]
    connect(
        before.source,
        after.target,
        trail=(before.trail, after.trail),
        length=before.length + after.length,
        members=(before.members, after.members),
        last=after.last or before.last,
        works=before.works or after.works,
    )
    return [before.source, after.target]


def _parallel(graph: Graph, vertex: Vertex) -> list[Vertex]:
    """Edges side by side from one split to one join become one edge."""
    del graph
    if len(vertex.ins) < 2:
        return []
    by_source: dict[Vertex, list[Edge]] = {}
    for edge in vertex.ins:
        by_source.setdefault(edge.source, []).append(edge)
    touched: list[Vertex] = []
    for source, edges in by_source.items():
        if vertex.place is Place.SINK and source.logic is Logic.AND and len(source.outs) > 1:
            _let_go(source, edges)
            touched += [source, vertex]
        elif len(edges) > 1 and _may_fuse(source, vertex):
            _fuse(source, vertex, edges)
            touched += [source, vertex]
    return touched


def _may_fuse(source: Vertex, target: Vertex) -> bool:
    """Whether edges side by side between these two act like one.

    An inclusive join takes what a split of any kind sent: a token before the split can reach all of the edges, so it is
    never waited for once one of them has a token (BPMN 2.0.2, table 13.3).
    """
    if target.place is not Place.INNER or target.logic is Logic.OR:
        return True
    return source.logic is target.logic


def _fuse(source: Vertex, target: Vertex, edges: list[Edge]) -> None:
    chosen = edges if source.logic is Logic.AND else [min(edges, key=lambda each: each.length)]
    for edge in edges:
        disconnect(edge)
    connect(
        source,
        target,
        trail=tuple(each.trail for each in chosen),
        length=sum(each.length for each in chosen),
        members=tuple(each.members for each in edges),
        last=tuple(each.last for each in edges),
        works=any(each.works for each in edges),
    )


def _let_go(source: Vertex, edges: list[Edge]) -> None:
    """A branch of a fork that only runs to an end holds up nothing: it goes, and its elements are kept beside."""
    kept = next((each for each in source.outs if each not in edges), None)
    if kept is None:
        kept, *edges = edges
    for edge in edges:
        disconnect(edge)
        kept.trail = (edge.trail, kept.trail)
        kept.length += edge.length
        kept.members = (edge.members, kept.members)


def _loop(graph: Graph, vertex: Vertex) -> list[Vertex]:
    """A choice right behind a merge that only leads back to that merge or on: the way back goes."""
    del graph
    if vertex.logic is not Logic.XOR or len(vertex.ins) != 1 or len(vertex.outs) < 2:
        return []
    (body,) = vertex.ins
    merge = body.source
    if merge.logic is not Logic.XOR or merge.place is not Place.INNER or len(merge.outs) != 1:
        return []
    back = [edge for edge in vertex.outs if edge.target is merge]
    if not back or len(back) == len(vertex.outs):
        return []
    for edge in back:
        disconnect(edge)
        body.members = (body.members, edge.members)
    return [vertex, merge]


def _nested_joins(graph: Graph, vertex: Vertex) -> list[Vertex]:
    """An exclusive merge right before another (or before an end, with no work between) is one with it."""
    if vertex.logic is not Logic.XOR or len(vertex.outs) != 1 or not 2 <= len(vertex.ins) <= MOST_MOVED:
        return []
    (after,) = vertex.outs
    target = after.target
    merges = target.place is Place.INNER and target.logic is Logic.XOR and len(target.ins) >= 2
    if target is vertex or not (merges or (target.place is not Place.INNER and not after.works)):
        return []
    if any(edge.target is vertex for edge in target.outs):
        return []
    del graph.vertices[vertex]
    disconnect(after)
    touched = [target]
    for edge in list(vertex.ins):
        disconnect(edge)
        _prolong(edge, after, edge.source, target)
        touched.append(edge.source)
    return touched


def _nested_splits(graph: Graph, vertex: Vertex) -> list[Vertex]:
    """A split right behind another of its kind is one with it."""
    if len(vertex.ins) != 1 or not 2 <= len(vertex.outs) <= MOST_MOVED:
        return []
    (before,) = vertex.ins
    source = before.source
    if source is vertex or source.logic is not vertex.logic or len(source.outs) < 2 or len(source.ins) > 1:
        return []
    if any(edge.target is source for edge in vertex.outs):
        return []
    del graph.vertices[vertex]
    disconnect(before)
    touched = [source]
    for edge in list(vertex.outs):
        disconnect(edge)
        _prolong(before, edge, source, edge.target)
        touched.append(edge.target)
    return touched


def _prolong(first: Edge, second: Edge, source: Vertex, target: Vertex) -> None:
    connect(
        source,
        target,
        trail=(first.trail, second.trail),
        length=first.length + second.length,
        members=(first.members, second.members),
        last=second.last or first.last,
        works=first.works or second.works,
    )
