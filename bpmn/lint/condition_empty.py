"""A condition element without a text decides nothing."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.finding import error
from bpmn.model import ProcessDefinition

CODES = ("CONDITION_EMPTY",)


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`CONDITION_EMPTY` on each flow whose condition has no text."""
    for flow in definition.flows:
        if flow.condition is not None and not flow.condition.text.strip().removeprefix("=").strip():
            yield error("CONDITION_EMPTY", flow)
