"""One try of one job: run its handler and say how it ended."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from app.worker.backoff import pause_after
from app.worker.kinds import JobKind
from bpmn.errors import FaultdeskError
from engine.ports.jobs import Hopeless, Job
from storage import jobs
from storage.background import in_background
from storage.channel import Statement
from storage.database import Database
from storage.store import Store

T = TypeVar("T")
Clock = Callable[[], datetime]

log = logging.getLogger("faultdesk.worker")


def attempt(database: Database, kind: JobKind | None, job: Job, *, worker: str, now: Clock) -> None:
    """Run the handler and record how it ended; the handler's last unit of work is committed with that record.

    What is recorded of a failure is a code: an exception's text may hold addresses, passwords or a person's words.

    Raises: what the database raises where the end cannot be recorded.
    """

    def run(act: Callable[[Store], T]) -> T:
        return in_background(database, act, now=now())

    try:
        if kind is None:
            raise Hopeless("JOB_KIND_UNKNOWN", {"kind": job.kind})
        last = kind.handler(job, run)
        run(lambda work: _finish(work, last, jobs.done(job, worker=worker, now=now())))
    except Hopeless as hopeless:
        log.warning("job %s (%s) is dead: %s", job.id, job.kind, hopeless.code)
        record(database, jobs.bury(job, worker=worker, now=now(), error=hopeless.code), now=now)
    except Exception as error:  # noqa: BLE001 - whatever it is, the job is tried again
        record(database, failed(job, code_of(error), worker=worker, now=now()), now=now)


def record(database: Database, end: Statement, *, now: Clock) -> None:
    """Commit one statement about a job."""
    in_background(database, lambda work: work.write(end.clause, end.parameters), now=now())


def _finish(work: Store, last: Callable[[Store], object] | None, end: Statement) -> None:
    if last is not None:
        last(work)
    work.write(end.clause, end.parameters)


def failed(job: Job, code: str, *, worker: str, now: datetime) -> Statement:
    """The statement for a failed try: another one later, or dead after the last."""
    log.warning("job %s (%s) failed, try %d of %d: %s", job.id, job.kind, job.attempts, jobs.TRIES, code)
    if job.attempts >= jobs.TRIES:
        return jobs.bury(job, worker=worker, now=now, error=code)
    return jobs.again(job, worker=worker, at=now + pause_after(job.attempts), error=code)


def code_of(error: Exception) -> str:
    """A stable code of an error, or the name of its class and where it was raised; never its text."""
    if isinstance(error, FaultdeskError):
        return error.code
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = "" if where is None else f" at {where.tb_frame.f_globals.get('__name__', '?')}:{where.tb_lineno}"
    return f"{type(error).__name__}{place}"
