"""The runner: a thread that claims due jobs for a few threads that run them, and renews their leases.

It sleeps until the next job is due, at most `poll`; `wake` ends the sleep when this process has committed something.
It then waits a moment longer, so that one claim serves several commits.
Jobs that others enqueue are found by polling: LISTEN/NOTIFY would tie the schema to one database machine.
"""

import logging
import os
import socket
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from uuid import uuid4

from app.worker.attempt import Clock, attempt, code_of, failed, record
from app.worker.kinds import Duties
from bpmn.errors import FaultdeskError
from engine.ports.jobs import Job
from storage import jobs
from storage.background import in_background
from storage.channel import Statement
from storage.database import Database
from storage.failures import ERRORS, Failure, classify

log = logging.getLogger("faultdesk.worker")

_OUTAGE_PAUSE = 2.0
_ERRORS = (*ERRORS, FaultdeskError)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """The runner's times. `poll` is in seconds."""

    slots: int = 4
    """Jobs that run at once in this process; it claims no more, so that nobody waits for a hand that hangs."""
    gather: float = 0.1
    """Seconds from a wake-up to the claim."""
    lease: timedelta = timedelta(seconds=60)
    heartbeat: timedelta = timedelta(seconds=15)
    poll: float = 1.0


@dataclass(kw_only=True)
class _Running:
    job: Job
    deadline: float = float("inf")
    """On the monotonic clock, from the job's beginning: a handler's time is not to depend on the wall clock."""
    late: bool = False


def utc_now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


