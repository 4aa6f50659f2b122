"""Deployments: an admin puts a version into service; what was deployed never changes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bpmn.findings import Finding, Severity
from bpmn.model import HUMAN_TASKS, NodeKind, ProcessDefinition
from engine.audit import record
from engine.checking import Checks
from engine.directory import directory_for
from engine.errors import Conflict, Invalid, NotFound
from engine.ids import new_id
from engine.inspecting import facts_of, inspected
from engine.permitting import need, need_process
from engine.ports.work import Work
from engine.values.actors import Permission
from engine.values.audit import AuditType
from engine.values.processes import Deployment, Process, Version

MESSAGE = 1_000
_MUST_BE_BOUND = frozenset({"role", "service", "script"})


@dataclass(frozen=True, kw_only=True)
class Examined:
    """A version as it would run here, with every finding of lint against this installation."""

    process: Process
    version: Version
    definition: ProcessDefinition
    findings: tuple[Finding, ...]

    @property
    def obstacles(self) -> tuple[Finding, ...]:
        """The findings that keep it from being deployed: errors, and what must be bound and is not."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR or each.needs in _MUST_BE_BOUND)


def examine(work: Work, key: str, number: int, role_bindings: Mapping[str, str]) -> Examined:
    """Lint a version against this installation, with these bindings; changes nothing.

    Lint may take seconds: asked in a reading unit of work first, `deploy` finds its result and holds its locks briefly.

    Raises: Forbidden, NotFound.
    """
    need(work.actor, Permission.ADMIN, Permission.DESIGNER)
    process = need_process(work.actor, work.processes.get(key))
    return _examined(work, process, number, role_bindings)


def deploy(
    work: Work, key: str, number: int, *, message: str = "", role_bindings: Mapping[str, str] | None = None
) -> Deployment:
    """Put a version of an enabled process into service. `role_bindings` names roles (node id -> role key) that the file
    left open.

    Raises: Forbidden, NotFound, Conflict `PROCESS_DISABLED`, Invalid `FIELDS_INVALID`, Invalid `DEPLOY_REFUSED` with
        the findings.
    """
    need(work.actor, Permission.ADMIN)
    process = need_process(work.actor, work.processes.get(key, lock=True))
    if not process.enabled:
        raise Conflict("PROCESS_DISABLED", {"process": key})
    bindings = dict(role_bindings or {})
    examined = _examined(work, process, number, bindings)
    said = _checked(examined.definition, message, bindings)
    if examined.obstacles:
        raise Invalid("DEPLOY_REFUSED", {"findings": [facts_of(each) for each in examined.obstacles]})
    deployment = Deployment(
        id=new_id(),
        process_id=process.id,
        process_key=process.key,
        number=work.deployments.newest(process.id) + 1,
        version=number,
        role_bindings=bindings,
        deployed_by=work.actor.person,
        deployed_at=work.now,
        message=said,
    )
    work.deployments.add(deployment, roles=_roles(examined.definition, bindings))
    facts = {"version": number, "message": said, "role_bindings": bindings}
    record(work, AuditType.VERSION_DEPLOYED, f"deployment:{key}/{deployment.number}", {"after": facts})
    return deployment


def retire(work: Work, key: str, number: int) -> Deployment:
    """Stop new tickets of a deployment; running ones are not touched. Retiring twice is no error.

    Raises: Forbidden, NotFound.
    """
    need(work.actor, Permission.ADMIN)
    process = need_process(work.actor, work.processes.get(key, lock=True))
    deployment = work.deployments.get(process.id, number)
    if deployment is None:
        raise NotFound("deployment")
    if deployment.retired_at is not None:
        return deployment
    work.deployments.retire(deployment.id, at=work.now)
    record(work, AuditType.DEPLOYMENT_RETIRED, f"deployment:{key}/{number}")
    return replace(deployment, retired_at=work.now)


def _examined(work: Work, process: Process, number: int, role_bindings: Mapping[str, str]) -> Examined:
    version = work.versions.get(process.id, number)
    content = work.versions.content(process.id, number)
    if version is None or content is None:
        raise NotFound("version")
    inspection = inspected(content, version.file_name, directory_for(work, process, role_bindings))
    return Examined(
        process=process,
        version=version,
        definition=work.versions.definition(version),
        findings=inspection.findings,
    )


def _checked(definition: ProcessDefinition, message: str, bindings: Mapping[str, str]) -> str:
    checks = Checks()
    said = checks.text("message", message, limit=MESSAGE, required=False, lines=True)
    for node_id in bindings:
        node = definition.nodes_by_id.get(node_id)
        if node is None or (node.kind not in HUMAN_TASKS and node.kind is not NodeKind.START_EVENT):
            checks.refuse("role_bindings", "BINDING_UNKNOWN_NODE", node=node_id[:200])
    checks.done()
    return said


def _roles(definition: ProcessDefinition, bindings: Mapping[str, str]) -> dict[str, bool]:
    """Every role of the process, and whether it is a candidate role: one of a task, and not only of the start."""
    claims: dict[str, bool] = {}
    for node in definition.nodes:
        bound = bindings.get(node.id)
        for key in (bound,) if bound else tuple(role.key for role in node.roles):
            claims[key] = claims.get(key, False) or node.kind in HUMAN_TASKS
    return dict(sorted(claims.items()))
