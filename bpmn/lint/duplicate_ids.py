"""An id stands for one element (xsd:ID in BPMN 2.0.2's schema)."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.finding import error
from bpmn.model import Flow, Lane, Node, ProcessDefinition

CODES = ("DUPLICATE_ID",)


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`DUPLICATE_ID` on each node, flow or lane whose id another one before it has."""
    first_lines: dict[str, int] = {definition.key: definition.line}
    elements: list[Node | Flow | Lane] = [*definition.nodes, *definition.flows, *definition.lanes]
    for element in sorted(elements, key=lambda each: each.line):
        if element.id in first_lines:
            yield error("DUPLICATE_ID", element, id=element.id[:100], first_line=first_lines[element.id])
        first_lines.setdefault(element.id, element.line)
