"""PostgreSQL: few waits, and few statements for each.

All statements handed over together travel in one pipeline, so they cost one round trip; COMMIT travels with the writes.
Of what is read together, everything but the locks is merged into one statement, and so are writes that may be
(`storage.merging`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from psycopg.rows import namedtuple_row, tuple_row

from storage.channel import Statement, Together
from storage.merging import can_be_merged, is_lock, merged_reads, merged_writes, only_reads, rows_of
from storage.texts import Text, text_of

_SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_MOST: Final = 48
"""Writes in one statement: beyond it each number of rows would be another long text to prepare."""

_MOST_READS: Final = 32
"""Reads in one statement."""
_ALIKE: Final = 2
"""How often one and the same read may stand in it."""

_Cursor = psycopg.RawCursor[Any]


class PipelinedChannel:
    """The driver's pipeline mode, below SQLAlchemy's result objects, which know nothing of it.

    The driver stands in autocommit, so that BEGIN travels in the pipeline too. It is sent with the first statement that
    locks or writes, or with the first of all where one moment is to be seen; and a single statement is its own
    transaction.
    """

    def __init__(self, connection: sa.Connection, *, snapshot: bool = False) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        self._driver = driver
        self._dialect = connection.dialect
        self._snapshot = snapshot
        self._begun = self._wrote = False

    def ask(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """See Channel."""
        # In READ COMMITTED a statement sees what was committed before it began, and a lock may wait: whatever stood in
        # one statement with the lock would be seen as it was before the wait.
        merged = _mergeable(statements)
        others = [number for number in range(len(statements)) if number not in merged]
        reads = all(only_reads(each.clause) for each in statements)
        locks = any(is_lock(each.clause) for each in statements)
        self._wrote = self._wrote or not reads
        with self._sending(begin=locks or not reads or self._snapshot, several=bool(others)):
            cursors = {number: self._send(statements[number]) for number in others}
            reading = self._send_reads([statements[number] for number in merged])
        found = {number: _fetch(cursor) for number, cursor in cursors.items()}
        found |= zip(merged, reading(), strict=True)
        return [found[number] for number in range(len(statements))]

    def commit(self, writes: Sequence[Statement | Together]) -> list[list[Any]]:
        """See Channel."""
        self._wrote = True
        alone = not self._begun and len(writes) == 1 and self._is_one(writes[0])
        with self._sending(begin=not alone, several=not alone):
            cursors = [self._write(write) for write in writes]
            if self._begun:
                self._driver.execute("COMMIT")
        return [_fetch(cursor) if cursor is not None else [] for cursor in cursors]

    def close(self) -> None:
        """See Channel."""
        status = self._driver.info.transaction_status
        if self._driver.closed or status == psycopg.pq.TransactionStatus.IDLE:
            return
        if self._wrote or status != psycopg.pq.TransactionStatus.INTRANS:
            self._driver.rollback()
        else:
            # Nothing was written. The driver forgets every prepared statement when it sees a ROLLBACK, and planning
            # them again costs the database more than running them.
            self._driver.execute("COMMIT")

    @contextmanager
    def _sending(self, *, begin: bool, several: bool) -> Iterator[None]:
        """What is sent inside travels together, behind BEGIN where it is due."""
        begin = begin and not self._begun
        if not begin and not several:
            yield
            return
        with self._driver.pipeline():
            if begin:
                self._driver.execute(_SNAPSHOT if self._snapshot else "BEGIN")
                self._begun = True
            yield

    @staticmethod
    def _is_one(write: Statement | Together) -> bool:
        """Whether the write is one statement on its way."""
        if isinstance(write, Statement):
            return len(write.rows) == 1
        return sum(len(statement.rows) for statement in write.statements) <= _MOST

    def _write(self, write: Statement | Together) -> _Cursor | None:
        if isinstance(write, Statement):
            return self._send(write)
        rows = [row for statement in write.statements for row in statement.rows]
        if len(rows) == 1 or len(rows) > _MOST:
            for statement in write.statements:
                self._send(statement)
            return None
        counted = zip(self._texts(write.statements), write.statements, strict=True)
        texts = [text for text, statement in counted for _ in statement.rows]
        self._cursor().execute(*merged_writes(texts, rows))
        return None

    def _send(self, statement: Statement) -> _Cursor:
        cursor, rows = self._cursor(), statement.rows
        text = text_of(statement.clause, self._dialect, rows)
        if len(rows) == 1:
            return cursor.execute(text.sql, text.values(rows[0]))
        cursor.executemany(text.sql, [text.values(row) for row in rows])
        return cursor

    def _send_reads(self, statements: Sequence[Statement]) -> Callable[[], list[list[Any]]]:
        """Send them as one, or one as it is; what gives the rows of each once the pipeline has been read."""
        if len(statements) < 2:
            cursors = [self._send(each) for each in statements]
            return lambda: [_fetch(cursor) for cursor in cursors]
        texts, cursor = self._texts(statements), psycopg.RawCursor(self._driver, row_factory=tuple_row)
        cursor.execute(*merged_reads(texts, [each.rows[0] for each in statements]))
        return lambda: rows_of(texts, cursor.fetchone() or ())

    def _texts(self, statements: Sequence[Statement]) -> list[Text]:
        return [text_of(each.clause, self._dialect, each.rows) for each in statements]

    def _cursor(self) -> _Cursor:
        return psycopg.RawCursor(self._driver, row_factory=namedtuple_row)


def _mergeable(statements: Sequence[Statement]) -> list[int]:
    """The places of those that go into one: few, and none that comes again and again.

    A statement that is asked once for each of a list's names would make another text for each length of the list, and a
    person's list is long if they like; each text is prepared, and its plan kept, by every connection.
    """
    asked = Counter(id(each.clause) for each in statements)
    found = [
        number
        for number, each in enumerate(statements)
        if can_be_merged(each.clause) and asked[id(each.clause)] <= _ALIKE
    ]
    return found if len(found) <= _MOST_READS else []


def _fetch(cursor: _Cursor) -> list[Any]:
    return cursor.fetchall() if cursor.description else []
