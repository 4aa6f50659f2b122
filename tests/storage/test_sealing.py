"""The audit's seals show any change of the past (D-09)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.ids import new_id
from storage import sealing
from storage.background import in_background
from storage.database import Database
from storage.tables import audit, audit_seal, audit_sealed

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def note(database: Database, count: int, *, at: datetime = NOW) -> list[Any]:
    rows = [
        {"id": new_id(), "at": at + timedelta(seconds=n), "type": "t", "payload": f'{{"n":{n}}}', "salt": b"s" * 16}
        for n in range(count)
    ]
    in_background(database, lambda work: work.write(sa.insert(audit), rows), now=at)
    return [row["id"] for row in rows]


def seal(database: Database, *, at: datetime) -> int:
    return in_background(database, sealing.seal_next, now=at)


def broken(database: Database) -> int | None:
    return in_background(database, sealing.first_broken_seal, now=NOW)


def change(database: Database, clause: Any) -> None:
    with database.engine.begin() as connection:
        connection.execute(clause)


@pytest.fixture
def sealed(database: Database, monkeypatch: pytest.MonkeyPatch) -> tuple[Database, list[Any]]:
    monkeypatch.setattr(sealing, "BATCH", 4)
    ids = note(database, 10)
    later = NOW + timedelta(hours=1)
    assert [seal(database, at=later) for _ in range(4)] == [4, 4, 2, 0]
    return database, ids


def test_what_is_sealed_holds_and_goes_on_holding(sealed: tuple[Database, list[Any]]) -> None:
    database, _ = sealed
    assert broken(database) is None
    note(database, 3, at=NOW + timedelta(minutes=90))
    assert broken(database) is None
    assert seal(database, at=NOW + timedelta(hours=2)) == 3
    assert broken(database) is None


def test_a_row_is_sealed_when_it_has_settled(database: Database) -> None:
    note(database, 1)
    assert seal(database, at=NOW + timedelta(seconds=59)) == 0
    assert seal(database, at=NOW + timedelta(seconds=60)) == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("payload", '{"n":99}'),
        ("type", "other"),
        ("subject", "x"),
        ("address", "192.0.2.1"),
        ("salt", b"t" * 16),
        ("at", NOW + timedelta(seconds=5, microseconds=1)),
    ],
)
def test_d_09_a_changed_row_breaks_its_seal(sealed: tuple[Database, list[Any]], column: str, value: object) -> None:
    database, ids = sealed
    change(database, sa.update(audit).where(audit.c.id == ids[5]).values({column: value}))
    assert broken(database) == 2


@pytest.mark.parametrize(("row", "number"), [(0, 1), (4, 2), (7, 2), (9, 3)])
def test_d_09_a_row_that_was_taken_away_breaks_its_seal(
    sealed: tuple[Database, list[Any]], row: int, number: int
) -> None:
    database, ids = sealed
    change(database, sa.delete(audit).where(audit.c.id == ids[row]))
    assert broken(database) == number


def test_a_seal_taken_away_shows(sealed: tuple[Database, list[Any]]) -> None:
    database, _ = sealed
    change(database, sa.delete(audit_seal).where(audit_seal.c.number == 1))
    assert broken(database) == 1


def test_the_last_seal_taken_away_shows(sealed: tuple[Database, list[Any]]) -> None:
    database, _ = sealed
    change(database, sa.delete(audit_seal).where(audit_seal.c.number == 3))
    assert broken(database) == 3


def test_a_row_counted_in_or_out_of_a_seal_shows(sealed: tuple[Database, list[Any]]) -> None:
    database, ids = sealed
    [more] = note(database, 1)
    assert broken(database) is None
    change(database, sa.insert(audit_sealed).values(audit_id=more, seal=2))
    assert broken(database) == 2
    change(database, sa.delete(audit_sealed).where(audit_sealed.c.audit_id.in_([more, ids[2]])))
    assert broken(database) == 1


def test_a_clock_set_back_breaks_no_seal_and_its_rows_are_sealed_too(sealed: tuple[Database, list[Any]]) -> None:
    database, _ = sealed
    late = note(database, 3, at=NOW - timedelta(hours=2))
    assert broken(database) is None
    assert [seal(database, at=NOW + timedelta(hours=1)) for _ in range(2)] == [3, 0]
    assert broken(database) is None
    change(database, sa.update(audit).where(audit.c.id == late[1]).values(subject="x"))
    assert broken(database) == 4


def test_rows_of_a_node_whose_clock_is_behind_are_sealed(sealed: tuple[Database, list[Any]]) -> None:
    database, _ = sealed
    note(database, 4, at=NOW + timedelta(seconds=2))
    assert [seal(database, at=NOW + timedelta(hours=1)) for _ in range(2)] == [4, 0]
    assert broken(database) is None
