"""Recording what happened to the installation: the fourth beat of every command that is not about one ticket."""

from collections.abc import Mapping

from engine.ids import new_id
from engine.ports.work import Work
from engine.values.actors import Person
from engine.values.audit import AuditEvent, AuditType


def record(
    work: Work,
    type: AuditType,  # noqa: A002 - the word of the table and of every event
    subject: str,
    payload: Mapping[str, object] | None = None,
    *,
    by: Person | None = None,
) -> None:
    """Queue an event beside the change it tells of. No secret goes into `payload`, not even as a hash.

    `by` names who did it where nobody is signed in yet.
    """
    asker = work.asker
    work.audit.add(
        AuditEvent(
            id=new_id(),
            at=work.now,
            type=type,
            actor=by if asker is None else asker.person,
            subject=subject,
            address=work.address,
            payload=payload or {},
        )
    )


def difference(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, object]:
    """What changed between two sets of facts, as `{"before": {...}, "after": {...}}` without what stayed the same."""
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {
        "before": {key: before[key] for key in changed if key in before},
        "after": {key: after[key] for key in changed if key in after},
    }
