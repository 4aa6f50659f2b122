"""The directory of this installation, as lint asks for it."""

from collections.abc import Mapping

from bpmn.directory import Directory, RoleEntry
from engine.ports.work import Work
from engine.values.processes import Process


def directory_for(work: Work, process: Process | None, role_bindings: Mapping[str, str] | None = None) -> Directory:
    """Roles with their active members, active businesses and existing processes, for a deployment of this process.

    Without a process it is not known whether tickets will concern a business.
    """
    roles = work.roles.all()
    return Directory(
        roles={
            each.role.key: RoleEntry(
                key=each.role.key,
                per_business=each.role.per_business,
                members=dict(sorted(each.members.items())),
            )
            for each in roles
        },
        businesses=tuple(each.key for each in work.businesses.all() if each.active),
        needs_business=None if process is None else process.needs_business,
        called=work.processes.keys(),
        role_bindings=dict(sorted((role_bindings or {}).items())),
    )
