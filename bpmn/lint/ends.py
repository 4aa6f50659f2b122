"""Paths should come to an end event (BPMN 2.0.2, 10.5.3; a node without outgoing flow ends its path,
13.5.3).
"""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding, Severity
from bpmn.lint.finding import of_process, warning
from bpmn.lint.graph import entered
from bpmn.model import EventKind, Node, NodeKind, ProcessDefinition

CODES = ("IMPLICIT_END", "NO_END")


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`IMPLICIT_END` on a node that ends a path without an end event, `NO_END` when no path can end at all."""
    met = entered(definition)
    ends = [node for node in definition.nodes if node.id in met and not node.outgoing and not _beside_flow(node)]
    if met and not any(node.scope == definition.key for node in ends):
        yield of_process("NO_END", Severity.ERROR, definition)
    for node in ends:
        if node.kind is not NodeKind.END_EVENT:
            yield warning("IMPLICIT_END", node)


def _beside_flow(node: Node) -> bool:
    """Nodes that have no outgoing flow by their nature."""
    link = node.event is not None and node.event.kind is EventKind.LINK
    return node.event_sub_process or node.compensation or link
