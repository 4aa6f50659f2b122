"""The roles that a process names must exist in the installation and should have members."""

from collections.abc import Iterator

from bpmn.directory import Directory, RoleEntry
from bpmn.findings import Finding
from bpmn.lint.finding import error, warning
from bpmn.model import Node, ProcessDefinition

CODES = ("ROLE_UNKNOWN", "ROLE_WITHOUT_MEMBERS", "BUSINESS_ROLE_WITHOUT_BUSINESS")


def check(definition: ProcessDefinition, directory: Directory | None) -> Iterator[Finding]:
    """Roles that do not exist, that nobody holds (in some business), or that need a business the process
    has not.
    """
    if directory is None:
        return
    for node in definition.nodes:
        for key in _keys(node, directory):
            role = directory.roles.get(key)
            if role is None:
                yield error("ROLE_UNKNOWN", node, role=key[:200], needs="role")
            else:
                yield from _role(node, role, directory)


def _keys(node: Node, directory: Directory) -> tuple[str, ...]:
    bound = directory.role_bindings.get(node.id)
    if bound is not None:
        return (bound,)
    return tuple(role.key for role in node.roles if role.origin != "lane")


def _role(node: Node, role: RoleEntry, directory: Directory) -> Iterator[Finding]:
    if role.per_business and directory.needs_business is False:
        yield error("BUSINESS_ROLE_WITHOUT_BUSINESS", node, role=role.key)
        return
    if not role.per_business:
        if not role.members.get("", 0):
            yield warning("ROLE_WITHOUT_MEMBERS", node, role=role.key, businesses="")
        return
    empty = [business for business in directory.businesses if not role.members.get(business, 0)]
    if empty:
        yield warning("ROLE_WITHOUT_MEMBERS", node, role=role.key, businesses=", ".join(empty)[:500])
