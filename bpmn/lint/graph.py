"""The flow graph of a definition: what comes after a node, what can be reached."""

from collections.abc import Iterable, Iterator, Mapping

from bpmn.model import SUB_PROCESSES, EventKind, Node, NodeKind, ProcessDefinition


def is_plain_start(node: Node) -> bool:
    """Whether this is a start event without a definition."""
    return node.kind is NodeKind.START_EVENT and (node.event is None or node.event.kind is EventKind.NONE)


def scopes(definition: ProcessDefinition) -> Iterator[tuple[str, Node | None]]:
    """The process and each of its sub-processes: its id, and the sub-process node (None for the process)."""
    yield definition.key, None
    for node in definition.nodes:
        if node.kind in SUB_PROCESSES:
            yield node.id, node


def by_scope(definition: ProcessDefinition) -> Mapping[str, list[Node]]:
    """The nodes that stand directly in each process or sub-process."""
    found: dict[str, list[Node]] = {}
    for node in definition.nodes:
        found.setdefault(node.scope, []).append(node)
    return found


def successors(definition: ProcessDefinition) -> Mapping[str, list[str]]:
    """Node id -> ids of the nodes that may be entered next at the same level.

    Besides sequence flows these are the boundary events of an activity, and the catching event of a link.
    """
    after: dict[str, list[str]] = {node.id: [] for node in definition.nodes}
    for flow in definition.flows:
        if flow.source in after and flow.target in after:
            after[flow.source].append(flow.target)
    for node in definition.nodes:
        if node.attached_to in after:
            after[node.attached_to].append(node.id)
    for thrower, catcher in _links(definition):
        after[thrower].append(catcher)
    return after


def _links(definition: ProcessDefinition) -> Iterator[tuple[str, str]]:
    catchers = {
        (node.scope, node.event.reference): node.id
        for node in definition.nodes
        if node.kind is NodeKind.INTERMEDIATE_CATCH_EVENT and node.event and node.event.kind is EventKind.LINK
    }
    for node in definition.nodes:
        if node.kind is NodeKind.INTERMEDIATE_THROW_EVENT and node.event is not None:
            catcher = catchers.get((node.scope, node.event.reference))
            if node.event.kind is EventKind.LINK and catcher is not None:
                yield node.id, catcher


def reachable(after: Mapping[str, Iterable[str]], starts: Iterable[str]) -> set[str]:
    """The nodes that can be entered from these, themselves included."""
    seen = set(starts)
    waiting = list(seen)
    while waiting:
        for each in after.get(waiting.pop(), ()):
            if each not in seen:
                seen.add(each)
                waiting.append(each)
    return seen


def entered(definition: ProcessDefinition) -> set[str]:
    """Every node that a ticket may reach, inside sub-processes too."""
    after = dict(successors(definition))
    children = by_scope(definition)
    for node in definition.nodes:
        if node.kind in SUB_PROCESSES:
            after[node.id] = [*after[node.id], *_starts(children.get(node.id, []))]
    return reachable(after, _starts(children.get(definition.key, [])))


def _starts(nodes: Iterable[Node]) -> list[str]:
    """What begins without being flowed into: start events, event sub-processes, and what lies outside the
    flow.
    """
    return [
        node.id for node in nodes if node.kind is NodeKind.START_EVENT or node.event_sub_process or node.compensation
    ]


def takes_all(node: Node) -> bool:
    """Whether several flows out of this node may be taken at once."""
    return node.kind not in (NodeKind.EXCLUSIVE_GATEWAY, NodeKind.EVENT_BASED_GATEWAY)
