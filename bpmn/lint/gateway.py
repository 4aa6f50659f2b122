"""A gateway that chooses needs a condition on every flow but the default (BPMN 2.0.2, 10.6.2, 10.6.3 and
13.4).
"""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.finding import error, warning
from bpmn.model import Flow, Node, NodeKind, ProcessDefinition

CODES = (
    "GATEWAY_WITHOUT_DEFAULT",
    "GATEWAY_UNCONDITIONED",
    "FLOW_UNCONDITIONED",
    "DEFAULT_UNKNOWN",
    "DEFAULT_CONDITIONED",
)

_CHOOSING = (NodeKind.EXCLUSIVE_GATEWAY, NodeKind.INCLUSIVE_GATEWAY)


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """Diverging gateways whose choice may fail or is not a choice, and defaults that are none."""
    for node in definition.nodes:
        flows = [definition.flows_by_id[each] for each in node.outgoing]
        yield from _default(node, flows)
        if node.kind in _CHOOSING and len(flows) > 1:
            yield from _choice(node, flows)


def _default(node: Node, flows: list[Flow]) -> Iterator[Finding]:
    if node.default_flow is None:
        return
    default = next((flow for flow in flows if flow.id == node.default_flow), None)
    if default is None:
        yield error("DEFAULT_UNKNOWN", node, reference=node.default_flow[:200])
    elif default.condition is not None:
        yield warning("DEFAULT_CONDITIONED", default, gateway=node.id)


def _choice(node: Node, flows: list[Flow]) -> Iterator[Finding]:
    open_flows = [
        flow for flow in flows if flow.condition is None and flow.outcome is None and flow.id != node.default_flow
    ]
    if len(open_flows) > 1:
        yield error("GATEWAY_UNCONDITIONED", node, flows=", ".join(flow.id for flow in open_flows)[:500])
    elif node.default_flow is None and open_flows:
        yield warning("FLOW_UNCONDITIONED", open_flows[0], gateway=node.id)
    elif node.default_flow is None and not all(_decided_by_outcome(flow) for flow in flows):
        yield warning("GATEWAY_WITHOUT_DEFAULT", node)


def _decided_by_outcome(flow: Flow) -> bool:
    """A person names one of the outcomes, so one of these flows is always taken."""
    return flow.outcome is not None and flow.condition is None
