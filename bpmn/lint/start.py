"""Every process and sub-process needs exactly one plain start event (BPMN 2.0.2, 10.5.2)."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding, Severity
from bpmn.lint.finding import error, of_process
from bpmn.lint.graph import by_scope, is_plain_start, scopes
from bpmn.model import NodeKind, ProcessDefinition

CODES = ("NO_START", "NO_NODES")


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`NO_NODES` for an empty process, `NO_START` where there is nothing to begin with."""
    children = by_scope(definition)
    if not children.get(definition.key):
        yield of_process("NO_NODES", Severity.ERROR, definition)
        return
    for scope, node in scopes(definition):
        started = [each for each in children.get(scope, ()) if each.kind is NodeKind.START_EVENT]
        if node is None and not any(is_plain_start(each) for each in started):
            yield of_process("NO_START", Severity.ERROR, definition, scope=scope)
        elif node is not None and not started and node.kind is not NodeKind.AD_HOC_SUB_PROCESS:
            yield error("NO_START", node, scope=scope)
