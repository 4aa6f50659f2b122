"""From a ProcessDefinition straight to the library's process specs, without its XML parser.

The library's parser loses flows without an id, ignores conditions on flows that leave an activity and recurses once per
node. Here every node becomes a spec of our own, in time linear in the size of the definition and without recursion.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from bpmn.model import HUMAN_TASKS, EventKind, Flow, Node, NodeKind, ProcessDefinition
from engine.runner.admission import check_structure, event_kind, first_nodes
from engine.runner.conditions import compile_condition
from engine.runner.exits import Choose, Exit, activity_exits, all_exits, first_exit, true_exits
from engine.runner.nodes import (
    EndEvent,
    HumanTask,
    InclusiveJoin,
    NodeSpec,
    ParallelJoin,
    SubProcess,
    TerminateEndEvent,
)

_CHOICES: Mapping[NodeKind, Choose] = {
    NodeKind.EXCLUSIVE_GATEWAY: first_exit,
    NodeKind.PARALLEL_GATEWAY: all_exits,
    NodeKind.INCLUSIVE_GATEWAY: true_exits,
}
_JOINS: Mapping[NodeKind, type[NodeSpec]] = {
    NodeKind.PARALLEL_GATEWAY: ParallelJoin,
    NodeKind.INCLUSIVE_GATEWAY: InclusiveJoin,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class CompiledProcess:
    """A definition that can run. Nothing in it changes: it may be kept for long and shared by threads."""

    key: str
    process_spec: Any = field(repr=False)
    nested_specs: Mapping[str, Any] = field(repr=False)
    """Id of a sub-process -> its process spec."""
    nodes: Mapping[str, Any] = field(repr=False)
    """Id of a node -> its spec."""
    start: Any = field(repr=False)
    """The spec of the start event through which a ticket is opened."""


def compile_process(definition: ProcessDefinition) -> CompiledProcess:
    """The definition, ready to run.

    Raises: NotRunnable as `check_structure` says, then with CONDITION_REFUSED when a condition is no expression.
    """
    check_structure(definition)
    scopes = {scope: BpmnProcessSpec("scope") for scope in _scope_ids(definition)}
    entries = _entries(definition.flows)
    nodes = {node.id: _spec(node, scopes[node.scope], entries.get(node.id, ())) for node in definition.nodes}
    for source, exits in _exits(definition, nodes).items():
        nodes[source].exits = tuple(exits)
    for scope, first in first_nodes(definition):
        if scope != definition.key:
            nodes[scope].begins = tuple(nodes[node.id] for node in first)
    return CompiledProcess(
        key=definition.key,
        process_spec=scopes.pop(definition.key),
        nested_specs=scopes,
        nodes=nodes,
        start=nodes[definition.start_event().id],
    )


def _scope_ids(definition: ProcessDefinition) -> list[str]:
    nested = [node.id for node in definition.nodes if node.kind is NodeKind.SUB_PROCESS]
    return [definition.key, *nested]


def _entries(flows: tuple[Flow, ...]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for flow in flows:
        found.setdefault(flow.target, []).append(flow.id)
    return {target: tuple(ids) for target, ids in found.items()}


def _exits(definition: ProcessDefinition, nodes: Mapping[str, NodeSpec]) -> Mapping[str, list[Exit]]:
    found: dict[str, list[Exit]] = {}
    for flow in definition.flows:
        default = definition.nodes_by_id[flow.source].default_flow == flow.id
        found.setdefault(flow.source, []).append(_exit(flow, nodes[flow.target], default=default))
    return found


def _exit(flow: Flow, target: NodeSpec, *, default: bool) -> Exit:
    """A flow as the runner takes it; what stands on a default flow besides is not asked (13.4.2)."""
    if default:
        return Exit(flow=flow.id, target=target, default=True)
    condition = compile_condition(flow)
    implied = None if flow.outcome is None or condition is not None else flow.outcome.key
    return Exit(flow=flow.id, target=target, condition=condition, outcome=implied)


def _spec(node: Node, scope: Any, entries: tuple[str, ...]) -> NodeSpec:
    spec = _typed_spec(node, scope, entries)
    spec.entries = entries
    return spec


def _typed_spec(node: Node, scope: Any, entries: tuple[str, ...]) -> NodeSpec:
    if node.kind in HUMAN_TASKS:
        return HumanTask(scope, node)
    if node.kind is NodeKind.SUB_PROCESS:
        return SubProcess(scope, node)
    if node.kind is NodeKind.END_EVENT:
        ends_all = event_kind(node) is EventKind.TERMINATE
        return TerminateEndEvent(scope, node) if ends_all else EndEvent(scope, node)
    kind = _JOINS.get(node.kind, NodeSpec) if len(entries) > 1 else NodeSpec
    return kind(scope, node, _CHOICES.get(node.kind, activity_exits))
