"""A sequence flow joins two nodes of one process or sub-process (BPMN 2.0.2, 8.4.13 and table 7.3)."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.finding import error
from bpmn.model import Flow, Node, NodeKind, ProcessDefinition

CODES = ("DANGLING_FLOW", "FLOW_CROSSES_SCOPE", "FLOW_INTO_START", "FLOW_OUT_OF_END", "ATTACHED_TO_UNKNOWN")


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """Flows with a missing end, across a border, into a start or out of an end; events attached to nothing."""
    nodes = definition.nodes_by_id
    for flow in definition.flows:
        dangling = [end for end, each in (("source", flow.source), ("target", flow.target)) if each not in nodes]
        for end in dangling:
            yield error("DANGLING_FLOW", flow, end=end, reference=getattr(flow, end)[:200])
        if not dangling:
            yield from _joined(flow, nodes[flow.source], nodes[flow.target])
    for node in definition.nodes:
        if node.kind is NodeKind.BOUNDARY_EVENT and node.attached_to not in nodes:
            yield error("ATTACHED_TO_UNKNOWN", node, reference=(node.attached_to or "")[:200])


def _joined(flow: Flow, source: Node, target: Node) -> Iterator[Finding]:
    if source.scope != target.scope:
        yield error("FLOW_CROSSES_SCOPE", flow, source=source.scope, target=target.scope)
    if target.kind in (NodeKind.START_EVENT, NodeKind.BOUNDARY_EVENT):
        yield error("FLOW_INTO_START", flow, target=target.id)
    if source.kind is NodeKind.END_EVENT:
        yield error("FLOW_OUT_OF_END", flow, source=source.id)
