"""The job table: enqueue in the causing transaction, claim under a lease, retry, bury, sweep.

At most one job of a key runs at a time, and jobs of one key run in the order in which they fell due: one that waits
for its next try holds back the later ones; a dead one does not.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

# Both databases write this clause alike, and only this class compiles on both.
from sqlalchemy.dialects.postgresql import insert

from engine.ids import new_id
from engine.ports.jobs import Job
from engine.values.events import NewJob
from engine.values.jobs import JobState
from storage import json
from storage.channel import Statement
from storage.tables import job
from storage.types import Moment
from storage.work import Work

TRIES = 8
KEPT = timedelta(days=7)
"""How long a done job, and with it its dedupe key, stays."""


def _moment(name: str) -> sa.BindParameter[Any]:
    return bindparam(name, type_=Moment)


_ENQUEUE = insert(job).on_conflict_do_nothing(index_elements=[job.c.dedupe])

_other = job.alias("other")
_of_its_key = sa.select(_other.c.id).where(_other.c.key == job.c.key).limit(1)
# Scalar subqueries, because PostgreSQL turns NOT EXISTS into a join over the whole queue: at 70,000 jobs a claim then
# takes 80 ms, and so 0.4.
_first = _of_its_key.where(_other.c.state == JobState.READY).order_by(_other.c.due_at, _other.c.id).scalar_subquery()
_running = _of_its_key.where(_other.c.state == JobState.RUNNING).scalar_subquery()
_may_run = sa.or_(job.c.key.is_(None), sa.and_(_first == job.c.id, _running.is_(None)))
_due = (
    sa.select(job.c.id)
    .where(job.c.state == JobState.READY, job.c.run_at <= _moment("p_now"), _may_run)
    .order_by(job.c.run_at, job.c.id)
    .limit(bindparam("p_limit", type_=sa.Integer))
    .with_for_update(skip_locked=True, of=job)
    .cte("due")
)
_CLAIM = (
    sa.update(job)
    .where(job.c.id.in_(sa.select(_due.c.id)))
    .values(
        state=JobState.RUNNING.value,
        attempts=job.c.attempts + 1,
        leased_until=_moment("p_until"),
        worker=bindparam("p_worker"),
    )
    .returning(job.c.id, job.c.kind, job.c.args, job.c.key, job.c.attempts, job.c.created_at, job.c.due_at)
)
_NEXT = sa.select(sa.func.min(job.c.run_at, type_=Moment).label("at")).where(job.c.state == JobState.READY)

# A worker that lost its lease must not speak for a job that another one runs by now.
_mine = sa.and_(
    job.c.id == bindparam("p_id"),
    job.c.state == JobState.RUNNING,
    job.c.worker == bindparam("p_worker"),
    job.c.attempts == bindparam("p_attempts"),
)
_BEAT = sa.update(job).where(_mine).values(leased_until=_moment("p_until"))
_DONE = (
    sa.update(job)
    .where(_mine)
    .values(state=JobState.DONE.value, ended_at=_moment("p_now"), leased_until=None, error=None)
)
_AGAIN = (
    sa.update(job)
    .where(_mine)
    .values(
        state=JobState.READY.value,
        run_at=_moment("p_at"),
        leased_until=None,
        worker=None,
        error=bindparam("p_error"),
    )
)
_BURY = (
    sa.update(job)
    .where(_mine)
    .values(state=JobState.DEAD.value, ended_at=_moment("p_now"), leased_until=None, error=bindparam("p_error"))
)
_exhausted = job.c.attempts >= TRIES
_RESCUE = (
    sa.update(job)
    .where(job.c.state == JobState.RUNNING, job.c.leased_until < _moment("p_now"))
    .values(
        state=sa.case((_exhausted, JobState.DEAD.value), else_=JobState.READY.value),
        ended_at=sa.case((_exhausted, _moment("p_now")), else_=sa.null()),
        run_at=_moment("p_now"),
        leased_until=None,
        worker=None,
        error="LEASE_EXPIRED",
    )
)
_LOST = sa.select(
    sa.exists().where(job.c.state == JobState.RUNNING, job.c.leased_until < _moment("p_now")).label("some")
)
_FORGET = sa.delete(job).where(job.c.state == JobState.DONE, job.c.ended_at < _moment("p_before"))
_REVIVE = (
    sa.update(job)
    .where(job.c.id == bindparam("p_id"), job.c.state == JobState.DEAD)
    .values(state=JobState.READY.value, run_at=_moment("p_now"), attempts=0, ended_at=None, worker=None)
)


def enqueue(work: Work, new: NewJob) -> UUID:
    """Queue the job with the caller's writes; its id. See `engine.ports.jobs.Enqueue`."""
    [made] = enqueue_all(work, [new])
    return made


