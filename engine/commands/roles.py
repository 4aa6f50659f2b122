"""Roles and who holds them: general ones, and business roles held for one business at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.audit import difference, record
from engine.checking import Checks, check_revision
from engine.errors import Conflict, FieldProblem, Invalid, NotFound
from engine.permitting import need
from engine.ports.work import Work
from engine.values.actors import Permission
from engine.values.audit import AuditType
from engine.values.people import Role, User
from engine.values.processes import Names

AT_ONCE = 500
"""People added to a role by one command."""


def create(work: Work, *, key: str, names: Names, per_business: bool = False) -> Role:
    """Make a role that nobody holds yet.

    Raises: Forbidden, Invalid `FIELDS_INVALID`, Conflict `ROLE_EXISTS`.
    """
    need(work.actor, Permission.ADMIN)
    checks = Checks()
    role = Role(key=checks.key("key", key), names=checks.names("names", names), per_business=per_business)
    checks.done()
    if work.roles.get(key) is not None:
        raise Conflict("ROLE_EXISTS", {"key": key})
    work.roles.add(role)
    record(work, AuditType.ROLE_CREATED, f"role:{key}", {"after": _facts(role)})
    return role


def change(
    work: Work, key: str, *, names: Names | None = None, per_business: bool | None = None, revision: int | None
) -> Role:
    """Rename a role, or make it a business role or a general one while nobody holds it and no deployment names it.

    Raises: Forbidden, NotFound, PreconditionRequired, PreconditionFailed, Invalid `FIELDS_INVALID`, Conflict
        `ROLE_IN_USE`.
    """
    before = _load(work, key)
    check_revision(before.revision, revision)
    checks = Checks()
    after = replace(
        before,
        names=before.names if names is None else checks.names("names", names),
        per_business=before.per_business if per_business is None else per_business,
        revision=before.revision + 1,
    )
    checks.done()
    if after.per_business != before.per_business:
        _unused(work, key)
    work.roles.save(after)
    record(work, AuditType.ROLE_CHANGED, f"role:{key}", difference(_facts(before), _facts(after)))
    return after


def delete(work: Work, key: str, *, revision: int | None) -> None:
    """Delete a role that nobody holds and no deployment names.

    Raises: Forbidden, NotFound, PreconditionRequired, PreconditionFailed, Conflict `ROLE_IN_USE`.
    """
    role = _load(work, key)
    check_revision(role.revision, revision)
    _unused(work, key)
    work.roles.remove(key)
    record(work, AuditType.ROLE_DELETED, f"role:{key}", {"before": _facts(role)})


def add_members(work: Work, key: str, names: Sequence[str], *, business: str | None = None) -> tuple[User, ...]:
    """Let people hold a role, from their next request on; whoever holds it already just keeps it. Gives all of them.

    Raises: Forbidden, NotFound, Invalid `FIELDS_INVALID`.
    """
    role = _load(work, key)
    checks = Checks()
    _check_business(work, checks, role, business)
    if len(names) > AT_ONCE:
        checks.refuse("users", "TOO_MANY_NAMES", limit=AT_ONCE)
    checks.done()
    known = {user.name: user for user in work.people.by_names(names)}
    for at, name in enumerate(names):
        if name not in known or not known[name].active:
            checks.refuse(f"users.{at}", "USER_UNKNOWN", value=name)
    checks.done()
    people = tuple(known[name] for name in dict.fromkeys(names))
    holding = work.roles.holders(key, business, [user.id for user in people])
    new = [user for user in people if user.id not in holding]
    work.roles.add_members(key, business, [user.id for user in new])
    for user in new:
        record(work, AuditType.MEMBER_ADDED, f"role:{key}", {"user": user.name, "business": business})
    return people


def remove_member(work: Work, key: str, name: str, *, business: str | None = None) -> None:
    """Take a role from somebody, from their next request on.

    Raises: Forbidden, NotFound when there is no such role or this person does not hold it.
    """
    role = _load(work, key)
    user = work.people.by_name(name)
    if user is None or not work.roles.holders(role.key, business, [user.id]):
        raise NotFound("member")
    work.roles.remove_member(key, business, user.id)
    record(work, AuditType.MEMBER_REMOVED, f"role:{key}", {"user": user.name, "business": business})


def _load(work: Work, key: str) -> Role:
    need(work.actor, Permission.ADMIN)
    role = work.roles.get(key, lock=True)
    if role is None:
        raise NotFound("role")
    return role


def _unused(work: Work, key: str) -> None:
    processes = work.roles.deployments_with(key)
    if processes or work.roles.has_members(key):
        raise Conflict("ROLE_IN_USE", {"role": key, "processes": list(processes)})


def _check_business(work: Work, checks: Checks, role: Role, business: str | None) -> None:
    if role.per_business and not business:
        raise Invalid("FIELDS_INVALID", {"count": 1}, problems=[FieldProblem(path="business", code="FIELD_REQUIRED")])
    if business and not role.per_business:
        checks.refuse("business", "ROLE_IS_GENERAL", role=role.key)
    elif business:
        found = work.businesses.get(business)
        if found is None or not found.active:
            checks.refuse("business", "BUSINESS_UNKNOWN", value=business)


def _facts(role: Role) -> Mapping[str, object]:
    return {"name_zh": role.names.zh, "name_en": role.names.en, "per_business": role.per_business}