class Runner:
    """Drains the job table until it is stopped. One per process."""

    def __init__(self, database: Database, duties: Duties, *, pace: Pace | None = None, now: Clock = utc_now) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._database = database
        self._duties = duties
        self._pace = pace or Pace()
        self._now = now
        self._running: dict[object, _Running] = {}
        self._line: SimpleQueue[object] = SimpleQueue()
        self._hands = 0
        self._full = False
        self._lock = threading.Lock()
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._beaten = self._rescued = float("-inf")
        self._scheduled: set[str] = set()

    def start(self) -> None:
        """Run in a thread of this process."""
        self._thread = threading.Thread(target=self.run, name="faultdesk-worker", daemon=True)
        self._thread.start()

    def run(self) -> None:
        """Run in the calling thread until `stop`; a database that is away is waited for."""
        while not self._stopping.is_set():
            try:
                pause = self._round()
            except _ERRORS as error:
                log.warning("the worker's database is not answering: %s", type(error).__name__)
                pause = _OUTAGE_PAUSE
            # Whatever it is, this thread is the only one that runs jobs: it has to go on with the next round.
            except Exception as error:  # noqa: BLE001 - a worker that ended unseen would leave every job lying
                log.error("the worker's round failed: %s", code_of(error))
                pause = _OUTAGE_PAUSE
            if self._awake.wait(pause) and not self._full:
                self._stopping.wait(self._pace.gather)
            self._awake.clear()

    def wake(self) -> None:
        """Look for due jobs now; costs nothing, to be called after a commit."""
        self._awake.set()

    def stop(self, grace: float = 10.0) -> bool:
        """Claim nothing more and wait up to `grace` seconds; whether everything ended.

        A job that is still running then is run again by another worker when its lease is over.
        """
        self._stopping.set()
        self.wake()
        if self._thread is not None:
            self._thread.join(grace)
        deadline = time.monotonic() + grace
        while self.busy and time.monotonic() < deadline:
            self._beat()
            time.sleep(0.02)
        return not self.busy

    def drain(self) -> int:
        """Run everything that is due, in the calling thread, and return how many tries that took."""
        ran = 0
        self._enqueue_recurring()
        while claimed := self._claim(limit=1):
            for job in claimed:
                self._try(job)
                ran += 1
        return ran

    @property
    def busy(self) -> int:
        """How many jobs this process has claimed and not ended."""
        with self._lock:
            return len(self._running)

    def _round(self) -> float:
        self._beat()
        self._rescue()
        self._enqueue_recurring()
        free = self._pace.slots - self.busy
        at = self._next_at() if free > 0 else None
        claimed = self._claim(limit=free) if at is not None and at <= self._now() else []
        for job in claimed:
            self._begin(job)
        # A full batch may have left more behind it: its last job asks again, at once, or the poll where one hangs.
        self._full = len(claimed) == free
        return self._pause_until(None if claimed else at)

    def _pause_until(self, at: datetime | None) -> float:
        """Seconds to sleep: the end of a job or the next due one ends it."""
        ahead = self._pace.poll if at is None else (at - self._now()).total_seconds()
        # What is due but was not claimed waits for another job of its key, so it is no reason to ask again at once.
        return min(ahead, self._pace.poll) if ahead > 0 else self._pace.poll

    def _next_at(self) -> datetime | None:
        with self._database.channel(writing=False) as channel:
            [[row]] = channel.ask([jobs.next_at()])
        at: datetime | None = row.at
        return at

    def _claim(self, *, limit: int) -> list[Job]:
        now = self._now()
        statement = jobs.claim(worker=self.name, limit=limit, until=now + self._pace.lease, now=now)
        try:
            with self._database.channel(writing=True) as channel:
                [rows] = channel.commit([statement])
        except ERRORS as error:
            if classify(error) is Failure.RETRY:
                return []  # Another worker took a job of the same key at this moment.
            raise
        return jobs.claimed(rows)

    def _begin(self, job: Job) -> None:
        token = object()
        with self._lock:
            self._running[token] = _Running(job=job)
        self._line.put(token)
        if self._hands < min(self._pace.slots, self.busy):
            try:
                threading.Thread(target=self._serve, name=f"jobs-{self._hands}", daemon=True).start()
            except RuntimeError:
                # There are no more threads to be had. Without any the lease runs out and the job is tried again.
                if not self._hands:
                    self._end(token)
                    raise
            else:
                self._hands += 1

    def _serve(self) -> None:
        while True:
            token = self._line.get()
            with self._lock:
                held = self._running.get(token)
                if held is None:
                    continue  # It was given up when there was no thread for it.
                held.deadline = time.monotonic() + self._timeout(held.job)
            threading.current_thread().name = f"job-{held.job.kind}"
            self._work(token, held.job)

    def _work(self, token: object, job: Job) -> None:
        try:
            self._try(job)
        # Whatever it is, this thread has to go on with the next job. The lease runs out, and the job is tried again.
        except Exception as error:  # noqa: BLE001 - see above
            log.warning("job %s: its end could not be recorded: %s", job.id, code_of(error))
        finally:
            self._end(token)
            if not self.busy:
                self.wake()

    def _timeout(self, job: Job) -> float:
        kind = self._duties.kinds.get(job.kind)
        return 1.0 if kind is None else max(kind.timeout.total_seconds(), 1.0)

    def _end(self, token: object) -> None:
        with self._lock:
            del self._running[token]

    def _try(self, job: Job) -> None:
        attempt(self._database, self._duties.kinds.get(job.kind), job, worker=self.name, now=self._now)

    def _record(self, end: Statement) -> None:
        record(self._database, end, now=self._now)

    def _beat(self) -> None:
        if time.monotonic() - self._beaten < self._pace.heartbeat.total_seconds():
            self._give_up_late()
            return
        self._beaten = time.monotonic()
        self._give_up_late()
        with self._lock:
            held = [each.job for each in self._running.values() if not each.late]
        if held:
            self._record(jobs.beat(held, worker=self.name, until=self._now() + self._pace.lease))

    def _give_up_late(self) -> None:
        with self._lock:
            late = [e for e in self._running.values() if not e.late and e.deadline < time.monotonic()]
            for each in late:
                each.late = True
        for each in late:
            self._record(failed(each.job, "JOB_TIMEOUT", worker=self.name, now=self._now()))

    def _rescue(self) -> None:
        if time.monotonic() - self._rescued < self._pace.poll:
            return
        self._rescued = time.monotonic()
        if self._lost():
            self._record(jobs.rescue(now=self._now()))

    def _lost(self) -> bool:
        with self._database.channel(writing=False) as channel:
            [[row]] = channel.ask([jobs.lost(now=self._now())])
        return bool(row.some)

    def _enqueue_recurring(self) -> None:
        due = [each.due(self._now()) for each in self._duties.recurring]
        new = [job for job in due if job.dedupe not in self._scheduled]
        if new:
            in_background(self._database, lambda work: jobs.enqueue_all(work, new), now=self._now())
            self._scheduled = {str(job.dedupe) for job in due}
