"""How statements reach the database: as few waits as the database allows.

On PostgreSQL all statements handed over together travel in one pipeline, so they cost one round trip; COMMIT travels
with the writes. SQLite lives in the process and takes them one by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from weakref import WeakKeyDictionary

import psycopg
import sqlalchemy as sa
from psycopg.rows import namedtuple_row
from sqlalchemy.sql.compiler import SQLCompiler

Parameters = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Statement:
    """A Core statement with its parameters: one mapping, or a sequence of them for several rows."""

    clause: sa.Executable
    parameters: Parameters | Sequence[Parameters] = ()


class Channel(Protocol):
    """One connection in one transaction."""

    def ask(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """Run the statements in order, one round trip; the rows of each (empty where it gives none)."""

    def commit(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """Run the statements and COMMIT, one round trip; the rows of each."""

    def close(self) -> None:
        """Roll back what was not committed."""


class PlainChannel:
    """SQLite: a write transaction begins with its lock, a reading one without; either sees one moment."""

    def __init__(self, connection: sa.Connection, *, writing: bool) -> None:
        self._connection = connection
        self._begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
        self._open = False

    def ask(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """See Channel."""
        if not self._open:
            self._connection.exec_driver_sql(self._begin)
            self._open = True
        return [self._run(statement) for statement in statements]

    def commit(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """See Channel."""
        rows = self.ask(statements)
        self._connection.exec_driver_sql("COMMIT")
        self._open = False
        return rows

    def close(self) -> None:
        """See Channel."""
        driver = self._connection.connection.driver_connection
        # SQLite ends the transaction itself when the disk is full; a second end would hide why.
        if self._open and driver is not None and driver.in_transaction:
            self._connection.exec_driver_sql("ROLLBACK")
        self._open = False

    def _run(self, statement: Statement) -> list[Any]:
        result = self._connection.execute(statement.clause, _rows_of(statement.parameters))
        return list(result.fetchall()) if result.returns_rows else []


_SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PipelinedChannel:
    """PostgreSQL: the driver's pipeline mode, below SQLAlchemy's result objects, which know nothing of it.

    The driver stands in autocommit, so that BEGIN travels in the pipeline too; a reading channel sends none, unless it
    is to see one moment only.
    """

    def __init__(self, connection: sa.Connection, *, writing: bool, snapshot: bool = False) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        self._driver = driver
        self._dialect = connection.dialect
        self._begin = "BEGIN" if writing else _SNAPSHOT if snapshot else None
        self._wrote = False

    def ask(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """See Channel."""
        with self._driver.pipeline():
            cursors = self._send_all(statements)
        return [_fetch(cursor) for cursor in cursors]

    def commit(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """See Channel."""
        self._wrote = True
        with self._driver.pipeline():
            cursors = self._send_all(statements)
            self._driver.execute("COMMIT")
        return [_fetch(cursor) for cursor in cursors]

    def close(self) -> None:
        """See Channel."""
        status = self._driver.info.transaction_status
        if self._driver.closed or status == psycopg.pq.TransactionStatus.IDLE:
            return
        if self._wrote or status != psycopg.pq.TransactionStatus.INTRANS:
            self._driver.rollback()
        else:
            # Nothing was written. The driver forgets every prepared statement when it sees a ROLLBACK, and planning them
            # again costs the database more than running them.
            self._driver.execute("COMMIT")

    def _send_all(self, statements: Sequence[Statement]) -> list[psycopg.Cursor[Any]]:
        if self._begin is not None:
            self._driver.execute(self._begin)
            self._begin = None
        return [self._send(statement) for statement in statements]

    def _send(self, statement: Statement) -> psycopg.Cursor[Any]:
        cursor = self._driver.cursor(row_factory=namedtuple_row)
        rows = _rows_of(statement.parameters)
        first = rows if isinstance(rows, Mapping) else rows[0]
        compiled = _compiled(statement.clause, self._dialect, frozenset(first))
        if isinstance(rows, Mapping):
            cursor.execute(compiled.string, _bound(compiled, rows))
        else:
            cursor.executemany(compiled.string, [_bound(compiled, row) for row in rows])
        return cursor


def _rows_of(parameters: Parameters | Sequence[Parameters]) -> Parameters | list[Parameters]:
    if isinstance(parameters, Mapping):
        return parameters
    return list(parameters) if parameters else {}


_cache: "WeakKeyDictionary[sa.Executable, dict[frozenset[str], SQLCompiler]]" = WeakKeyDictionary()


def _compiled(clause: sa.Executable, dialect: sa.Dialect, keys: frozenset[str]) -> SQLCompiler:
    """The text for psycopg, compiled once per statement object: module-level statements are never compiled again.

    An INSERT or UPDATE writes the columns that the parameters name, so they are part of the key.
    """
    variants = _cache.setdefault(clause, {})
    if keys not in variants:
        variants[keys] = _compile(clause, dialect, keys, expanded=False)
        if "POSTCOMPILE" in variants[keys].string:
            variants[keys] = _compile(clause, dialect, keys, expanded=True)
    return variants[keys]


def _compile(clause: sa.Executable, dialect: sa.Dialect, keys: frozenset[str], *, expanded: bool) -> SQLCompiler:
    """`expanded` writes out IN lists, whose length only a statement made for one request knows."""
    writes = isinstance(clause, sa.Insert | sa.Update) and keys
    made = clause.compile(  # type: ignore[attr-defined]
        dialect=dialect,
        column_keys=sorted(keys) if writes else None,
        compile_kwargs={"render_postcompile": expanded},
    )
    assert isinstance(made, SQLCompiler)
    return made


def _bound(compiled: SQLCompiler, parameters: Parameters) -> dict[str, Any]:
    return dict(compiled.construct_params(dict(parameters)))


def _fetch(cursor: psycopg.Cursor[Any]) -> list[Any]:
    return cursor.fetchall() if cursor.description else []
