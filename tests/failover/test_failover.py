"""R-12: the primary is killed, the synchronous standby promoted, and nothing that was answered is lost."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from storage.database import Database
from tests.failover.pair import Pair, await_, end_receiver, running_pair
from tests.scenario.serving import Service, served
from tests.support.clients import Change, Ledger, prepare, timelines, working
from tests.support.postgres_machine import PostgresAbsentError

CLIENTS = 4
LONGEST_OUTAGE_S = 10
"""From the end of the promotion to the first change that every client has answered."""
LEASE_S = 60
NAME = "desk"
DEAD = "job WHERE state = 'dead'"


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Two servers, as their own cluster: other tests' databases are not to lose their server."""
    try:
        with running_pair() as made:
            made.primary.ask(f"CREATE DATABASE {NAME}")
            yield made
    except PostgresAbsentError as absent:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(f"{absent}, and CI=true forbids leaving its tests out", pytrace=False)
        pytest.skip(str(absent))


def run(pair: Pair, directory: Path, *, failovers: int, work_s: float, to_the_last_job: bool = False) -> None:
    """Work under load, with so many failovers in between; at the end everything that was answered is there."""
    ledger, teams = Ledger(), prepare(pair.url(NAME), CLIENTS)
    with served(pair.url(NAME), directory) as service:
        processes = starts(service)
        with working(service.url, teams, ledger):
            for number in range(failovers):
                time.sleep(work_s)
                lose_the_primary(pair, ledger, starving=number % 2 == 0)
                if number + 1 < failovers:
                    pair.join()
            time.sleep(work_s)
        check(pair, service, ledger)
        assert starts(service) == processes, "the service is to go on, not to be started again"
        if to_the_last_job:
            run_out_of_jobs(pair)


def lose_the_primary(pair: Pair, ledger: Ledger, *, starving: bool) -> None:
    """Kill the primary under load and promote the standby, with every client's change going through at last.

    `starving` keeps the last moments before the kill from the standby: what was committed then on the primary alone is
    lost, and must not have been answered.
    """
    receiver = pair.starve() if starving else None
    if receiver is not None:
        time.sleep(0.5)
    in_flight, killed = len(ledger.waiting), time.monotonic()
    pair.primary.kill()
    if receiver is not None:
        end_receiver(receiver)
    time.sleep(0.5)
    pair.fail_over()
    promoted = time.monotonic()
    await_(lambda: all_answered(ledger, since=promoted), "an answer to every client after the promotion")
    assert ledger.failures == []
    first = [min(each.acknowledged for each in since(ledger, promoted, client)) for client in range(CLIENTS)]
    codes = sorted({code for moment, code in ledger.refused if moment >= killed})
    print(
        f"killed with {in_flight} of {CLIENTS} changes in flight, promoted after {promoted - killed:.2f} s; answers"
        f" {min(first) - promoted:.2f} to {max(first) - promoted:.2f} s after the promotion; meanwhile 503 {codes}"
    )
    assert max(first) - promoted < LONGEST_OUTAGE_S
    assert set(codes) <= {"DATABASE_AWAY", "COMMIT_UNKNOWN"}


def since(ledger: Ledger, moment: float, client: int) -> list[Change]:
    """The client's changes that were answered after this moment."""
    return [each for each in list(ledger.changes) if each.client == client and each.acknowledged >= moment]


def all_answered(ledger: Ledger, *, since: float) -> bool:
    """Whether every client had an answer, unless one has failed."""
    answered = {each.client for each in list(ledger.changes) if each.acknowledged >= since}
    return len(answered) == CLIENTS or bool(ledger.failures)


def check(pair: Pair, service: Service, ledger: Ledger) -> None:
    """The timelines are what was answered, no more and no less; all is sound; the worker works."""
    database = Database(pair.url(NAME))
    found = {ticket: [kind for kind, _ in events] for ticket, events in timelines(database).items()}
    database.dispose()
    acknowledged = ledger.events()
    again = [each for each in ledger.changes if each.sendings > 1]
    print(
        f"{len(ledger.changes)} changes of {len(acknowledged)} tickets acknowledged, {len(again)} after sending again,"
        f" {sum(each.replayed for each in again)} of them by the first one's answer; 503: {len(ledger.refused)}"
    )
    assert found == acknowledged
    sound = service.host("check")
    assert (sound.returncode, sound.stdout) == (0, "Nothing is wrong.\n"), sound.stdout + sound.stderr
    last = max(ledger.changes, key=lambda each: (each.event == "ticket_opened", each.sent)).ticket
    began = time.monotonic()
    # Not the mail: whoever claims a task before the worker comes to it is told of nothing.
    told = f"job WHERE kind = 'notify_task' AND state = 'done' AND args LIKE '%{last}%'"
    await_(lambda: count(pair, told) > 0, "the worker to take up the last ticket")
    print(f"the worker had taken up the last ticket {time.monotonic() - began:.1f} s after the work")
    assert "Traceback" not in service.log.read_text("utf-8")


def count(pair: Pair, what: str) -> int:
    """How many rows the primary has."""
    with psycopg.connect(pair.primary.conninfo(NAME)) as connection:
        row = connection.execute(f"SELECT count(*) FROM {what}").fetchone()
    assert row is not None
    return int(row[0])


def starts(service: Service) -> int:
    """How many processes the server has started so far."""
    return service.log.read_text("utf-8").count("Spawning worker")


def run_out_of_jobs(pair: Pair) -> None:
    """Return when no job is due or running: those that a lost connection left running are taken up after their lease.

    Raises: PostgresFailedError when some are left.
    """
    began = time.monotonic()
    due = "job WHERE state IN ('ready', 'running') AND due_at < now()"
    await_(lambda: count(pair, due) == 0, "the jobs that were cut off", seconds=LEASE_S + 60)
    print(f"no job was left {time.monotonic() - began:.1f} s after the work; dead: {count(pair, DEAD)}")
    assert count(pair, DEAD) == 0


def test_r_12_nothing_answered_is_lost_with_the_primary(pair: Pair, tmp_path: Path) -> None:
    """R-12, one failover."""
    run(pair, tmp_path, failovers=1, work_s=1.5)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_r_12_nothing_answered_is_lost_in_many_failovers(pair: Pair, tmp_path: Path) -> None:
    """R-12, from one server to the other and back, again and again; the jobs that were cut off run in the end."""
    run(pair, tmp_path, failovers=8, work_s=4, to_the_last_job=True)
