"""From one scope of a ProcessDefinition to its graph.

Every node becomes an entry (where its incoming flows meet) and an exit (where its outgoing flows part) with an
edge between them that carries the node itself. Conditions are free choices.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bpmn.lint.soundness.graph import Graph, Logic, Place, Vertex, connect
from bpmn.model import GATEWAYS, SUB_PROCESSES, EventKind, Flow, Node, NodeKind, ProcessDefinition

JOINS = {
    NodeKind.PARALLEL_GATEWAY: Logic.AND,
    NodeKind.INCLUSIVE_GATEWAY: Logic.OR,
    NodeKind.COMPLEX_GATEWAY: Logic.OR,
}
CHOICES = frozenset({NodeKind.EXCLUSIVE_GATEWAY, NodeKind.EVENT_BASED_GATEWAY})
CLEARING = frozenset({EventKind.TERMINATE, EventKind.ERROR, EventKind.CANCEL})
_PASSING = GATEWAYS | {NodeKind.START_EVENT, NodeKind.END_EVENT}


@dataclass(slots=True)
class Scope:
    """One scope being built: its nodes, who is attached to whom, and which sub-processes never end plainly."""

    definition: ProcessDefinition
    nodes: list[Node]
    barred: frozenset[str]
    graph: Graph
    sink: Vertex
    clear: Vertex
    entries: dict[str, Vertex] = field(default_factory=dict)
    exits: dict[str, Vertex] = field(default_factory=dict)
    attached: dict[str, list[Node]] = field(default_factory=dict)


def build(definition: ProcessDefinition, scope: str, barred: frozenset[str] = frozenset()) -> Scope | None:
    """The graph of this process or sub-process, or None when nothing starts in it.

    `barred` names sub-processes that can only end by an error or a cancel, so that no token leaves them plainly.
    """
    nodes = list(definition.children(scope))
    starts = _starts(nodes, scope == definition.key)
    if not starts:
        return None
    root = Vertex(scope, place=Place.ROOT)
    graph = Graph(root)
    made = Scope(
        definition,
        nodes,
        barred,
        graph,
        graph.add(Vertex(scope, place=Place.SINK)),
        graph.add(Vertex(scope, place=Place.CLEAR)),
    )
    graph.add(root)
    _wire(made)
    plain = any(node.kind is NodeKind.START_EVENT for node in starts)
    _part(root, [made.entries[node.id] for node in starts], Logic.XOR if plain else Logic.AND)
    return made


def _starts(nodes: list[Node], is_process: bool) -> list[Node]:
    """Start events; in a sub-process without one, whatever has no incoming flow (BPMN 2.0.2, 13.3.4)."""
    starts = [node for node in nodes if node.kind is NodeKind.START_EVENT]
    if starts or is_process:
        return starts
    return [node for node in nodes if not node.incoming and _flows_in(node)]


def _flows_in(node: Node) -> bool:
    """Whether the node takes part in the plain flow: an event sub-process and a boundary event start by themselves."""
    caught = node.event is not None and node.event.kind is EventKind.LINK
    catches_link = caught and node.kind is NodeKind.INTERMEDIATE_CATCH_EVENT
    return node.kind is not NodeKind.BOUNDARY_EVENT and not node.event_sub_process and not catches_link


def _wire(made: Scope) -> None:
    for node in made.nodes:
        made.entries[node.id] = made.graph.add(Vertex(node.id, JOINS.get(node.kind, Logic.XOR)))
        made.exits[node.id] = made.graph.add(Vertex(node.id))
        if node.attached_to is not None and (node.event is None or node.event.kind is not EventKind.COMPENSATION):
            made.attached.setdefault(node.attached_to, []).append(node)
    for node in made.nodes:
        _pass_through(made, node)
    for node in made.nodes:
        _leave(made, node)


def _pass_through(made: Scope, node: Node) -> None:
    """The edge from the node's entry to its exit, by way of its boundary events."""
    events = made.attached.get(node.id, [])
    inside = made.entries[node.id]
    plain = [] if node.id in made.barred else [made.exits[node.id]]
    after = plain + [made.entries[each.id] for each in events if each.interrupting]
    joined = made.graph.add(Vertex(node.id)) if events or not plain else plain[0]
    works = node.kind not in _PASSING
    connect(inside, joined, trail=(node.id,), length=1, members=(node.id,), works=works)
    if joined not in after:
        extra = [[made.entries[each.id], made.sink] for each in events if not each.interrupting]
        _part_all(made, joined, [after or [made.clear], *extra])


