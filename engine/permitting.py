"""Permissions: who may use the verbs of designers and admins."""

from engine.errors import Forbidden, NotFound
from engine.values.actors import Actor, Permission
from engine.values.processes import Process

READERS = frozenset({Permission.DESIGNER, Permission.ADMIN, Permission.AUDITOR})
"""Who sees how the installation is configured."""


def need(actor: Actor, *permissions: Permission) -> Actor:
    """The actor, when they hold any of these permissions.

    Raises: Forbidden `PERMISSION_REQUIRED`.
    """
    if not actor.permissions & set(permissions):
        raise Forbidden("PERMISSION_REQUIRED", {"permissions": sorted(permissions)})
    return actor


def owns(actor: Actor, process: Process) -> bool:
    """Whether the actor is one of the process's owners."""
    return any(owner.id == actor.id for owner in process.owners)


def need_process(actor: Actor, process: Process | None) -> Process:
    """The process, when there is one of which the actor may know: readers of the configuration, and its owners.

    Raises: NotFound.
    """
    if process is None or not (actor.permissions & READERS or owns(actor, process)):
        raise NotFound("process")
    return process


def need_designer_of(actor: Actor, process: Process) -> None:
    """Return when the actor may change what the process is: designers and its owners.

    Raises: Forbidden `PERMISSION_REQUIRED`.
    """
    if not owns(actor, process):
        need(actor, Permission.DESIGNER)
