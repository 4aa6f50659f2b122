"""How statements reach the database, whichever it is: what is asked in one go, and what is committed with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

Parameters = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Statement:
    """A Core statement with its parameters: one mapping, or a sequence of them for several rows."""

    clause: sa.Executable
    parameters: Parameters | Sequence[Parameters] = ()

    @property
    def rows(self) -> list[Parameters]:
        """The parameters of each row; one empty mapping where there are none."""
        if isinstance(self.parameters, Mapping):
            return [self.parameters]
        return list(self.parameters) or [{}]


@dataclass(frozen=True, slots=True)
class Together:
    """Writes of which none depends on another and no two touch one row: their order is of no matter, and they give no
    rows. Where the database can do so, they are one statement."""

    statements: Sequence[Statement]


class Channel(Protocol):
    """One connection in one transaction."""

    def ask(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """Run the statements in one round trip; the rows of each (empty where it gives none).

        Those that write or lock run in order; what only reads may run after all of them.
        """

    def commit(self, writes: Sequence[Statement | Together]) -> list[list[Any]]:
        """Run the writes in order and COMMIT, one round trip; the rows of each."""

    def close(self) -> None:
        """Roll back what was not committed."""


class PlainChannel:
    """SQLite, which lives in the process: statements go one by one, and a lock on the whole file comes first.

    A write transaction begins with its lock, a reading one without; either sees one moment.
    """

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

    def commit(self, writes: Sequence[Statement | Together]) -> list[list[Any]]:
        """See Channel."""
        self.ask(())
        rows = [self._write(write) for write in writes]
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

    def _write(self, write: Statement | Together) -> list[Any]:
        if isinstance(write, Statement):
            return self._run(write)
        for statement in write.statements:
            self._run(statement)
        return []

    def _run(self, statement: Statement) -> list[Any]:
        rows = statement.rows
        result = self._connection.execute(statement.clause, rows[0] if len(rows) == 1 else rows)
        return list(result.fetchall()) if result.returns_rows else []
