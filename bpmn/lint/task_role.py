"""Every human task needs a role whose holders may claim it: in the file, or bound at deploy."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding, Severity
from bpmn.lint.finding import shown_name
from bpmn.model import HUMAN_TASKS, Node, ProcessDefinition

CODES = ("TASK_WITHOUT_ROLE", "ROLE_FROM_LANE")


def check(definition: ProcessDefinition, directory: Directory | None) -> Iterator[Finding]:
    """`TASK_WITHOUT_ROLE` or, where only a lane's name suggests one, `ROLE_FROM_LANE`; each is mended by a
    binding.

    A warning while designing; an error once an installation is asked, because then the binding should be
    there.
    """
    for node in definition.nodes:
        if node.kind in HUMAN_TASKS and not (directory and node.id in directory.role_bindings):
            yield from _missing(node, directory)


def _missing(node: Node, directory: Directory | None) -> Iterator[Finding]:
    if any(role.origin != "lane" for role in node.roles):
        return
    params: dict[str, object] = {"name": shown_name(node)}
    if node.roles:
        params["lane"] = node.roles[0].key[:200]
    yield Finding(
        code="ROLE_FROM_LANE" if node.roles else "TASK_WITHOUT_ROLE",
        severity=Severity.WARNING if directory is None else Severity.ERROR,
        element_id=node.id,
        line=node.line,
        params=params,
        needs="role",
    )
