"""Businesses: the business lines that tickets concern."""

from collections.abc import Mapping
from dataclasses import replace

from engine.audit import difference, record
from engine.checking import Checks, check_revision
from engine.errors import Conflict, NotFound
from engine.permitting import need
from engine.ports.work import Work
from engine.values.actors import Permission
from engine.values.audit import AuditType
from engine.values.people import Business
from engine.values.processes import Names


def create(work: Work, *, key: str, names: Names) -> Business:
    """Make a business line.

    Raises: Forbidden, Invalid `FIELDS_INVALID`, Conflict `BUSINESS_EXISTS`.
    """
    need(work.actor, Permission.ADMIN)
    checks = Checks()
    business = Business(key=checks.key("key", key), names=checks.names("names", names))
    checks.done()
    if work.businesses.get(key) is not None:
        raise Conflict("BUSINESS_EXISTS", {"key": key})
    work.businesses.add(business)
    record(work, AuditType.BUSINESS_CREATED, f"business:{key}", {"after": _facts(business)})
    return business


def change(
    work: Work, key: str, *, names: Names | None = None, active: bool | None = None, revision: int | None
) -> Business:
    """Rename a business, or say whether new tickets may concern it; running ones are not touched.

    Raises: Forbidden, NotFound, PreconditionRequired, PreconditionFailed, Invalid `FIELDS_INVALID`.
    """
    need(work.actor, Permission.ADMIN)
    before = work.businesses.get(key, lock=True)
    if before is None:
        raise NotFound("business")
    check_revision(before.revision, revision)
    checks = Checks()
    after = replace(
        before,
        names=before.names if names is None else checks.names("names", names),
        active=before.active if active is None else active,
        revision=before.revision + 1,
    )
    checks.done()
    work.businesses.save(after)
    record(work, AuditType.BUSINESS_CHANGED, f"business:{key}", difference(_facts(before), _facts(after)))
    return after


def _facts(business: Business) -> Mapping[str, object]:
    return {"name_zh": business.names.zh, "name_en": business.names.en, "active": business.active}
