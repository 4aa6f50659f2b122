"""What a definition must be like for the runner to take it. Lint says the same earlier, with lines and all at once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from bpmn import limits
from bpmn.model import HUMAN_TASKS, EventKind, Flow, Node, NodeKind, ProcessDefinition
from engine.runner.errors import NotRunnable

_EVENTS = {
    NodeKind.START_EVENT: {EventKind.NONE},
    NodeKind.INTERMEDIATE_THROW_EVENT: {EventKind.NONE},
    NodeKind.END_EVENT: {EventKind.NONE, EventKind.TERMINATE},
}
_KINDS = HUMAN_TASKS | {
    NodeKind.SUB_PROCESS,
    NodeKind.EXCLUSIVE_GATEWAY,
    NodeKind.PARALLEL_GATEWAY,
    NodeKind.INCLUSIVE_GATEWAY,
}


def check_structure(definition: ProcessDefinition) -> None:
    """Refuse what cannot run.

    Raises: NotRunnable with the code DUPLICATE_ID, ELEMENT_NOT_RUNNABLE, UNKNOWN_SCOPE, SUB_PROCESS_TOO_DEEP,
        DANGLING_FLOW, FLOW_CROSSES_SCOPE, FLOW_INTO_START, FLOW_FROM_END, FAN_OUT or NO_START_EVENT.
    """
    _check_ids(definition)
    for node in definition.nodes:
        if not runs(node):
            raise NotRunnable("ELEMENT_NOT_RUNNABLE", {"element_id": node.id, "kind": node.kind.value})
    _check_scopes(definition)
    for flow in definition.flows:
        _check_flow(definition, flow)
    for source, count in Counter(flow.source for flow in definition.flows).items():
        if count > limits.PARALLEL_FAN_OUT:
            raise NotRunnable("FAN_OUT", {"element_id": source, "limit": limits.PARALLEL_FAN_OUT})
    _check_starts(definition)


def runs(node: Node) -> bool:
    """Whether this release runs such a node."""
    if node.loop is not None or node.event_sub_process or node.compensation or node.attached_to is not None:
        return False
    return node.kind in _KINDS or event_kind(node) in _EVENTS.get(node.kind, ())


def event_kind(node: Node) -> EventKind:
    """The node's event definition; a node that says nothing has a plain one."""
    return EventKind.NONE if node.event is None else node.event.kind


def _check_ids(definition: ProcessDefinition) -> None:
    seen = {definition.key}
    for element_id in chain((node.id for node in definition.nodes), (flow.id for flow in definition.flows)):
        if element_id in seen:
            raise NotRunnable("DUPLICATE_ID", {"element_id": element_id})
        seen.add(element_id)


def _check_scopes(definition: ProcessDefinition) -> None:
    scope_of = {node.id: node.scope for node in definition.nodes if node.kind is NodeKind.SUB_PROCESS}
    for node in definition.nodes:
        scope, depth = node.scope, 0
        while scope != definition.key:
            if scope not in scope_of:
                raise NotRunnable("UNKNOWN_SCOPE", {"element_id": node.id, "scope": scope})
            scope, depth = scope_of[scope], depth + 1
            if depth > limits.SUB_PROCESS_DEPTH:
                raise NotRunnable("SUB_PROCESS_TOO_DEEP", {"element_id": node.id})


def _check_flow(definition: ProcessDefinition, flow: Flow) -> None:
    source, target = definition.nodes_by_id.get(flow.source), definition.nodes_by_id.get(flow.target)
    if source is None or target is None:
        raise NotRunnable("DANGLING_FLOW", {"element_id": flow.id})
    if source.scope != target.scope:
        raise NotRunnable("FLOW_CROSSES_SCOPE", {"element_id": flow.id})
    if target.kind is NodeKind.START_EVENT:
        raise NotRunnable("FLOW_INTO_START", {"element_id": flow.id})
    if source.kind is NodeKind.END_EVENT:
        raise NotRunnable("FLOW_FROM_END", {"element_id": flow.id})


def _check_starts(definition: ProcessDefinition) -> None:
    try:
        definition.start_event()
    except LookupError as error:
        raise NotRunnable("NO_START_EVENT", {"element_id": definition.key}) from error
    targets = {flow.target for flow in definition.flows}
    filled = {node.scope for node in definition.nodes}
    begun = {node.scope for node in definition.nodes if node.id not in targets}
    for node in definition.nodes:
        if node.kind is NodeKind.SUB_PROCESS and node.id in filled - begun:
            raise NotRunnable("NO_START_EVENT", {"element_id": node.id})


def first_nodes(definition: ProcessDefinition) -> Iterator[tuple[str, tuple[Node, ...]]]:
    """Each scope with the nodes that get a token when it starts.

    They are its start events, or, where it has none, every node without an incoming flow (BPMN 2.0.2, 10.5.2).
    """
    targets = {flow.target for flow in definition.flows}
    sources: dict[str, list[Node]] = {}
    for node in definition.nodes:
        if node.id not in targets:
            sources.setdefault(node.scope, []).append(node)
    for scope, nodes in sources.items():
        starts = tuple(_starts(nodes))
        yield scope, starts or tuple(nodes)


def _starts(nodes: Iterable[Node]) -> Iterator[Node]:
    return (node for node in nodes if node.kind is NodeKind.START_EVENT)
