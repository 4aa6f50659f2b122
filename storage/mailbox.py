"""The built-in mailbox as it is read: messages with the names of those to whom they went."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from storage import tables as t
from storage.channel import Statement
from storage.work import Work

_LAST = UUID(int=(1 << 128) - 1)
_MESSAGES = sa.select(t.message, t.user.c.display_name.label("recipient"), t.user.c.name.label("recipient_name")).join(
    t.user, t.user.c.id == t.message.c.recipient_id
)
_PAGE = (
    _MESSAGES.where(t.message.c.id < bindparam("p_before", type_=sa.Uuid))
    .order_by(t.message.c.id.desc())
    .limit(bindparam("p_limit", type_=sa.Integer))
)
_ONE = _MESSAGES.where(t.message.c.id == bindparam("p_id", type_=sa.Uuid))
_OWN = t.message.c.recipient_id == bindparam("p_user", type_=sa.Uuid)


def messages(work: Work, *, before: UUID | None = None, limit: int = 50, everybody: bool = False) -> list[Any]:
    """The actor's messages, or everybody's, as rows of the table with `recipient`; newest first, from before that one.

    Raises: Unauthenticated.
    """
    clause, who = (_PAGE, {}) if everybody else (_PAGE.where(_OWN), {"p_user": work.actor.id})
    [rows] = work.read(Statement(clause, {"p_before": before or _LAST, "p_limit": limit, **who}))
    return rows


def message(work: Work, message_id: UUID, *, everybody: bool = False) -> Any | None:
    """One of these messages, None when there is none for the actor.

    Raises: Unauthenticated.
    """
    clause, who = (_ONE, {}) if everybody else (_ONE.where(_OWN), {"p_user": work.actor.id})
    [rows] = work.read(Statement(clause, {"p_id": message_id, **who}))
    return rows[0] if rows else None
