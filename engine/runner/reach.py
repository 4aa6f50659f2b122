"""Which incoming flows of a join a token at some node can still reach, without passing the join."""

from collections.abc import Iterator
from typing import Any


def reachable_entries(join: Any) -> dict[Any, int]:
    """Node spec -> bit set of the join's incoming flows (bit n: `join.entries[n]`), for every node that reaches any.

    One depth-first search over the flows backwards from the join finds the nodes concerned; strongly connected
    parts (loops) share one answer, so that the work is linear in the number of flows.
    """
    bit = {flow: 1 << place for place, flow in enumerate(join.entries)}
    found: dict[Any, int] = {}
    for part in _components(join):
        mask = 0
        for node in part:
            for way in node.exits:
                mask |= bit[way.flow] if way.target is join else found.get(way.target, 0)
        found.update(dict.fromkeys(part, mask))
    return {node: mask for node, mask in found.items() if mask}


def _components(join: Any) -> Iterator[list[Any]]:
    """Strongly connected parts of the join's process without the join, each after those it leads to (Tarjan)."""
    index: dict[Any, int] = {}
    low: dict[Any, int] = {}
    open_nodes: list[Any] = []
    is_open: set[Any] = set()
    for start in _neighbours(join):
        if start in index:
            continue
        # A path of frames instead of recursion: a chain may be thousands of nodes long.
        path = [(start, _forward(start, join))]
        while path:
            node, targets = path[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                open_nodes.append(node)
                is_open.add(node)
            target = next(targets, None)
            if target is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == index[node]:
                    yield _take(open_nodes, is_open, node)
            elif target not in index:
                path.append((target, _forward(target, join)))
            elif target in is_open:
                low[node] = min(low[node], index[target])


def _take(open_nodes: list[Any], is_open: set[Any], last: Any) -> list[Any]:
    part: list[Any] = []
    while not part or part[-1] is not last:
        part.append(open_nodes.pop())
        is_open.discard(part[-1])
    return part


def _forward(node: Any, join: Any) -> Iterator[Any]:
    return (way.target for way in node.exits if way.target is not join)


def _neighbours(join: Any) -> list[Any]:
    """Every other node of the join's process or sub-process."""
    return [spec for spec in join._wf_spec.task_specs.values() if hasattr(spec, "exits") and spec is not join]
