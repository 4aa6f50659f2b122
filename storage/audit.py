"""Configuration and sign-in events, in their table. There is no statement here that changes or removes one."""

import os
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.values.audit import AuditEvent, AuditType
from storage import tables as t
from storage.channel import Statement
from storage.json import dumps, loads
from storage.rows import person_columns, person_of
from storage.work import Work

_SALT_BYTES = 16
_LAST = UUID(int=(1 << 128) - 1)

_ADD = sa.insert(t.audit)
_PAGE = (
    sa.select(
        *(column for column in t.audit.c if column.name not in ("actor_id", "salt")), *person_columns(t.user, "actor")
    )
    .select_from(t.audit.outerjoin(t.user))
    .where(
        t.audit.c.id < bindparam("before", type_=sa.Uuid),
        sa.or_(bindparam("any", type_=sa.Boolean), t.audit.c.subject == bindparam("subject", type_=sa.Text)),
    )
    .order_by(t.audit.c.id.desc())
    .limit(bindparam("limit", type_=sa.Integer))
)


class AuditLog:
    """See engine.ports.audit."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, event: AuditEvent) -> None:
        """See Audit."""
        row = {
            "id": event.id,
            "at": event.at,
            "type": event.type.value,
            "actor_id": None if event.actor is None else event.actor.id,
            "subject": event.subject,
            "address": event.address,
            "payload": dumps(dict(event.payload)),
            "salt": os.urandom(_SALT_BYTES),
        }
        self._work.write(_ADD, row)

    def page(self, *, before: UUID | None, limit: int, subject: str | None = None) -> tuple[AuditEvent, ...]:
        """See Audit."""
        parameters = {"before": before or _LAST, "any": subject is None, "subject": subject, "limit": limit}
        [rows] = self._work.read(Statement(_PAGE, parameters))
        return tuple(_event(row) for row in rows)


def _event(row: Any) -> AuditEvent:
    return AuditEvent(
        id=row.id,
        at=row.at,
        type=AuditType(row.type),
        actor=person_of(row, "actor"),
        subject=row.subject or "",
        address=row.address,
        payload=loads(row.payload),
    )
