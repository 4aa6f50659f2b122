"""What occurs in a definition, for the histogram of a property test: features that run, and how they are combined."""

from collections import Counter
from collections.abc import Iterator

from bpmn.model import HUMAN_TASKS, Flow, Node, NodeKind, OutcomeKind, ProcessDefinition
from bpmn.support import RUNS, features_of

_FORKS = (NodeKind.EXCLUSIVE_GATEWAY, NodeKind.PARALLEL_GATEWAY, NodeKind.INCLUSIVE_GATEWAY)
_COMBINED = (
    *(f"{kind.value} ({use})" for kind in _FORKS for use in ("split", "join", "join and split")),
    *(f"default flow of a {kind}" for kind in ("task", "exclusiveGateway", "inclusiveGateway")),
    "condition on a flow of a task",
    "condition on a flow of a gateway",
    "implicit split",
    "implicit merge",
    "outcome on a flow of a task",
    "outcome on a flow of a gateway",
    "send back",
    "subProcess in a subProcess",
    "subProcess without events",
    "parallel block in a loop",
    "parallel block in a loop in a subProcess",
    "inclusive block in a loop",
)

ACCEPTED = (*sorted(RUNS), *_COMBINED)
"""Everything that must occur in a proof about random processes; what the release newly accepts is in it at once."""


def elements(definition: ProcessDefinition) -> set[str]:
    """Which of these occur in this definition, and any feature that does not run."""
    found = {feature for node in definition.nodes for feature in features_of(node)}
    for node in definition.nodes:
        found.update(_uses(definition, node))
    for flow in definition.flows:
        found.update(_ways(definition, flow))
    return found


def show(runs: Counter[str], title: str) -> None:
    """Prints the histogram: in how many runs each occurred."""
    print(f"\n{title}")
    for name, count in sorted(runs.items(), key=lambda each: (-each[1], each[0])):
        print(f"  {name:42} {count:6d}")


def _uses(definition: ProcessDefinition, node: Node) -> Iterator[str]:
    inside = node.scope != definition.key
    joins, splits = len(node.incoming) > 1, len(node.outgoing) > 1
    if node.kind in _FORKS and (joins or splits):
        yield f"{node.kind.value} ({' and '.join(['join'] * joins + ['split'] * splits)})"
    if node.kind in HUMAN_TASKS:
        yield from ["implicit split"] * splits + ["implicit merge"] * joins
    if node.kind is NodeKind.SUB_PROCESS:
        yield from ["subProcess in a subProcess"] * inside
        inner = definition.children(node.id)
        yield from ["subProcess without events"] * all(each.event is None for each in inner)
    if splits and node.kind is NodeKind.PARALLEL_GATEWAY and _in_a_loop(definition, node):
        yield "parallel block in a loop"
        yield from ["parallel block in a loop in a subProcess"] * inside
    if splits and node.kind is NodeKind.INCLUSIVE_GATEWAY and _in_a_loop(definition, node):
        yield "inclusive block in a loop"


def _ways(definition: ProcessDefinition, flow: Flow) -> Iterator[str]:
    source = definition.nodes_by_id[flow.source]
    kind = "task" if source.kind in HUMAN_TASKS else source.kind.value
    place = "gateway" if source.kind in _FORKS else kind
    if source.default_flow == flow.id:
        yield f"default flow of a {kind}"
    if flow.condition is not None:
        yield f"condition on a flow of a {place}"
    if flow.outcome is not None:
        yield f"outcome on a flow of a {place}"
        yield from ["send back"] * (flow.outcome.kind is OutcomeKind.BACK)


def _in_a_loop(definition: ProcessDefinition, node: Node) -> bool:
    """Whether flows lead from the node back to it."""
    ahead, seen = list(node.outgoing), set()
    while ahead:
        target = definition.flows_by_id[ahead.pop()].target
        if target == node.id:
            return True
        if target not in seen:
            seen.add(target)
            ahead += definition.nodes_by_id[target].outgoing
    return False
