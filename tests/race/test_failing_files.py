"""SQLite among many writers and on failing disks: 503 and never 500, nothing damaged, and it goes on afterwards."""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.errors import Busy
from storage.answer import Answer
from storage.channel import Statement
from storage.database import Database
from storage.store import Store
from storage.tables import setting
from storage.units import perform
from tests.race.calling import Reply, at_once
from tests.race.disks import bounded, filled, processes_of, read_only, small_disk
from tests.race.drawings import LINE
from tests.race.premises import Premises
from tests.race.stage import OPS, Stage
from tests.support.people import NOW

_ENOUGH = 400
"""Tickets after which a bounded file must have met its bound."""


def _file(stage: Stage) -> Path:
    return Path(str(stage.database.url.database))


def _intact(stage: Stage) -> None:
    """The file is whole and the desk is sound."""
    assert stage.asks("PRAGMA integrity_check") == [("ok",)]
    stage.sound()


def _refused(reply: Reply) -> bool:
    """Whether it was refused for the moment, in the only way allowed."""
    assert reply.status in (201, 503), (reply.status, reply.body)
    if reply.status == 503:
        assert (reply.code, int(reply.headers["retry-after"]) > 0) == ("BUSY", True)
    return reply.status == 503


def _refuses(stage: Stage, key: str) -> None:
    """Sooner or later no ticket can be opened; those that have been stay readable, and nothing is half there."""
    tickets = []
    for number in range(_ENOUGH):
        reply = stage.open(LINE, key=f"{key}-{number}")
        if _refused(reply):
            break
        tickets.append(reply.body["id"])
    else:
        raise AssertionError(f"{_ENOUGH} tickets and no refusal")
    more = at_once([partial(stage.open, LINE, key=f"{key}-more-{each}") for each in range(4)])
    assert all(_refused(reply) or reply.status == 201 for reply in more)
    tickets += [reply.body["id"] for reply in more if reply.status == 201]
    for ticket in tickets[-3:]:
        assert stage["auditor"].send("GET", f"tickets/{ticket}").status == 200
    print(f"{key}: refused after {number} tickets, answers of four more {[str(reply) for reply in more]}")


def _recovers(stage: Stage, key: str) -> None:
    """Every request that was refused succeeds with its own key, and none gave two tickets."""
    replies = [stage.open(LINE, key=f"{key}-more-{each}") for each in range(4)]
    assert {reply.status for reply in replies} == {201}
    assert len({reply.body["id"] for reply in replies}) == 4
    assert all(stage.open(LINE, key=f"{key}-more-{each}").body == reply.body for each, reply in enumerate(replies))
    _intact(stage)


@pytest.fixture(scope="module")
def premises(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """A service over a file on a real disk, for all tests of this module."""
    made = Premises(tmp_path_factory.mktemp("premises"))
    yield made
    made.stop()


def _writers(stage: Stage, rounds: int) -> None:
    """32 people at once, each with tickets of their own: all succeed, some after a 503."""
    said: Counter[str] = Counter()

    def insist(send: Callable[[], Reply]) -> Reply:
        while True:
            reply = send()
            said[str(reply).strip()] += 1
            assert reply.status in (200, 201, 503), (reply.status, reply.body)
            if reply.status != 503:
                return reply

    def work(number: int) -> None:
        person = stage[f"ops{number}"]
        for _ in range(rounds):
            task = insist(lambda: stage.open(LINE)).body["tasks"][0]["id"]
            insist(partial(person.send, "POST", f"tasks/{task}/claim"))
            insist(partial(person.send, "POST", f"tasks/{task}/complete", {"answers": {"v1": "x"}}))

    [[closed]] = stage.asks("SELECT count(*) FROM ticket WHERE phase = 'closed'")
    began = time.monotonic()
    at_once([partial(work, number) for number in range(1, OPS + 1)])
    print(f"32 writers: {dict(said)} in {time.monotonic() - began:.1f} s")
    assert stage.asks("SELECT count(*) FROM ticket WHERE phase = 'closed'") == [(closed + OPS * rounds,)]
    _intact(stage)


def test_r13_32_writers_and_a_file_that_cannot_grow(premises: Premises) -> None:
    """security-bar R-13: the writers, and EFBIG, which needs no privileges."""
    stage = premises.stage
    _writers(stage, 1)
    with bounded(processes_of(stage.service.pid), bytes_in_a_file=premises.log.stat().st_size):
        _refuses(stage, "bounded")
    _recovers(stage, "bounded")


def test_r13_a_write_lock_held_elsewhere_makes_a_command_busy(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The short form, with a shorter patience; the long one waits for the real one over HTTP."""
    monkeypatch.setattr("storage.database.LOCK_TIMEOUT_MS", 50)
    database = Database(sqlite_database.url.render_as_string())
    with closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            perform(database, _nothing, now=NOW)
        other.execute("ROLLBACK")
    assert perform(database, _nothing, now=NOW).status == 200
    database.dispose()


def _nothing(work: Store) -> Answer:
    work.read(Statement(sa.select(setting)))
    return Answer(status=200)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_r13_32_writers_for_many_rounds_and_a_lock_held_for_too_long(premises: Premises) -> None:
    """security-bar R-13, the long form of writers and SQLITE_BUSY."""
    stage = premises.stage
    _writers(stage, 15)
    with closing(sqlite3.connect(_file(stage), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        replies = at_once([partial(stage.open, LINE, key=f"busy-more-{each}") for each in range(4)])
        assert all(_refused(reply) for reply in replies)
        print(f"refused after {time.monotonic() - began:.1f} s")
        assert stage["auditor"].send("GET", "tickets").status == 200, "who only reads is not kept waiting"
        other.execute("ROLLBACK")
    _recovers(stage, "busy")


def test_r13_a_file_that_became_read_only_refuses_and_recovers(premises: Premises) -> None:
    """security-bar R-13: EPERM for whoever writes, where a file system that fell to read-only gives EROFS."""
    stage = premises.stage
    with read_only(_file(stage), premises.log):
        _refuses(stage, "read-only")
    _recovers(stage, "read-only")


def test_r13_a_deleted_log_takes_nothing_after_a_stop_and_breaks_nothing_after_a_kill(premises: Premises) -> None:
    """security-bar R-13: a stop leaves everything in the file itself; after a kill the file alone is a sound desk."""
    premises.stage.opened(LINE)
    before = premises.stage.asks("SELECT id FROM ticket")
    premises.stop()
    assert not premises.log.exists()
    premises.start()
    assert premises.stage.asks("SELECT id FROM ticket") == before
    premises.stage.opened(LINE)
    premises.kill()
    premises.log.unlink()
    premises.start()
    assert set(before) <= set(premises.stage.asks("SELECT id FROM ticket"))
    premises.stage.opened(LINE)
    _intact(premises.stage)


@pytest.mark.long
def test_r13_a_full_disk_refuses_and_recovers(tmp_path: Path) -> None:
    """security-bar R-13: ENOSPC for the database, its log files and the service's own log, all on one disk."""
    with small_disk(tmp_path / "disk", megabytes=16) as disk:
        premises = Premises(disk)
        with filled(disk):
            _refuses(premises.stage, "full")
        _recovers(premises.stage, "full")
        premises.stop()
