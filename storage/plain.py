"""SQLite, which lives in the process: statements go one by one, and straight to the driver.

SQLAlchemy compiles each statement, once; running it through SQLAlchemy costs more than SQLite itself takes.
"""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from storage.channel import Parameters, Statement, Together
from storage.texts import Text, text_of
from storage.types import EPOCH, Moment

_MICROSECOND = timedelta(microseconds=1)

Conversion = tuple[int, Callable[[Any], Any]]
"""The place of a column, and what makes its value of SQLite's."""


class PlainChannel:
    """A lock on the whole file comes first: a write transaction begins with it, a reading one sees one moment."""

    def __init__(self, connection: sa.Connection, *, writing: bool) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        self._driver = driver
        self._dialect = connection.dialect
        self._begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
        self._open = False

    def ask(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """See Channel."""
        if not self._open:
            self._driver.execute(self._begin)
            self._open = True
        return [self._run(statement) for statement in statements]

    def commit(self, writes: Sequence[Statement | Together]) -> list[list[Any]]:
        """See Channel."""
        self.ask(())
        rows = [self._write(write) for write in writes]
        self._driver.execute("COMMIT")
        self._open = False
        return rows

    def close(self) -> None:
        """See Channel."""
        # SQLite ends the transaction itself when the disk is full; a second end would hide why.
        if self._open and self._driver.in_transaction:
            self._driver.execute("ROLLBACK")
        self._open = False

    def _write(self, write: Statement | Together) -> list[Any]:
        if isinstance(write, Statement):
            return self._run(write)
        for statement in write.statements:
            self._run(statement)
        return []

    def _run(self, statement: Statement) -> list[Any]:
        rows = statement.rows
        text = text_of(statement.clause, self._dialect, rows)
        if len(rows) > 1:
            self._driver.executemany(text.string, [_bound(text, row) for row in rows])
            return []
        cursor = self._driver.execute(text.string, _bound(text, rows[0]))
        return [] if cursor.description is None else _rows(text, cursor.fetchall())


def _bound(text: Text, row: Parameters) -> dict[str, Any]:
    return {source.name: _to_sqlite(source.of(row)) for source in text.sources}


def _to_sqlite(value: Any) -> Any:
    """The value as the types of `storage.tables` lay it down in SQLite."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return (value - EPOCH) // _MICROSECOND
    return value


def _rows(text: Text, found: list[tuple[Any, ...]]) -> list[Any]:
    if not text.columns:
        return found
    conversions = _conversions_of(text)
    return [text.row(*_converted(values, conversions)) for values in found]


def _converted(values: tuple[Any, ...], conversions: Sequence[Conversion]) -> Sequence[Any]:
    if not conversions:
        return values
    made = list(values)
    for place, convert in conversions:
        if made[place] is not None:
            made[place] = convert(made[place])
    return made


def _conversions_of(text: Text) -> tuple[Conversion, ...]:
    """What SQLite has no type for."""
    found = _known.get(text)
    if found is None:
        converts = ((place, _conversion(kind)) for place, (_, kind) in enumerate(text.columns))
        found = _known[text] = tuple((place, convert) for place, convert in converts if convert is not None)
    return found


def _conversion(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any] | None:
    if isinstance(kind, sa.Uuid):
        return UUID
    if isinstance(kind, Moment):
        return lambda value: EPOCH + timedelta(microseconds=value)
    return bool if isinstance(kind, sa.Boolean) else None


_known: "WeakKeyDictionary[Text, tuple[Conversion, ...]]" = WeakKeyDictionary()