def enqueue_all(work: Work, jobs: Iterable[NewJob]) -> list[UUID]:
    """Queue several jobs in one statement; their ids, in order."""
    rows = [_row(new, now=work.now) for new in jobs]
    if rows:
        work.write(_ENQUEUE, rows)
    return [row["id"] for row in rows]


def enqueuing(jobs: Sequence[NewJob], *, now: datetime) -> Statement:
    """The statement that enqueues these jobs, at least one."""
    return Statement(_ENQUEUE, [_row(new, now=now) for new in jobs])


def _row(new: NewJob, *, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": new.kind,
        "args": json.dumps(new.args),
        "key": new.key,
        "dedupe": new.dedupe,
        "state": JobState.READY.value,
        "due_at": new.run_at or now,
        "run_at": new.run_at or now,
        "created_at": now,
    }


def next_at() -> Statement:
    """One row `at`: when the first waiting job may run, or null; asked without a lock."""
    return Statement(_NEXT)


def claim(*, worker: str, limit: int, until: datetime, now: datetime) -> Statement:
    """Take up to `limit` due jobs under a lease; the rows for `claimed`."""
    return Statement(_CLAIM, {"p_worker": worker, "p_limit": limit, "p_until": until, "p_now": now})


def claimed(rows: Sequence[Any]) -> list[Job]:
    """The jobs of `claim`'s rows, in the order in which they fell due."""
    return [
        Job(
            id=row.id,
            kind=row.kind,
            args=json.loads(row.args),
            key=row.key,
            attempts=row.attempts,
            created_at=row.created_at,
        )
        for row in sorted(rows, key=lambda row: (row.due_at, row.id))
    ]


def _fence(held: Job, worker: str) -> dict[str, Any]:
    return {"p_id": held.id, "p_worker": worker, "p_attempts": held.attempts}


def beat(jobs: Sequence[Job], *, worker: str, until: datetime) -> Statement:
    """Extend the leases of jobs that still run; at least one."""
    return Statement(_BEAT, [{**_fence(held, worker), "p_until": until} for held in jobs])


def done(held: Job, *, worker: str, now: datetime) -> Statement:
    """The job succeeded."""
    return Statement(_DONE, {**_fence(held, worker), "p_now": now})


def again(held: Job, *, worker: str, at: datetime, error: str) -> Statement:
    """The job failed and is tried again at that moment; `error` is a code without secrets."""
    return Statement(_AGAIN, {**_fence(held, worker), "p_at": at, "p_error": error})


def bury(held: Job, *, worker: str, now: datetime, error: str) -> Statement:
    """The job is dead: it is not tried again unless a person says so."""
    return Statement(_BURY, {**_fence(held, worker), "p_now": now, "p_error": error})


def lost(*, now: datetime) -> Statement:
    """One row `some`: whether a running job's lease is over; asked without a lock."""
    return Statement(_LOST, {"p_now": now})


def rescue(*, now: datetime) -> Statement:
    """Give back the jobs of workers that stopped renewing their leases; one that used up its tries is dead."""
    return Statement(_RESCUE, {"p_now": now})


def forget_done(*, now: datetime) -> Statement:
    """Remove what was done more than seven days ago."""
    return Statement(_FORGET, {"p_before": now - KEPT})


def revive(work: Work, job_id: UUID) -> None:
    """Let a dead job be tried again from now, eight times."""
    work.write(_REVIVE, {"p_id": job_id, "p_now": work.now})
