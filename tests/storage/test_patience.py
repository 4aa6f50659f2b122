"""R-12: a server that has stopped answering costs a thread seconds, not for ever."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy as sa

from storage.background import in_background
from storage.channel import Channel, Statement
from storage.database import Database
from storage.store import Store
from tests.support.people import NOW

PATIENCE_S = 0.6
WHO = Statement(sa.text("SELECT pg_backend_pid() AS pid"))


@pytest.fixture
def impatient(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url, patience=PATIENCE_S)
    yield database
    database.dispose()


def pid_of(channel: Channel) -> int:
    [[row]] = channel.ask([WHO])
    return int(row.pid)


@contextmanager
def standing_still(pid: int) -> Iterator[None]:
    """The server's process for one connection, as when its disk is gone: the machine takes what is sent."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def ask_in_vain(database: Database, pids: list[int], *, committing: bool) -> None:
    """Ask a server that stands still from the second statement on; the process of the connection becomes known."""
    with database.channel(writing=True) as channel:
        pids.append(pid_of(channel))
        with standing_still(pids[0]):
            (channel.commit if committing else channel.ask)([WHO])


@pytest.mark.parametrize("committing", [False, True])
def test_r_12_an_answer_that_does_not_come_is_a_lost_connection(impatient: Database, committing: bool) -> None:
    """R-12. The next one is a new connection, which works."""
    pids: list[int] = []
    began = time.monotonic()
    with pytest.raises(psycopg.OperationalError):
        ask_in_vain(impatient, pids, committing=committing)
    assert PATIENCE_S <= time.monotonic() - began < PATIENCE_S + 3
    with impatient.channel(writing=False) as channel:
        assert pid_of(channel) not in pids


def test_r_12_a_command_meets_it_and_is_tried_again_elsewhere(impatient: Database) -> None:
    """R-12. Before the commit nothing can have changed, so nobody notices."""
    pids: list[int] = []

    def act(work: Store) -> int:
        [[row]] = work.read(WHO)
        pids.append(row.pid)
        if len(pids) == 1:
            with standing_still(row.pid):
                work.read(WHO)
        return int(row.pid)

    assert in_background(impatient, act, now=NOW) == pids[1]
    assert len(pids) == 2


def test_an_upgrade_or_a_backup_may_take_its_time(impatient: Database) -> None:
    with impatient.engine.connect() as connection:
        assert connection.exec_driver_sql(f"SELECT pg_sleep({2 * PATIENCE_S}), 1").one()[1] == 1
