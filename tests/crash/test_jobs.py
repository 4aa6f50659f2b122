"""R-03 and R-04: a worker killed in the middle of a job, and a process killed before a job's transaction committed."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.settings import settings_from
from app.worker.duties import duties
from app.worker.runner import Pace, Runner, utc_now
from engine.commands import tickets
from storage import tables as t
from storage.answer import Answer
from storage.blobs import BlobDirectory
from storage.credentials import TokenCredential, hash_of
from storage.database import Database
from storage.store import Store
from storage.units import perform
from tests.crash.hasty import PACE
from tests.crash.orders import COMMIT, DONE, ORDER, Order
from tests.crash.people import Cast, prepare
from tests.crash.server import ROOT, Server
from tests.crash.walk import await_
from tests.scenario.serving import FAULTDESK
from tests.support.desk import REPORT
from tests.support.mail_server import MailServer, mail_server

SLACK = timedelta(seconds=2)


def test_a_killed_workers_mail_goes_out_again_within_the_lease_as_the_same_message(
    database_url: str, tmp_path: Path
) -> None:
    """R-03, with a lease of two seconds: attempts 2, one Message-ID, one message kept."""

    def successor(server: Server) -> Any:
        return _inside(server)

    mailed_twice(database_url, tmp_path, [sys.executable, "-m", "tests.crash.hasty"], successor, PACE)


@pytest.mark.long
def test_long_a_killed_workers_mail_with_the_products_own_lease(sqlite_url: str, tmp_path: Path) -> None:
    """R-03, with two processes `faultdesk worker` as they are: within 62 seconds."""
    command = [str(FAULTDESK), "worker"]
    mailed_twice(sqlite_url, tmp_path, command, lambda server: _process(server, command), Pace())


@pytest.mark.parametrize(("place", "count"), [("0", 0), ("1", 0), (COMMIT, 0), (DONE, 2)])
def test_a_job_whose_process_is_killed_before_the_commit_never_was(
    database: Database, tmp_path: Path, place: str, count: int
) -> None:
    """R-04: 0 jobs before the commit, even when the database has seen them; both after it."""
    order = tmp_path / "order"
    Order(who="MainThread", commit=1, place=place).put(order)
    url = database.url.render_as_string(hide_password=False)
    ran = subprocess.run(
        [sys.executable, "-c", ENQUEUE, url], env={**os.environ, ORDER: str(order)}, cwd=ROOT, check=False
    )
    assert ran.returncode == -9
    assert len(_rows(database, sa.select(t.job))) == count


ENQUEUE = """
import sys
from datetime import UTC, datetime
from engine.values.events import NewJob
from storage.background import in_background
from storage.database import Database
from storage.jobs import enqueue
from tests.crash.orders import obey

obey()
def two(work):
    for number in (1, 2):
        enqueue(work, NewJob(kind="k", args={"number": number}))

in_background(Database(sys.argv[1]), two, now=datetime.now(UTC))
"""


def mailed_twice(url: str, directory: Path, command: list[str], successor: Any, pace: Pace) -> None:
    """Kill a worker while the mail server has the message and has not said so; another worker sends it again."""
    [cast] = prepare(url, clients=1)
    database = Database(url)
    with mail_server() as sink:
        sink.silence = 1.0
        smtp = {"HOST": "127.0.0.1", "PORT": str(sink.port), "SECURITY": "none", "FROM": "desk@faultdesk.example"}
        server = Server.over(url, directory)
        server.environment.update({f"FAULTDESK_SMTP_{key}": value for key, value in smtp.items()})
        _open(database, cast)
        _killed_while_sending(server, command, sink)
        killed, sink.silence = time.monotonic(), 0.0
        [held] = _mails(database)
        assert (held.state, held.attempts) == ("running", 1)
        with successor(server):
            await_(lambda: len(sink.mails) == 2, "the second delivery", patience=pace.lease.total_seconds() + 30)
            passed = time.monotonic() - killed
            await_(lambda: _mails(database)[0].state == "done", "the job's end")
    print(f"{database.engine.name}: sent again {passed:.1f} s after the kill, with a lease of {pace.lease}")
    [done] = _mails(database)
    kept = _rows(database, sa.select(t.message))
    database.dispose()
    assert done.attempts == 2
    assert {mail["Message-ID"] for mail in sink.mails} == {f"<{held.id}@faultdesk.example>"}
    assert [row.job_id for row in kept] == [held.id]
    assert passed <= (pace.lease + SLACK).total_seconds()


def _killed_while_sending(server: Server, command: list[str], sink: MailServer) -> None:
    worker = subprocess.Popen(command, env=server.environment, cwd=ROOT)
    try:
        await_(lambda: bool(sink.mails), "the first delivery")
    finally:
        worker.kill()
        worker.wait()


@contextmanager
def _inside(server: Server) -> Iterator[None]:
    """A second worker, in this process: it is there at once."""
    settings = settings_from(server.environment)
    database = Database(settings.database_url)
    runner = Runner(database, duties(database, BlobDirectory(server.attachments), settings), pace=PACE)
    runner.start()
    try:
        yield
    finally:
        assert runner.stop()
        database.dispose()


@contextmanager
def _process(server: Server, command: list[str]) -> Iterator[None]:
    worker = subprocess.Popen(command, env=server.environment, cwd=ROOT)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


def _open(database: Database, cast: Cast) -> None:
    def act(work: Store) -> Answer:
        tickets.open_ticket(work, "fault", answers={**REPORT, "business": cast.business})
        return Answer(status=201)

    perform(database, act, credential=TokenCredential(hash_of(cast.customer_service.token)), now=utc_now())


def _mails(database: Database) -> list[Any]:
    return _rows(database, sa.select(t.job).where(t.job.c.kind == "mail"))


def _rows(database: Database, clause: sa.Select[Any]) -> list[Any]:
    with database.engine.connect() as connection:
        return list(connection.execute(clause))
