"""R-16: a backup taken by the command line while people work is one committed moment, and can be worked on."""

import io
import itertools
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from PIL import Image

from app.factory import create_app
from app.settings import Settings, utc_now
from storage import tables as t
from storage.background import in_background
from storage.blobs import BlobDirectory
from storage.checks import check_all
from storage.database import Database
from tests.scenario.serving import PATIENCE_S, Service, served
from tests.support.clients import Change, Ledger, Team, prepare, timelines, working
from tests.support.desk import REPORT
from tests.support.postgres import Cluster

CLIENTS = 2
SETTLE_S = 0.5
HELD_S = 1.0

NewUrl = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewUrl]:
    """Makes addresses of empty databases of one kind."""
    numbers, made = itertools.count(), list[str]()
    if request.param == "sqlite":
        yield lambda: f"sqlite:///{tmp_path / f'desk-{next(numbers)}.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")

    def make() -> str:
        made.append(cluster.create_database())
        return made[-1]

    yield make
    for url in made:
        cluster.drop_database(url)


def picture() -> bytes:
    """A file like no other."""
    with io.BytesIO() as file:
        Image.frombytes("RGB", (24, 24), os.urandom(3 * 24 * 24)).save(file, "PNG")
        return file.getvalue()


def run(new_url: NewUrl, directory: Path, *, backups: int, work_s: float) -> None:
    """Take so many backups of a service at work, then restore each elsewhere, compare it and work on it."""
    url, ledger = new_url(), Ledger()
    teams = prepare(url, CLIENTS)
    taken: list[tuple[Path, float, float]] = []
    with served(url, directory) as service, working(service.url, teams, ledger, files=picture):
        for number in range(backups):
            time.sleep(work_s)
            taken.append(take(service, directory / f"backup-{number}.tar.gz"))
        time.sleep(SETTLE_S)
    live = all_of(url)
    for number, (archive, began, ended) in enumerate(taken):
        place = directory / f"restored-{number}"
        place.mkdir()
        target, restored = new_url(), replace(service, environment=elsewhere(service, place))
        restored.environment["FAULTDESK_DB"] = target
        told(restored, "restore", str(archive))
        sound(restored)
        compare(ledger, live, all_of(target), began=began, ended=ended)
        compare_files(ledger, target, place / "data")
        work_on(target, place / "data", teams[0])


def elsewhere(service: Service, place: Path) -> dict[str, str]:
    """The environment of an installation of its own."""
    return {**service.environment, "FAULTDESK_DATA_DIR": str(place / "data")}


def take(service: Service, archive: Path) -> tuple[Path, float, float]:
    """A backup, with the moments before and after."""
    began = time.monotonic()
    with held_up(service.environment["FAULTDESK_DB"]):
        told(service, "backup", str(archive))
    return archive, began, time.monotonic()


@contextmanager
def held_up(url: str) -> Iterator[None]:
    """Between reading its first table and its last, a backup from PostgreSQL waits while people go on working.

    Without that, reading so few rows is over in the time of one change, and any backup would look like one moment.
    """
    if url.startswith("sqlite"):
        # Copied whole, in one step.
        yield
        return
    with psycopg.connect(url.replace("+psycopg", "", 1)) as holder, ThreadPoolExecutor(1) as beside:
        holder.execute("LOCK TABLE draft IN ACCESS EXCLUSIVE MODE")
        released = beside.submit(_let_go, holder)
        yield
        assert released.result(), "the backup did not come by"


def _let_go(holder: psycopg.Connection[Any]) -> bool:
    """Wait for the backup to wait, and a second more; whether it came."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'draft'::regclass"
    until = time.monotonic() + PATIENCE_S
    try:
        while holder.execute(waiting).fetchone() == (0,):
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        time.sleep(HELD_S)
        return True
    finally:
        holder.rollback()


def told(service: Service, *command: str) -> str:
    """What a command printed that must succeed."""
    finished = service.host(*command)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def sound(service: Service) -> None:
    """`faultdesk check` finds nothing."""
    assert told(service, "check") == "Nothing is wrong.\n"


def all_of(url: str) -> dict[str, list[tuple[str, bytes]]]:
    """Every ticket's timeline."""
    database = Database(url)
    try:
        return timelines(database)
    finally:
        database.dispose()


