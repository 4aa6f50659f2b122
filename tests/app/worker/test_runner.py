"""The runner: at-least-once (R-03; with a real message in `tests.crash.test_jobs`), never two at a time, eight tries,
clean end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.worker.backoff import pause_after
from app.worker.kinds import Duties, JobKind, Recurring
from app.worker.runner import Pace, Runner, utc_now
from engine.ports.jobs import Hopeless, Job
from engine.values.events import NewJob
from storage import jobs
from storage.background import in_background
from storage.channel import Statement
from storage.database import Database
from storage.tables import job, setting
from tests.support.clock import Clock
from tests.support.statements import watching

QUICK = Pace(slots=4, lease=timedelta(seconds=2), heartbeat=timedelta(seconds=0.3), poll=0.05)


def put(database: Database, *new: NewJob) -> None:
    in_background(database, lambda work: jobs.enqueue_all(work, new), now=utc_now())


def rows(database: Database) -> list[Any]:
    with database.channel(writing=False) as channel:
        return channel.ask([Statement(sa.select(job).order_by(job.c.id))])[0]


def until(condition: Callable[[], bool], *, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def duties(handler: Callable[[Job, Any], None], **options: Any) -> Duties:
    return Duties(kinds={"k": JobKind(handler=handler, **options)})


def test_what_a_handler_writes_is_committed_and_the_job_is_done(database: Database) -> None:
    def handler(held: Job, run: Any) -> None:
        run(lambda work: work.write(sa.insert(setting), {"key": "seen", "value": str(held.id)}))

    put(database, NewJob(kind="k", args={}))
    assert Runner(database, duties(handler)).drain() == 1
    with database.channel(writing=False) as channel:
        [[row]] = channel.ask([Statement(sa.select(setting))])
    [done] = rows(database)
    assert (row.value, done.state, done.attempts, done.error) == (str(done.id), "done", 1, None)


def test_r_05_a_job_that_always_fails_is_tried_eight_times_and_then_dead(database: Database) -> None:
    clock, tries = Clock(), []

    def handler(held: Job, run: Any) -> None:
        tries.append((held.attempts, clock()))
        raise RuntimeError("password=hunter2")

    in_background(database, lambda work: jobs.enqueue(work, NewJob(kind="k", args={}, key="a")), now=clock())
    in_background(database, lambda work: jobs.enqueue(work, NewJob(kind="other", args={}, key="b")), now=clock())
    ran: list[int] = []
    both = Duties(
        kinds={"k": JobKind(handler=handler), "other": JobKind(handler=lambda held, run: ran.append(held.attempts))}
    )
    runner = Runner(database, both, now=clock)
    for _ in range(40):
        runner.drain()
        clock.forward(timedelta(minutes=10))
    assert [each for each, _ in tries] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert ran == [1]
    dead, done = rows(database)
    assert (dead.state, dead.attempts, done.state) == ("dead", 8, "done")
    assert dead.error.startswith("RuntimeError at tests.app.worker.test_runner:")
    assert "hunter2" not in dead.error


def test_the_pauses_grow_by_three_to_an_hour_and_span_two_hours() -> None:
    shortest = [min(pause_after(n) for _ in range(200)) for n in range(1, 8)]
    longest = [max(pause_after(n) for _ in range(200)) for n in range(1, 8)]
    for number, expected in enumerate([10, 30, 90, 270, 810, 2430, 3600]):
        assert timedelta(seconds=expected * 0.75) <= shortest[number] < timedelta(seconds=expected)
        assert timedelta(seconds=expected) < longest[number] <= timedelta(seconds=expected * 1.25)
    assert pause_after(10**9) <= timedelta(hours=1.25)


def test_a_hopeless_job_is_dead_at_once(database: Database) -> None:
    def handler(held: Job, run: Any) -> None:
        raise Hopeless("SMTP_550")

    put(database, NewJob(kind="k", args={}))
    Runner(database, duties(handler)).drain()
    assert [(row.state, row.attempts, row.error) for row in rows(database)] == [("dead", 1, "SMTP_550")]


def test_a_kind_that_nobody_knows_is_dead_and_says_so(database: Database) -> None:
    put(database, NewJob(kind="strange", args={}))
    Runner(database, Duties(kinds={})).drain()
    assert [(row.state, row.error) for row in rows(database)] == [("dead", "JOB_KIND_UNKNOWN")]


def test_the_thread_runs_what_comes_and_stops_cleanly(database: Database) -> None:
    ran = threading.Event()
    runner = Runner(database, duties(lambda held, run: ran.set()), pace=Pace(poll=30))
    runner.start()
    time.sleep(0.2)
    put(database, NewJob(kind="k", args={}))
    runner.wake()
    assert ran.wait(5), "the wake-up after a commit must not wait for the poll"
    assert runner.stop(5)
    assert [row.state for row in rows(database)] == ["done"]


def test_a_stopped_runner_finishes_what_it_began_and_begins_nothing_more(database: Database) -> None:
    begun, go = threading.Event(), threading.Event()

    def handler(held: Job, run: Any) -> None:
        begun.set()
        assert go.wait(10)

    put(database, NewJob(kind="k", args={}, key="a"), NewJob(kind="k", args={}, key="a"))
    runner = Runner(database, duties(handler), pace=QUICK)
    runner.start()
    assert begun.wait(5)
    threading.Timer(0.3, go.set).start()
    assert runner.stop(5)
    assert [row.state for row in rows(database)] == ["done", "ready"]


def test_a_long_job_keeps_its_lease(database: Database) -> None:
    runs: list[int] = []

    def handler(held: Job, run: Any) -> None:
        runs.append(held.attempts)
        time.sleep(3)

    put(database, NewJob(kind="k", args={}))
    runners = [Runner(database, duties(handler), pace=QUICK) for _ in range(2)]
    for runner in runners:
        runner.start()
    until(lambda: [row.state for row in rows(database)] == ["done"])
    assert [runner.stop(5) for runner in runners] == [True, True]
    assert runs == [1]


def test_a_handler_over_its_time_counts_as_failed_and_its_late_end_as_nothing(database: Database) -> None:
    go = threading.Event()

    def handler(held: Job, run: Any) -> None:
        assert go.wait(10)

    put(database, NewJob(kind="k", args={}))
    runner = Runner(database, duties(handler, timeout=timedelta(seconds=1)), pace=QUICK)
    runner.start()
    until(lambda: [row.error for row in rows(database)] == ["JOB_TIMEOUT"])
    go.set()
    assert runner.stop(5)
    assert [(row.state, row.attempts) for row in rows(database)] == [("ready", 1)]


def test_two_runners_never_run_one_job_twice_nor_one_key_at_once(database: Database) -> None:
    lock, active, ran, clashes = threading.Lock(), set(), [], []

    def handler(held: Job, run: Any) -> None:
        with lock:
            clashes.extend([held.key] if held.key in active else [])
            active.add(held.key)
        time.sleep(0.005)
        with lock:
            active.discard(held.key)
            ran.append(held.args["n"])

    put(database, *(NewJob(kind="k", args={"n": n}, key=f"key{n % 4}") for n in range(40)))
    runners = [Runner(database, duties(handler), pace=QUICK) for _ in range(2)]
    for runner in runners:
        runner.start()
    until(lambda: {row.state for row in rows(database)} == {"done"}, seconds=30)
    assert [runner.stop(5) for runner in runners] == [True, True]
    assert (sorted(ran), clashes) == (list(range(40)), [])
    for key in range(4):
        mine = [n for n in ran if n % 4 == key]
        assert mine == sorted(mine)


def test_an_idle_runner_sleeps(database: Database) -> None:
    runner = Runner(database, Duties(kinds={}), pace=Pace(poll=0.2))
    put(database, NewJob(kind="k", args={}, run_at=utc_now() + timedelta(hours=1)))
    runner.start()
    time.sleep(0.3)
    before = time.thread_time(), time.process_time()
    time.sleep(1.5)
    used = time.process_time() - before[1]
    assert runner.stop(5)
    assert used < 0.3


def test_a_recurring_job_is_enqueued_once_per_period_by_however_many(database: Database) -> None:
    clock, ran = Clock(), []
    nightly = Duties(
        kinds={"sweep": JobKind(handler=lambda held, run: ran.append(held.id))},
        recurring=(Recurring(kind="sweep", every=timedelta(days=1)),),
    )
    for _ in range(3):
        Runner(database, nightly, now=clock).drain()
    assert len(ran) == 1
    clock.forward(timedelta(days=1))
    Runner(database, nightly, now=clock).drain()
    assert len(ran) == 2


KILLED = """
import sys, time
from datetime import timedelta
from app.worker.kinds import Duties, JobKind
from app.worker.runner import Pace, Runner
from storage.database import Database

