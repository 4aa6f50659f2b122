"""A sequence flow without an id works, but nothing can name it: it has been given one."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.finding import warning
from bpmn.model import ProcessDefinition

CODES = ("FLOW_WITHOUT_ID",)


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`FLOW_WITHOUT_ID` on each mended flow, with the id that was made for it."""
    for flow in definition.flows:
        if flow.mended:
            yield warning("FLOW_WITHOUT_ID", flow, source=flow.source[:200], target=flow.target[:200])
