"""The audit's seals: each covers a batch of rows and the seal before it, so that a change of the past shows.

A seal is SHA-256 over the previous seal and the rows' envelopes; an envelope holds a salted digest of the payload.
Which rows a seal covers is kept row by row (`audit_sealed`) and not as a span of time: a clock that is set back, or two
nodes whose clocks differ, put rows in front of what is sealed already, and the next seal simply covers those.
"""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import bindparam

from storage.channel import Statement
from storage.tables import audit, audit_seal, audit_sealed
from storage.types import Moment
from storage.work import Work

BATCH = 1_000
SETTLED = timedelta(minutes=1)
"""Rows this old are sealed: what happens together then mostly stands in one seal, whoever commits first."""

_LAST_SEAL = sa.select(audit_seal.c.number, audit_seal.c.hash).order_by(audit_seal.c.number.desc()).limit(1)
_SEALS = sa.select(audit_seal).order_by(audit_seal.c.number)
_UNSEALED = (
    sa.select(audit)
    .where(
        audit.c.at <= bindparam("p_until", type_=Moment),
        ~sa.exists().where(audit_sealed.c.audit_id == audit.c.id),
    )
    .order_by(audit.c.at, audit.c.id)
    .limit(bindparam("p_limit", type_=sa.Integer))
)
_COVERED = (
    sa.select(audit)
    .select_from(audit_sealed.join(audit, audit.c.id == audit_sealed.c.audit_id))
    .where(audit_sealed.c.seal == bindparam("p_seal", type_=sa.Integer))
    .order_by(audit.c.at, audit.c.id)
)
_ASTRAY = sa.select(sa.exists().where(audit_sealed.c.seal > bindparam("p_seal", type_=sa.Integer)).label("some"))
_SEAL = sa.insert(audit_seal)
_COVER = sa.insert(audit_sealed)


def seal_next(work: Work) -> int:
    """Queue a seal over the next batch of settled rows; how many it covers, 0 when all are sealed."""
    wanted = {"p_until": work.now - SETTLED, "p_limit": BATCH}
    last, rows = work.read(Statement(_LAST_SEAL), Statement(_UNSEALED, wanted))
    if rows:
        number, previous = (last[0].number + 1, last[0].hash) if last else (1, b"")
        work.write(_SEAL, {"number": number, "count": len(rows), "hash": _hash(previous, rows), "at": work.now})
        work.write(_COVER, [{"audit_id": row.id, "seal": number} for row in rows])
    return len(rows)


def first_broken_seal(work: Work) -> int | None:
    """The number of the first seal that its rows no longer bear out, or None when all hold."""
    [seals] = work.read(Statement(_SEALS))
    previous = b""
    for expected, seal in enumerate(seals, start=1):
        [rows] = work.read(Statement(_COVERED, {"p_seal": expected}))
        if seal.number != expected or len(rows) != seal.count or _hash(previous, rows) != seal.hash:
            return expected
        previous = seal.hash
    [[astray]] = work.read(Statement(_ASTRAY, {"p_seal": len(seals)}))
    return len(seals) + 1 if astray.some else None


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
