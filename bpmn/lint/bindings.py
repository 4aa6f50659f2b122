"""What a process calls must be there when it is deployed: bound services and scripts, called processes."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.finding import error
from bpmn.model import NodeKind, ProcessDefinition

CODES = ("SERVICE_UNBOUND", "SCRIPT_UNBOUND", "CALLED_ABSENT")

_SERVICES = (NodeKind.SERVICE_TASK, NodeKind.SEND_TASK)
_CALLS = (NodeKind.CALL_ACTIVITY, NodeKind.BUSINESS_RULE_TASK)


def check(definition: ProcessDefinition, directory: Directory | None) -> Iterator[Finding]:
    """`SERVICE_UNBOUND`, `SCRIPT_UNBOUND` (foreign language only) and `CALLED_ABSENT`, given an
    installation.
    """
    if directory is None:
        return
    for node in definition.nodes:
        bound = node.id in directory.service_bindings
        if node.kind in _SERVICES and not bound:
            yield error("SERVICE_UNBOUND", node, needs="service")
        elif node.kind is NodeKind.SCRIPT_TASK and node.script and not bound:
            if node.script.language not in ("feel", "python"):
                yield error("SCRIPT_UNBOUND", node, language=node.script.language, needs="script")
        elif node.kind in _CALLS and node.called not in directory.called:
            yield error("CALLED_ABSENT", node, called=(node.called or "")[:200])