def _part_all(made: Scope, vertex: Vertex, groups: list[list[Vertex]]) -> None:
    """Every group gets a token, and in each group one of its vertices."""
    if len(groups) == 1:
        _part(vertex, groups[0], Logic.XOR)
        return
    vertex.logic = Logic.AND
    for group in groups:
        choice = made.graph.add(Vertex(vertex.element))
        connect(vertex, choice)
        _part(choice, group, Logic.XOR)


def _part(vertex: Vertex, targets: Iterable[Vertex], logic: Logic) -> None:
    vertex.logic = logic
    for target in targets:
        connect(vertex, target)


def _leave(made: Scope, node: Node) -> None:
    """The outgoing flows of the node: an exclusive choice, an inclusive one, or all of them (BPMN 2.0.2, 13.3.1)."""
    exit_ = made.exits[node.id]
    flows = [made.definition.flows_by_id[each] for each in node.outgoing]
    if node.event is not None and node.event.kind is EventKind.LINK and not flows:
        _part(exit_, _linked(made, node) or [made.sink], Logic.XOR)
    elif not flows:
        clears = node.kind is NodeKind.END_EVENT and node.event is not None and node.event.kind in CLEARING
        connect(exit_, made.clear if clears else made.sink)
    elif node.kind in CHOICES or node.kind is NodeKind.PARALLEL_GATEWAY:
        exit_.logic = JOINS.get(node.kind, Logic.XOR)
        _follow(made, exit_, flows)
    else:
        _leave_by_condition(made, node, exit_, flows)


def _follow(made: Scope, vertex: Vertex, flows: Iterable[Flow]) -> None:
    for flow in flows:
        connect(vertex, made.entries[flow.target], last=(flow.id,))


def _leave_by_condition(made: Scope, node: Node, vertex: Vertex, flows: list[Flow]) -> None:
    """All plain flows, and of the others one of the outcomes, any of the conditional ones, or the default."""
    rest = [flow for flow in flows if flow.id != node.default_flow]
    outcomes = [flow for flow in rest if flow.outcome is not None]
    maybe = [flow for flow in rest if flow.outcome is None and flow.condition is not None]
    always = [flow for flow in rest if flow.outcome is None and flow.condition is None]
    # An inclusive gateway takes its default when it takes nothing else (13.4.3), an activity when no condition holds.
    keeps_default = node.kind not in JOINS or not always
    default = [flow for flow in flows if flow.id == node.default_flow and keeps_default]
    vertex.logic = Logic.AND
    _follow(made, vertex, always)
    if outcomes or maybe or default:
        choice = made.graph.add(Vertex(node.id))
        connect(vertex, choice)
        _choose(made, choice, [*outcomes, *default], maybe)
        if always and not (outcomes or default):
            connect(choice, made.sink)


def _choose(made: Scope, choice: Vertex, single: list[Flow], maybe: list[Flow]) -> None:
    """One of the single flows, or any of the others but at least one."""
    _follow(made, choice, single)
    if maybe:
        some = made.graph.add(Vertex(choice.element, Logic.OR))
        connect(choice, some)
        _follow(made, some, maybe)


def _linked(made: Scope, node: Node) -> list[Vertex]:
    """Where a throwing link event goes on: the catching link event of the same name (BPMN 2.0.2, 10.5.1)."""
    assert node.event is not None
    return [
        made.entries[each.id]
        for each in made.nodes
        if each.kind is NodeKind.INTERMEDIATE_CATCH_EVENT
        and each.event is not None
        and each.event.kind is EventKind.LINK
        and each.event.reference == node.event.reference
    ]


def nested(definition: ProcessDefinition, scope: str) -> list[Node]:
    """The sub-processes that stand directly in this scope."""
    return [node for node in definition.children(scope) if node.kind in SUB_PROCESSES]
