"""A role on the start event says who may open a ticket; a lane's name is only a suggestion for one."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding, Severity
from bpmn.lint.finding import shown_name
from bpmn.lint.graph import is_plain_start
from bpmn.model import Node, ProcessDefinition

CODES = ("START_WITHOUT_ROLE", "START_ROLE_FROM_LANE")


def check(definition: ProcessDefinition, directory: Directory | None) -> Iterator[Finding]:
    """`START_WITHOUT_ROLE` (information: whoever sees the service may open), or the lane that suggests a
    role.
    """
    for node in definition.children(definition.key):
        bound = directory is not None and node.id in directory.role_bindings
        if is_plain_start(node) and not bound:
            yield from _open_to(node)


def _open_to(node: Node) -> Iterator[Finding]:
    if any(role.origin != "lane" for role in node.roles):
        return
    named: dict[str, object] = {"name": shown_name(node)}
    if node.roles:
        named["lane"] = node.roles[0].key[:200]
    yield Finding(
        code="START_ROLE_FROM_LANE" if node.roles else "START_WITHOUT_ROLE",
        severity=Severity.INFO,
        element_id=node.id,
        line=node.line,
        params=named,
        needs="role" if node.roles else None,
    )
