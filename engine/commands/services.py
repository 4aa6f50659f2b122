"""Services: what requesters find in the catalogue; each is bound to one deployment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from engine.audit import difference, record
from engine.checking import DESCRIPTION, Checks, check_revision
from engine.errors import Conflict, FieldProblem, Invalid, NotFound
from engine.ids import new_id, parse_uuid
from engine.permitting import need
from engine.ports.work import Work
from engine.values.actors import Permission
from engine.values.audit import AuditType
from engine.values.processes import Deployment, Names, Service


@dataclass(frozen=True, kw_only=True)
class ServiceChange:
    """New facts about a service; None leaves one as it is."""

    names: Names | None = None
    purposes: Names | None = None
    category_id: str | None = None
    active: bool | None = None
    position: int | None = None


def create(
    work: Work, *, key: str, names: Names, category_id: str, purposes: Names | None = None, position: int = 0
) -> Service:
    """Make a service that is bound to nothing yet.

    Raises: Forbidden, Invalid `FIELDS_INVALID`, Conflict `SERVICE_EXISTS`.
    """
    need(work.actor, Permission.ADMIN)
    checks = Checks()
    checks.key("key", key)
    service = Service(
        id=new_id(),
        key=key,
        names=checks.names("names", names),
        purposes=checks.names("purposes", purposes or Names(zh=""), limit=DESCRIPTION, required=False),
        category_id=_category(work, checks, category_id),
        position=checks.position(position),
    )
    checks.done()
    if work.services.get(key) is not None:
        raise Conflict("SERVICE_EXISTS", {"key": key})
    work.services.add(service)
    record(work, AuditType.SERVICE_CREATED, f"service:{key}", {"after": _facts(service)})
    return service


def change(work: Work, key: str, change: ServiceChange, *, revision: int | None) -> Service:
    """Change names, purpose, place in the catalogue, or whether it is offered at all.

    Raises: Forbidden, NotFound, PreconditionRequired, PreconditionFailed, Invalid `FIELDS_INVALID`.
    """
    before = _load(work, key, revision)
    checks = Checks()
    after = replace(
        before,
        names=before.names if change.names is None else checks.names("names", change.names),
        purposes=before.purposes
        if change.purposes is None
        else checks.names("purposes", change.purposes, limit=DESCRIPTION, required=False),
        category_id=before.category_id if change.category_id is None else _category(work, checks, change.category_id),
        active=before.active if change.active is None else change.active,
        position=before.position if change.position is None else checks.position(change.position),
    )
    checks.done()
    return _save(work, before, after, AuditType.SERVICE_CHANGED)


def bind(work: Work, key: str, *, process: str, deployment: int, revision: int | None) -> Service:
    """Let new tickets of the service run through this deployment; running ones stay where they are.

    Raises: Forbidden, NotFound, PreconditionRequired, PreconditionFailed, Conflict `DEPLOYMENT_RETIRED` or
        `PROCESS_DISABLED`.
    """
    before = _load(work, key, revision)
    chosen = _deployment(work, process, deployment)
    return _save(work, before, replace(before, deployment_id=chosen.id), AuditType.SERVICE_BOUND)


def unbind(work: Work, key: str, *, revision: int | None) -> Service:
    """Take the service off its deployment: it can be seen by admins only until it is bound again.

    Raises: Forbidden, NotFound, PreconditionRequired, PreconditionFailed.
    """
    before = _load(work, key, revision)
    return _save(work, before, replace(before, deployment_id=None), AuditType.SERVICE_UNBOUND)


def _load(work: Work, key: str, revision: int | None) -> Service:
    need(work.actor, Permission.ADMIN)
    service = work.services.get(key, lock=True)
    if service is None:
        raise NotFound("service")
    check_revision(service.revision, revision)
    return service


def _save(work: Work, before: Service, after: Service, event: AuditType) -> Service:
    saved = replace(after, revision=before.revision + 1)
    work.services.save(saved)
    record(work, event, f"service:{saved.key}", difference(_facts(before), _facts(saved)))
    return saved


def _deployment(work: Work, process_key: str, number: int) -> Deployment:
    process = work.processes.get(process_key)
    deployment = None if process is None else work.deployments.get(process.id, number)
    if process is None or deployment is None:
        raise NotFound("deployment")
    if deployment.retired_at is not None:
        facts = {"process": process_key, "deployment": number, "at": deployment.retired_at}
        raise Conflict("DEPLOYMENT_RETIRED", facts)
    if not process.enabled:
        raise Conflict("PROCESS_DISABLED", {"process": process_key})
    return deployment


def _category(work: Work, checks: Checks, category_id: str) -> UUID:
    parsed = parse_uuid(category_id)
    if parsed is None or work.services.category(parsed) is None:
        problem = FieldProblem(path="category_id", code="CATEGORY_UNKNOWN")
        raise Invalid("FIELDS_INVALID", {"count": 1}, problems=[*checks.problems, problem])
    return parsed


def _facts(service: Service) -> Mapping[str, object]:
    return {
        "name_zh": service.names.zh,
        "name_en": service.names.en,
        "purpose_zh": service.purposes.zh,
        "purpose_en": service.purposes.en,
        "category_id": str(service.category_id),
        "deployment_id": None if service.deployment_id is None else str(service.deployment_id),
        "active": service.active,
        "position": service.position,
    }
