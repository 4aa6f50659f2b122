"""Which nodes may be active at the same time, seen from the shape of the graph."""

from collections.abc import Iterator, Mapping

from bpmn.lint.graph import by_scope, successors, takes_all
from bpmn.model import SUB_PROCESSES, Node, ProcessDefinition

_END = ""

VISITS = 400_000
"""So many nodes are looked at over all splits; a definition that would need more is looked at in part."""


def branch_pairs(definition: ProcessDefinition) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """For every split that may take several ways, pairs of branches as sets of node ids up to where all
    meet again.

    A node in one set may be active together with a node in the other, unless it is in both. Nodes of a sub-
    process count with the branch in which the sub-process stands. Conditions are not looked at, so the
    answer errs on the side of "together".
    """
    after = successors(definition)
    meets = meeting_points(definition)
    inside = _inside(definition)
    left = VISITS
    for node in definition.nodes:
        ways = _ways_at_once(definition, node)
        branches: list[frozenset[str]] = []
        together = 0
        for first in ways if len(ways) > 1 and left > 0 else ():
            branches.append(_branch(after, inside, first, meets.get(node.id), left))
            # A pair holds the union of all branches before it, so that is what each further branch costs.
            together += len(branches[-1])
            left -= 1 + together
        yield from _each_two(branches)


def _ways_at_once(definition: ProcessDefinition, node: Node) -> list[str]:
    """The nodes that may be entered at once when this one is left; none where only one way is chosen."""
    flows = [definition.flows_by_id[each] for each in node.outgoing]
    chosen = all(flow.outcome is not None and flow.condition is None for flow in flows)
    targets = [flow.target for flow in flows] if takes_all(node) and not chosen else []
    return list(dict.fromkeys(targets))


def _branch(
    after: Mapping[str, list[str]], inside: Mapping[str, list[str]], first: str, stop: str | None, most: int
) -> frozenset[str]:
    seen: set[str] = set()
    waiting = [] if first == stop else [first]
    while waiting and len(seen) < most:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(each for each in after.get(node, ()) if each != stop)
            waiting.extend(inside.get(node, ()))
    return frozenset(seen)


def _each_two(branches: list[frozenset[str]]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Each branch with the union of those before it: as telling as every pair, and linear in the number of
    branches.
    """
    before: frozenset[str] = frozenset()
    for branch in branches:
        if before and branch:
            yield before, branch
        before |= branch


def _inside(definition: ProcessDefinition) -> Mapping[str, list[str]]:
    children = by_scope(definition)
    return {
        node.id: [each.id for each in children.get(node.id, [])]
        for node in definition.nodes
        if node.kind in SUB_PROCESSES
    }


def meeting_points(definition: ProcessDefinition) -> Mapping[str, str]:
    """For each node the first one that every path from it to an end must pass; absent where there is none.

    Immediate post-dominators by the iteration of K. Cooper, T. Harvey and K. Kennedy, "A simple, fast
    dominance algorithm", on the reversed graph with one common end.
    """
    after = {key: targets or [_END] for key, targets in successors(definition).items()}
    before: dict[str, list[str]] = {_END: []}
    for key, targets in after.items():
        for target in targets:
            before.setdefault(target, []).append(key)
    found = _dominators(after, _postorder(before))
    return {node: meet for node, meet in found.items() if meet != _END}


def _dominators(after: Mapping[str, list[str]], order: list[str]) -> Mapping[str, str]:
    number = {node: index for index, node in enumerate(order)}
    found: dict[str, str] = {_END: _END}
    changed = True
    while changed:
        changed = False
        for node in reversed(order[:-1]):
            best = _meet([each for each in after[node] if each in found], found, number)
            if found.get(node) != best:
                found[node] = best
                changed = True
    return found


def _postorder(before: Mapping[str, list[str]]) -> list[str]:
    order: list[str] = []
    seen = {_END}
    stack = [(_END, iter(before[_END]))]
    while stack:
        node, rest = stack[-1]
        for each in rest:
            if each not in seen:
                seen.add(each)
                stack.append((each, iter(before.get(each, ()))))
                break
        else:
            stack.pop()
            order.append(node)
    return order


def _meet(candidates: list[str], found: Mapping[str, str], number: Mapping[str, int]) -> str:
    best = candidates[0]
    for each in candidates[1:]:
        left, right = best, each
        while left != right:
            while number[left] < number[right]:
                left = found[left]
            while number[right] < number[left]:
                right = found[right]
        best = left
    return best
