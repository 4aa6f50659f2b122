"""Two plain start events leave open where a ticket begins (BPMN 2.0.2, 10.5.2)."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.finding import error
from bpmn.lint.graph import by_scope, is_plain_start
from bpmn.model import ProcessDefinition

CODES = ("SEVERAL_STARTS",)


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`SEVERAL_STARTS` on each plain start event after the first of its process or sub-process."""
    for scope, nodes in by_scope(definition).items():
        starts = [node for node in nodes if is_plain_start(node)]
        for extra in starts[1:]:
            yield error("SEVERAL_STARTS", extra, scope=scope, first=starts[0].id)