def compare(
    ledger: Ledger,
    live: dict[str, list[tuple[str, bytes]]],
    restored: dict[str, list[tuple[str, bytes]]],
    *,
    began: float,
    ended: float,
) -> None:
    """What was restored is what stood at one moment of the backup, in every ticket and across them."""
    for ticket, events in restored.items():
        assert events == live[ticket][: len(events)]
    there, missing = divided(ledger, restored)
    assert [each for each in missing if each.acknowledged < began] == []
    assert [each for each in there if each.sent > ended] == []
    # One moment: nothing is there that was sent only after something missing had been acknowledged.
    if there and missing:
        assert min(each.acknowledged for each in missing) > max(each.sent for each in there)
    during = [each for each in ledger.changes if began < each.acknowledged < ended]
    assert during, "the clients must be at work while the backup is made"
    print(
        f"backup of {ended - began:.2f} s with {len(during)} changes meanwhile: {len(there)} changes of"
        f" {len(restored)} tickets in it, {len(missing)} after it"
    )


def divided(ledger: Ledger, restored: dict[str, list[tuple[str, bytes]]]) -> tuple[list[Change], list[Change]]:
    """The changes that are in it and those that are not."""
    there, missing, seen = list[Change](), list[Change](), dict[str, int]()
    for change in sorted(ledger.changes, key=lambda each: each.acknowledged):
        place = seen[change.ticket] = seen.get(change.ticket, 0) + 1
        (there if place <= len(restored.get(change.ticket, ())) else missing).append(change)
    return there, missing


def compare_files(ledger: Ledger, url: str, data: Path) -> None:
    """Every ticket has its file, with the bytes that were sent."""
    database, blobs = Database(url), BlobDirectory(data / "attachments")
    with database.engine.connect() as connection:
        tickets = connection.execute(sa.select(sa.func.count()).select_from(t.ticket)).scalar()
        found = connection.execute(sa.select(t.attachment.c.name, t.attachment.c.sha256)).all()
    database.dispose()
    assert len(found) == len({row.name for row in found}) == tickets
    for row in found:
        with blobs.open(row.sha256) as file:
            assert file.read() == ledger.files[row.name]


def work_on(url: str, data: Path, team: Team) -> None:
    """People go on with the restored installation, signed in as they were; its numbers go on too."""
    before = numbers(url)
    database = Database(url)
    settings = Settings(database_url=url, data_dir=data, secret_key=os.urandom(32), language="en")
    person = create_app(settings, database=database).test_client()
    for name, task in waiting(database):
        headers = {"Authorization": f"Bearer {team.token(name, 0)}"}
        assert person.post(f"/api/v1/tasks/{task}/claim", headers=headers).status_code == 200
    opener = {"Authorization": f"Bearer {team.token('kefu', 0)}"}
    for _ in range(3):
        answer = person.post("/api/v1/tickets", json={"service": "fault", "answers": REPORT}, headers=opener)
        assert answer.status_code == 201
    blobs = BlobDirectory(data / "attachments")
    assert in_background(database, lambda work: list(check_all(work, blobs)), now=utc_now(), writing=False) == []
    database.dispose()
    after = numbers(url)
    assert after[: len(before)] == before
    assert [int(number[-6:]) for number in after] == list(range(1, len(before) + 4))
    print(f"worked on: numbers {before[-1]} to {after[-1]}")


def waiting(database: Database) -> list[tuple[str, str]]:
    """Who may take which of the tasks that nobody holds."""
    names = {"Task_Handle": "yunwei1", "Task_Review": "yunwei1", "Task_Assess": "qc"}
    statement = sa.select(t.task.c.ticket_id, t.task.c.seq, t.task.c.element_id).where(t.task.c.state == "open")
    with database.engine.connect() as connection:
        return [(names[row.element_id], f"{row.ticket_id}.{row.seq}") for row in connection.execute(statement)]


def numbers(url: str) -> list[str]:
    """The numbers of all tickets, in order."""
    database = Database(url)
    with database.engine.connect() as connection:
        found = list(connection.execute(sa.select(t.ticket.c.number).order_by(t.ticket.c.number)).scalars())
    database.dispose()
    return found


def test_r_16_a_backup_of_a_service_at_work_is_one_committed_moment(new_url: NewUrl, tmp_path: Path) -> None:
    """R-16, one backup."""
    run(new_url, tmp_path, backups=1, work_s=1.0)


@pytest.mark.long
@pytest.mark.timeout(1_200)
def test_r_16_so_is_each_of_many(new_url: NewUrl, tmp_path: Path) -> None:
    """R-16, many backups, each restored and worked on."""
    run(new_url, tmp_path, backups=10, work_s=2.0)
