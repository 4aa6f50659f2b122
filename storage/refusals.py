"""Refusals, kept in the audit under the name of whoever was refused."""

from collections.abc import Mapping

from engine.ids import new_id
from engine.values.audit import AuditEvent, AuditType
from storage.channel import Statement
from storage.credentials import LOOK_UP, Credential, parameters_of
from storage.gate import actor_of
from storage.store import Store


def keep(work: Store, credential: Credential, payload: Mapping[str, object], *, address: str | None) -> None:
    """Queue the event of a refused request; nothing when nobody is known by the credential."""
    [rows] = work.read(Statement(LOOK_UP[type(credential)], parameters_of(credential)))
    if not rows:
        return
    person = actor_of(credential, rows).person
    event = AuditEvent(
        id=new_id(),
        at=work.now,
        type=AuditType.REQUEST_REFUSED,
        actor=person,
        subject=f"user:{person.name}",
        address=address,
        payload=payload,
    )
    work.audit.add(event)
