"""`fd:notBy` names tasks, or the start event, whose actor may not do this one."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.finding import error
from bpmn.model import HUMAN_TASKS, NodeKind, ProcessDefinition

CODES = ("NOT_BY_UNKNOWN",)

_ACTED = HUMAN_TASKS | {NodeKind.START_EVENT}


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`NOT_BY_UNKNOWN` for each named id that is no task a person completes and no start event."""
    for node in definition.nodes:
        for reference in node.not_by:
            named = definition.nodes_by_id.get(reference)
            if named is None or named.kind not in _ACTED or reference == node.id:
                yield error("NOT_BY_UNKNOWN", node, reference=reference[:200])