def handler(job, run):
    print("begun", job.attempts, flush=True)
    time.sleep(60)

pace = Pace(lease=timedelta(seconds=2), heartbeat=timedelta(seconds=0.5), poll=0.1)
Runner(Database(sys.argv[1]), Duties(kinds={"k": JobKind(handler=handler)}), pace=pace).run()
"""


def test_r_03_a_job_whose_worker_is_killed_runs_again_after_the_lease(database: Database) -> None:
    put(database, NewJob(kind="k", args={}))
    victim = subprocess.Popen(
        [sys.executable, "-c", KILLED, database.url.render_as_string(hide_password=False)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    try:
        assert victim.stdout is not None
        assert victim.stdout.readline() == "begun 1\n"
    finally:
        os.kill(victim.pid, signal.SIGKILL)
        victim.communicate()
    killed = time.monotonic()
    seen: list[tuple[Any, int]] = []
    runner = Runner(database, duties(lambda held, run: seen.append((held.id, held.attempts))), pace=QUICK)
    runner.start()
    until(lambda: bool(seen), seconds=2 + 2)
    assert time.monotonic() - killed <= 2 + 2
    assert runner.stop(5)
    [row] = rows(database)
    assert seen == [(row.id, 2)]
    assert (row.state, row.attempts) == ("done", 2)


def test_a_runner_outlives_a_database_that_is_away(postgres: Any, postgres_url: str) -> None:
    away = Database(postgres_url)
    with away.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    runner = Runner(away, Duties(kinds={}), pace=QUICK)
    runner.start()  # There is no table yet: as good as away.
    time.sleep(0.5)
    job.metadata.create_all(away.engine)
    put(away, NewJob(kind="k", args={}))
    until(lambda: [row.state for row in rows(away)] == ["dead"])
    assert runner.stop(5)
    away.dispose()


def test_a_runner_that_gets_no_more_threads_goes_on_and_runs_the_job_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.worker.runner._OUTAGE_PAUSE", 0.1)
    start, refused = threading.Thread.start, []

    def starved(thread: threading.Thread) -> None:
        if thread.name.startswith("jobs-") and not refused:
            refused.append(thread.name)
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", starved)
    ran: list[int] = []
    put(database, NewJob(kind="k", args={}, key="a"))
    runner = Runner(database, duties(lambda held, run: ran.append(held.attempts)), pace=QUICK)
    runner.start()
    until(lambda: bool(refused))
    until(lambda: runner.busy == 0, seconds=1)
    until(lambda: [row.state for row in rows(database)] == ["done"])
    assert runner.stop(5)
    assert (refused, ran) == (["jobs-0"], [2])


def test_an_idle_round_asks_once_when_the_next_job_is_due(sqlite_database: Database) -> None:
    runner = Runner(sqlite_database, duties(lambda held, run: None), pace=QUICK)
    put(sqlite_database, NewJob(kind="k", args={}, run_at=utc_now() + timedelta(hours=1)))
    with watching() as asked:
        runner._round()
    assert len([each for each in asked if "min(job.run_at)" in each]) == 1


@pytest.mark.parametrize("times", [1, 3])
def test_stopping_is_allowed_before_and_after(database: Database, times: int) -> None:
    runner = Runner(database, Duties(kinds={}))
    for _ in range(times):
        assert runner.stop(1)
