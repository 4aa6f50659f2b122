"""The audit's seals: each covers a batch of rows and the seal before it, so that a change of the past shows.

A seal is SHA-256 over the previous seal and the rows' envelopes; an envelope holds a salted digest of the payload.
"""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy import bindparam

from storage.channel import Statement
from storage.tables import audit, audit_seal
from storage.types import EPOCH, Moment
from storage.work import Work

BATCH = 1_000
SETTLED = timedelta(minutes=1)
"""A row is sealed when no transaction that began before it can still commit one in front of it."""

_LAST_SEAL = (
    sa.select(audit_seal.c.number, audit_seal.c.hash, audit.c.at, audit.c.id)
    .select_from(audit_seal.outerjoin(audit, audit.c.id == audit_seal.c.last_id))
    .order_by(audit_seal.c.number.desc())
    .limit(1)
)
_SEALS = sa.select(audit_seal).order_by(audit_seal.c.number)
_AFTER = (
    sa.select(audit)
    .where(
        sa.tuple_(audit.c.at, audit.c.id)
        > sa.tuple_(bindparam("p_at", type_=Moment), bindparam("p_id", type_=sa.Uuid)),
        audit.c.at <= bindparam("p_until", type_=Moment),
    )
    .order_by(audit.c.at, audit.c.id)
    .limit(bindparam("p_limit", type_=sa.Integer))
)
_SEAL = sa.insert(audit_seal)
_NOTHING = UUID(int=0)


def seal_next(work: Work) -> int:
    """Queue a seal over the next batch of settled rows; how many it covers, 0 when all are sealed."""
    [last] = work.read(Statement(_LAST_SEAL))
    number, previous, at, row_id = (0, b"", EPOCH, _NOTHING) if not last else last[0]
    until = work.now - SETTLED
    [rows] = work.read(Statement(_AFTER, {"p_at": at, "p_id": row_id, "p_until": until, "p_limit": BATCH}))
    if rows:
        sealed = {"number": number + 1, "last_id": rows[-1].id, "count": len(rows)}
        work.write(_SEAL, {**sealed, "hash": _hash(previous, rows), "at": work.now})
    return len(rows)


def first_broken_seal(work: Work) -> int | None:
    """The number of the first seal that its rows no longer bear out, or None when all hold."""
    [seals] = work.read(Statement(_SEALS))
    previous, at, row_id = b"", EPOCH, _NOTHING
    for expected, seal in enumerate(seals, start=1):
        wanted = {"p_at": at, "p_id": row_id, "p_until": seal.at, "p_limit": seal.count}
        [rows] = work.read(Statement(_AFTER, wanted))
        if seal.number != expected or not rows or rows[-1].id != seal.last_id or _hash(previous, rows) != seal.hash:
            return expected
        previous, at, row_id = seal.hash, rows[-1].at, rows[-1].id
    return None


def _hash(previous: bytes, rows: Iterable[Any]) -> bytes:
    digest = hashlib.sha256(previous)
    for row in rows:
        digest.update(hashlib.sha256(_envelope(row)).digest())
    return digest.digest()


def _envelope(row: Any) -> bytes:
    fields = {
        "id": row.id,
        "at": row.at.isoformat(timespec="microseconds"),
        "type": row.type,
        "actor": row.actor_id,
        "subject": row.subject,
        "address": row.address,
        "payload": hashlib.sha256(row.salt + row.payload.encode()).hexdigest(),
    }
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
