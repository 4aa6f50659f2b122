"""The job table: written with its cause (R-04), claimed once, in the order of its key."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.ports.jobs import Job
from engine.values.events import NewJob
from engine.values.jobs import JobState
from storage import jobs
from storage.background import in_background
from storage.channel import Statement
from storage.database import Database
from storage.failures import ERRORS, Failure, classify
from storage.tables import job

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)


def put(database: Database, *new: NewJob, at: datetime = NOW) -> list[Any]:
    return in_background(database, lambda work: jobs.enqueue_all(work, new), now=at)


def take(database: Database, *, limit: int = 10, worker: str = "w", at: datetime = NOW) -> list[Job]:
    with database.channel(writing=True) as channel:
        [rows] = channel.commit([jobs.claim(worker=worker, limit=limit, until=at + LEASE, now=at)])
    return jobs.claimed(rows)


def send(database: Database, *statements: Statement) -> None:
    with database.channel(writing=True) as channel:
        channel.commit(statements)


def rows(database: Database) -> list[Any]:
    with database.channel(writing=False) as channel:
        return channel.ask([Statement(sa.select(job).order_by(job.c.id))])[0]


def test_r_04_a_job_of_a_transaction_that_is_rolled_back_never_was(database: Database) -> None:
    def act(work: Any) -> None:
        jobs.enqueue(work, NewJob(kind="k", args={}))
        work.read(Statement(sa.select(job)))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_background(database, act, now=NOW)
    assert rows(database) == []


def test_r_04_a_job_written_but_not_committed_is_lost_with_its_connection(database: Database) -> None:
    with database.channel(writing=True) as channel:
        put_row = {"id": jobs.new_id(), "kind": "k", "args": "{}", "state": "ready", "created_at": NOW}
        channel.ask([Statement(sa.insert(job), {**put_row, "due_at": NOW, "run_at": NOW})])
    assert rows(database) == []


def test_a_dedupe_key_is_taken_once_and_the_first_stays(database: Database) -> None:
    put(database, NewJob(kind="k", args={"n": 1}, dedupe="d"))
    put(database, NewJob(kind="k", args={"n": 2}, dedupe="d"), NewJob(kind="k", args={"n": 3}))
    put(database, NewJob(kind="k", args={"n": 4}))
    assert [each.args["n"] for each in take(database)] == [1, 3, 4]


def test_a_job_is_not_claimed_before_its_time(database: Database) -> None:
    put(database, NewJob(kind="k", args={}, run_at=NOW + timedelta(minutes=1)))
    assert take(database) == []
    assert len(take(database, at=NOW + timedelta(minutes=1))) == 1


def test_only_the_first_of_a_key_is_claimed(database: Database) -> None:
    put(database, *(NewJob(kind="k", args={"n": n}, key="a" if n < 3 else None) for n in range(5)))
    assert [each.args["n"] for each in take(database)] == [0, 3, 4]
    assert take(database) == []


def test_r_05_jobs_of_a_key_run_in_order_even_when_the_first_must_be_tried_again(database: Database) -> None:
    put(database, *(NewJob(kind="k", args={"n": n}, key="a") for n in range(2)))
    [first] = take(database)
    send(database, jobs.again(first, worker="w", at=NOW + timedelta(seconds=30), error="E"))
    assert take(database, at=NOW + timedelta(seconds=29)) == []
    [again] = take(database, at=NOW + timedelta(seconds=31))
    assert (again.args["n"], again.attempts) == (0, 2)
    send(database, jobs.bury(again, worker="w", now=NOW, error="E"))
    assert [each.args["n"] for each in take(database)] == [1]


def test_a_job_of_the_far_future_holds_back_nothing(database: Database) -> None:
    put(database, NewJob(kind="k", args={"n": 0}, key="a", run_at=NOW + timedelta(days=9)))
    put(database, NewJob(kind="k", args={"n": 1}, key="a"))
    assert [each.args["n"] for each in take(database)] == [1]


def test_a_worker_without_its_lease_has_no_say(database: Database) -> None:
    put(database, NewJob(kind="k", args={}))
    [held] = take(database, worker="slow")
    late = NOW + LEASE + timedelta(seconds=1)
    send(database, jobs.rescue(now=late))
    [again] = take(database, worker="quick", at=late)
    send(database, jobs.done(held, worker="slow", now=late), jobs.beat([held], worker="slow", until=late + LEASE))
    [row] = rows(database)
    assert (row.state, row.worker, row.attempts, row.leased_until) == ("running", "quick", 2, late + LEASE)
    send(database, jobs.done(again, worker="quick", now=late))
    assert [row.state for row in rows(database)] == ["done"]


def test_a_lease_that_is_renewed_is_not_rescued(database: Database) -> None:
    put(database, NewJob(kind="k", args={}))
    held = take(database)
    later = NOW + timedelta(seconds=50)
    send(database, jobs.beat(held, worker="w", until=later + LEASE), jobs.rescue(now=NOW + LEASE * 1.5))
    assert [row.state for row in rows(database)] == ["running"]


def test_a_job_that_kills_its_workers_dies_after_eight_tries(database: Database) -> None:
    put(database, NewJob(kind="k", args={}))
    at = NOW
    for tries in range(1, 9):
        [held] = take(database, at=at)
        assert held.attempts == tries
        at += LEASE * 2
        send(database, jobs.rescue(now=at))
    [row] = rows(database)
    assert (row.state, row.error, row.ended_at) == ("dead", "LEASE_EXPIRED", at)
    assert take(database, at=at) == []


def test_a_dead_job_is_listed_and_lives_again_when_asked(database: Database) -> None:
    put(database, NewJob(kind="k", args={}))
    [held] = take(database)
    send(database, jobs.bury(held, worker="w", now=NOW, error="SMTP_550"))
    [dead] = in_background(database, lambda work: work.jobs.page(state=JobState.DEAD, before=None, limit=9), now=NOW)
    assert (dead.id, dead.error) == (held.id, "SMTP_550")
    in_background(database, lambda work: jobs.revive(work, held.id), now=NOW)
    assert [each.attempts for each in take(database)] == [1]


def test_done_jobs_go_after_seven_days_and_dead_ones_stay(database: Database) -> None:
    put(database, NewJob(kind="k", args={"n": 0}), NewJob(kind="k", args={"n": 1}), NewJob(kind="k", args={"n": 2}))
    first, second, _ = take(database)
    send(database, jobs.done(first, worker="w", now=NOW), jobs.bury(second, worker="w", now=NOW, error="E"))
    send(database, jobs.forget_done(now=NOW + timedelta(days=6, hours=23)))
    assert len(rows(database)) == 3
    send(database, jobs.forget_done(now=NOW + timedelta(days=7, seconds=1)))
    assert [row.state for row in rows(database)] == ["dead", "running"]


def take_or_nothing(database: Database, *, worker: str) -> list[Job]:
    try:
        return take(database, limit=3, worker=worker)
    except ERRORS as error:
        if classify(error) is Failure.RETRY:
            return []
        raise


def race(count: int, act: Callable[[int], None]) -> None:
    barrier = threading.Barrier(count)

    def one(number: int) -> None:
        barrier.wait()
        act(number)

    with ThreadPoolExecutor(count) as pool:
        for each in [pool.submit(one, number) for number in range(count)]:
            each.result()


def test_many_workers_claim_each_job_once_and_one_of_a_key_at_a_time(database: Database) -> None:
    put(database, *(NewJob(kind="k", args={"n": n}, key=f"key{n % 5}" if n % 2 else None) for n in range(60)))
    ran: list[int] = []
    holding: dict[str, int] = {}
    lock = threading.Lock()

    def work(number: int) -> None:
        name = f"w{number}"
        idle = 0
        while idle < 20:
            claimed = take_or_nothing(database, worker=name)
            idle = 0 if claimed else idle + 1
            for held in claimed:
                with lock:
                    ran.append(int(held.args["n"]))  # type: ignore[call-overload]
                    if held.key is not None:
                        holding[held.key] = holding.get(held.key, 0) + 1
                        assert holding[held.key] == 1
                # Counted down before the end is written: whoever claims the next of the key sees zero.
                with lock:
                    if held.key is not None:
                        holding[held.key] -= 1
                send(database, jobs.done(held, worker=name, now=NOW))

    race(6, work)
    assert sorted(ran) == list(range(60))
    for key in range(5):
        mine = [n for n in ran if n % 2 and n % 5 == key]
        assert mine == sorted(mine)


def test_the_database_itself_refuses_a_second_running_job_of_a_key(database: Database) -> None:
    put(database, NewJob(kind="k", args={}, key="a"), NewJob(kind="k", args={}, key="a"))
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the driver's own class differs
        send(database, Statement(sa.update(job).values(state="running")))
    assert classify(caught.value) is Failure.RETRY
    assert [row.state for row in rows(database)] == ["ready", "ready"]


def test_a_claim_does_not_slow_down_with_a_key_that_waits(database: Database) -> None:
    """2,000 jobs of one key behind a running one, then one without key: found in one statement all the same."""
    put(database, *(NewJob(kind="k", args={"n": n}, key="a") for n in range(2_000)))
    put(database, NewJob(kind="k", args={"n": -1}))
    assert [each.args["n"] for each in take(database)] == [0, -1]
    assert take(database) == []
