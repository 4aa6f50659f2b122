"""Processes: named flows with information, an owner, and the policy an admin sets when enabling them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bpmn.limits import ID_LENGTH
from bpmn.reader.ids import valid_id
from engine.audit import difference, record
from engine.checking import DESCRIPTION, Checks, check_revision
from engine.errors import Conflict
from engine.ids import new_id
from engine.permitting import need, need_designer_of, need_process
from engine.ports.work import Work
from engine.values.actors import Permission, Person
from engine.values.audit import AuditType
from engine.values.processes import Kind, Names, Policy, Process, Withdrawal

KEY = ID_LENGTH
"""Characters of a process key: a BPMN id."""
OWNERS = 50


@dataclass(frozen=True, kw_only=True)
class ProcessChange:
    """New information about a process; None leaves a part as it is. Owners are user names."""

    names: Names | None = None
    descriptions: Names | None = None
    kind: Kind | None = None
    needs_business: bool | None = None
    owners: Sequence[str] | None = None


def create(work: Work, *, key: str, names: Names, change: ProcessChange | None = None) -> Process:
    """Make a process without a version; a file whose process has this id will be its first version. The actor owns it.

    Raises: Forbidden, Invalid `FIELDS_INVALID`, Conflict `PROCESS_EXISTS`.
    """
    need(work.actor, Permission.DESIGNER)
    checks = Checks()
    if not valid_id(key):
        checks.refuse("key", "PROCESS_KEY_MALFORMED", limit=KEY)
    checked = checks.names("names", names)
    checks.done()
    if work.processes.get(key) is not None:
        raise Conflict("PROCESS_EXISTS", {"key": key})
    process = new_process(work, key=key, names=checked, kind=Kind.INCIDENT)
    if change is not None:
        process = _changed(work, process, change)
    return add(work, process)


def new_process(work: Work, *, key: str, names: Names, kind: Kind) -> Process:
    """A process that is not yet stored: disabled, owned by the actor."""
    return Process(id=new_id(), key=key, names=names, kind=kind, owners=(work.actor.person,), created_at=work.now)


def add(work: Work, process: Process) -> Process:
    """Save and record a new process."""
    work.processes.add(process)
    record(work, AuditType.PROCESS_CREATED, f"process:{process.key}", {"after": facts_of(process)})
    return process


def change(work: Work, key: str, change: ProcessChange, *, revision: int | None) -> Process:
    """Change what people read about a process, its kind, its owners, or whether its tickets concern a business.

    Raises: NotFound, Forbidden, PreconditionRequired, PreconditionFailed, Invalid `FIELDS_INVALID`.
    """
    before = _load(work, key)
    need_designer_of(work.actor, before)
    check_revision(before.revision, revision)
    return _save(work, before, _changed(work, before, change), AuditType.PROCESS_CHANGED)


def enable(work: Work, key: str, *, policy: Policy | None, revision: int | None) -> Process:
    """Open the process for new tickets. None keeps the policy it has; a new one reaches running tickets at once.

    Raises: NotFound, Forbidden, PreconditionRequired, PreconditionFailed, Invalid `FIELDS_INVALID`.
    """
    need(work.actor, Permission.ADMIN)
    before = _load(work, key)
    check_revision(before.revision, revision)
    after = replace(before, enabled=True, policy=_checked(policy) if policy is not None else before.policy)
    return _save(work, before, after, AuditType.POLICY_CHANGED if before.enabled else AuditType.PROCESS_ENABLED)


def disable(work: Work, key: str, *, revision: int | None) -> Process:
    """Stop new tickets; running ones are not touched.

    Raises: NotFound, Forbidden, PreconditionRequired, PreconditionFailed.
    """
    need(work.actor, Permission.ADMIN)
    before = _load(work, key)
    check_revision(before.revision, revision)
    return _save(work, before, replace(before, enabled=False), AuditType.PROCESS_DISABLED)


def facts_of(process: Process) -> Mapping[str, object]:
    """What the audit keeps of a process."""
    policy = process.policy
    return {
        "name_zh": process.names.zh,
        "name_en": process.names.en,
        "description_zh": process.descriptions.zh,
        "description_en": process.descriptions.en,
        "kind": process.kind.value,
        "needs_business": process.needs_business,
        "owners": [owner.name for owner in process.owners],
        "enabled": process.enabled,
        "notification_events": list(policy.notification.events),
        "notification_channels": list(policy.notification.channels),
        "notification_frequency": policy.notification.frequency,
        "withdrawal": policy.withdrawal.value,
        "withdrawal_task": policy.withdrawal_task,
        "urging": policy.urging,
    }


def _load(work: Work, key: str) -> Process:
    process = work.processes.get(key, lock=True)
    return need_process(work.actor, process)


def _save(work: Work, before: Process, after: Process, event: AuditType) -> Process:
    saved = replace(after, revision=before.revision + 1)
    work.processes.save(saved)
    record(work, event, f"process:{saved.key}", difference(facts_of(before), facts_of(saved)))
    return saved


def _changed(work: Work, process: Process, change: ProcessChange) -> Process:
    checks = Checks()
    names, descriptions, owners = process.names, process.descriptions, process.owners
    if change.names is not None:
        names = checks.names("names", change.names)
    if change.descriptions is not None:
        descriptions = checks.names("descriptions", change.descriptions, limit=DESCRIPTION, required=False)
    if change.owners is not None:
        owners = _owners(work, checks, change.owners)
    checks.done()
    return replace(
        process,
        names=names,
        descriptions=descriptions,
        owners=owners,
        kind=process.kind if change.kind is None else change.kind,
        needs_business=process.needs_business if change.needs_business is None else change.needs_business,
    )


def _owners(work: Work, checks: Checks, names: Sequence[str]) -> tuple[Person, ...]:
    if len(names) > OWNERS:
        checks.refuse("owners", "TOO_MANY_NAMES", limit=OWNERS)
        return ()
    known = {user.name: user for user in work.people.by_names(names) if user.active}
    for at, name in enumerate(names):
        if name not in known:
            checks.refuse(f"owners.{at}", "USER_UNKNOWN", value=name)
    return tuple(known[name].person for name in dict.fromkeys(names) if name in known)


def _checked(policy: Policy) -> Policy:
    checks = Checks()
    if policy.withdrawal is Withdrawal.BEFORE_TASK and not policy.withdrawal_task:
        checks.refuse("policy.withdrawal_task", "FIELD_REQUIRED")
    checks.text("policy.withdrawal_task", policy.withdrawal_task or "", limit=KEY, required=False)
    notification = policy.notification
    _known(checks, "policy.notification.events", notification.events, NOTIFIED_EVENTS)
    _known(checks, "policy.notification.channels", notification.channels, CHANNELS)
    _known(checks, "policy.notification.frequency", (notification.frequency,), FREQUENCIES)
    if policy.urging:
        checks.refuse("policy.urging", "FIELD_NOT_ONE_OF", allowed=[False])
    checks.done()
    return policy


# What this release does; an option that did nothing would be a promise.
NOTIFIED_EVENTS = ("task_opened",)
CHANNELS = ("email",)
FREQUENCIES = ("once",)


def _known(checks: Checks, path: str, values: Sequence[str], known: Sequence[str]) -> None:
    for value in values:
        if value not in known:
            checks.refuse(path, "FIELD_NOT_ONE_OF", allowed=list(known))
