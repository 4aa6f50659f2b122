"""What is kept for a while only, and goes when its time is over."""

from datetime import datetime, timedelta
from itertools import islice

import sqlalchemy as sa

from engine.ports.blobs import Blobs
from storage import case_saving, idempotency, jobs, uploads
from storage import tables as t
from storage.background import in_background
from storage.database import Database
from storage.work import Work

BLOBS_KEPT = timedelta(hours=24)
"""How long bytes may wait for the row that speaks of them."""
ATTEMPTS_KEPT = timedelta(days=1)
LINKS_KEPT = timedelta(days=7)
"""How long a used or expired one-time link still answers that it was one."""
_BATCH = 500


def sweep_rows(work: Work) -> None:
    """Queue the removal of every row whose time is over."""
    now = work.now
    uploads.expire(work)
    attempts = t.login_attempt.c
    for clause in (
        sa.delete(t.session).where(t.session.c.expires_at < now),
        sa.delete(t.idempotency).where(t.idempotency.c.created_at < now - idempotency.KEPT),
        sa.delete(t.saved_answers).where(t.saved_answers.c.updated_at < now - case_saving.SAVED_FOR),
        sa.delete(t.one_time_link).where(t.one_time_link.c.expires_at < now - LINKS_KEPT),
        sa.delete(t.login_attempt).where(
            attempts.window_started_at < now - ATTEMPTS_KEPT,
            sa.or_(attempts.blocked_until.is_(None), attempts.blocked_until < now),
        ),
    ):
        work.write(clause)
    forget = jobs.forget_done(now=now)
    work.write(forget.clause, forget.parameters)


def sweep_blobs(database: Database, blobs: Blobs, *, now: datetime) -> int:
    """Remove the bytes that nothing has referred to for a day; how many.

    Bytes are looked up in the tables after they were found old: whoever refers to them since has put them again, which
    renewed them.
    """
    before, gone = now - BLOBS_KEPT, 0
    old = iter(blobs.old(before=before))
    while batch := list(islice(old, _BATCH)):
        gone += _remove_unused(database, blobs, batch, before=before, now=now)
    return gone


def _remove_unused(database: Database, blobs: Blobs, old: list[str], *, before: datetime, now: datetime) -> int:
    used = in_background(database, lambda work: uploads.referred_to(work, old), now=now, writing=False)
    return sum(blobs.remove(each, before=before) for each in old if each not in used)
