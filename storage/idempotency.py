"""Idempotency keys: the first answer to a keyed request is kept for 24 hours and given again.

The row is written in the transaction of the command itself. Of two equal requests at one time the later waits at its
commit (for the ticket's row, or for the key's), runs again, and is then given the answer of the earlier.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.errors import Invalid
from storage.answer import Answer, Replayed
from storage.channel import Statement
from storage.credentials import USER_ID, Credential, parameters_of
from storage.json import dumps, loads
from storage.tables import idempotency, ticket
from storage.types import Moment

KEPT = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class IdempotencyKey:
    """The caller's key, and a hash over method, path and body of the request."""

    key: str
    request_hash: bytes


def _reading(user_id: sa.ScalarSelect[object]) -> sa.Select[Any]:
    return (
        sa.select(idempotency, ticket.c.number)
        .select_from(idempotency.outerjoin(ticket, ticket.c.id == idempotency.c.ticket_id))
        .where(
            idempotency.c.actor_id == user_id,
            idempotency.c.key == bindparam("idempotency_key"),
            idempotency.c.created_at > bindparam("since", type_=Moment),
        )
    )


_READ = {kind: _reading(user_id) for kind, user_id in USER_ID.items()}
_FORGET = sa.delete(idempotency).where(
    idempotency.c.actor_id == bindparam("of_actor"),
    idempotency.c.key == bindparam("of_key"),
    idempotency.c.created_at <= bindparam("since", type_=Moment),
)
_KEEP = sa.insert(idempotency)


def reading(credential: Credential, key: IdempotencyKey, *, now: datetime) -> Statement:
    """The statement that finds an earlier answer, sent beside the one that finds out who is asking."""
    parameters = {**parameters_of(credential), "idempotency_key": key.key, "since": now - KEPT}
    return Statement(_READ[type(credential)], parameters)


def judge(key: IdempotencyKey, rows: Sequence[Any]) -> None:
    """Return when the request is new.

    Raises: Invalid `KEY_REUSED` when the key came with another request, Replayed with the first answer.
    """
    if not rows:
        return
    row = rows[0]
    if bytes(row.request_hash) != key.request_hash:
        raise Invalid("KEY_REUSED", {"key": key.key})
    answer = Answer(
        status=row.status,
        body=loads(row.body),
        headers=loads(row.headers),
        ticket_id=row.ticket_id,
        replayed=True,
    )
    raise Replayed(answer.numbered(row.number))


def keeping(key: IdempotencyKey, answer: Answer, *, actor_id: UUID, now: datetime) -> tuple[Statement, ...]:
    """The statements that keep an answer; the second fails when an equal request has kept one meanwhile."""
    row = {
        "actor_id": actor_id,
        "key": key.key,
        "request_hash": key.request_hash,
        "status": answer.status,
        "body": dumps(answer.body),
        "headers": dumps(answer.headers),
        "ticket_id": answer.ticket_id,
        "created_at": now,
    }
    stale = {"of_actor": actor_id, "of_key": key.key, "since": now - KEPT}
    return Statement(_FORGET, stale), Statement(_KEEP, row)
