"""Server and PostgreSQL killed at random points under load from 8 clients: nothing acknowledged is lost or doubled.

The long form kills 210 times, 80 on SQLite and 130 on PostgreSQL. FAULTDESK_TEST_SEED repeats a run's choices, though
not the moments at which they meet the processes.
"""

import os
import random
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.aftermath import check, finish_jobs, verdict_on
from tests.crash.load import Load
from tests.crash.people import prepare
from tests.crash.postgres import Killable, killable_cluster
from tests.crash.server import Server, running
from tests.crash.siege import Report, Weapon, besiege
from tests.support.postgres_machine import PostgresAbsentError

CLIENTS = 8


@pytest.fixture(scope="module")
def cluster() -> Iterator[Killable]:
    """A PostgreSQL that may be killed."""
    try:
        with killable_cluster() as killable:
            yield killable
    except PostgresAbsentError as absent:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(f"{absent}, and CI=true forbids leaving its tests out", pytrace=False)
        pytest.skip(str(absent))


def test_on_sqlite(tmp_path: Path) -> None:
    """Three kills of the server; its worker alone is killed in the long form, as a new one takes five seconds."""
    sqlite(tmp_path, ["server"] * 3)


def test_on_postgresql(cluster: Killable, tmp_path: Path) -> None:
    """PostgreSQL, one of its backends, one of the server's workers, and the server."""
    postgresql(cluster, tmp_path, ["postmaster", "worker", "backend", "server"])


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_long_on_sqlite(tmp_path: Path) -> None:
    """80 kills."""
    sqlite(tmp_path, ["server", "server", "server", "worker"] * 20)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_long_on_postgresql(cluster: Killable, tmp_path: Path) -> None:
    """130 kills."""
    postgresql(cluster, tmp_path, ["server", "postmaster", "worker", "backend", "postmaster"] * 26)


def sqlite(directory: Path, order: list[str]) -> None:
    """The server over a file."""
    server = Server.over(f"sqlite:///{directory / 'faultdesk.db'}", directory)
    run(server, server_weapons(server), order, Report(database="SQLite", seed=seed()))


def postgresql(cluster: Killable, directory: Path, order: list[str]) -> None:
    """The server over a PostgreSQL that is killed too."""
    report = Report(database="PostgreSQL", seed=seed())
    url = cluster.cluster.create_database()
    server, chance = Server.over(url, directory), random.Random(report.seed)
    weapons = server_weapons(server) | {
        "postmaster": Weapon(kill=cluster.kill, revive=cluster.start),
        "backend": Weapon(
            kill=lambda: cluster.kill_backend(url.rpartition("/")[2], chance), revive=cluster.await_recovery
        ),
    }
    run(server, weapons, order, report)


def server_weapons(server: Server) -> dict[str, Weapon]:
    """All of the server's processes, or one worker that its master replaces."""
    chance = random.Random(0)
    return {
        "server": Weapon(kill=server.kill, revive=server.start),
        "worker": Weapon(kill=lambda: server.kill_worker(chance), revive=server.await_ready),
    }


def run(server: Server, weapons: dict[str, Weapon], order: list[str], report: Report) -> None:
    """Kill in this order under load, and hold what is left against what the clients were told."""
    url = server.environment["FAULTDESK_DB"]
    load = Load(prepare(url, clients=CLIENTS), server.port, seed=report.seed)
    with running(server):
        load.start()
        besiege(load, weapons, order, report)
        load.stop()
    print(report.told(load.ledger))
    check(server)
    finish_jobs(server)
    assert verdict_on(server, load.ledger) == [], report.told(load.ledger)
    assert len(report.moments) == len(order)
    assert report.in_flight(load.ledger) * 2 >= len(order), report.told(load.ledger)
    assert load.ledger.total("repeats") > 0


def seed() -> int:
    """The seed of this run."""
    return int(os.environ.get("FAULTDESK_TEST_SEED") or secrets.randbelow(10**6))
