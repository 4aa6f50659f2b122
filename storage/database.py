"""The one module that chooses the storage: SQLite or PostgreSQL, by the address given."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

from storage.channel import Channel
from storage.failures import CONNECTION, ERRORS, classify
from storage.hosts import address_of, connecting
from storage.patience import PATIENCE_S, PatientConnection
from storage.pipeline import PipelinedChannel
from storage.plain import PlainChannel

LOCK_TIMEOUT_MS = 5_000
STATEMENT_TIMEOUT_MS = 5_000
POOL_SIZE = 20


class Database:
    """A pool of connections to one database; open one per process and share it between threads."""

    def __init__(self, url: str, *, patience: float = PATIENCE_S) -> None:
        self.url = address_of(url)
        self._patience = patience
        self.is_postgresql = self.url.get_backend_name() == "postgresql"
        self.engine = _postgresql(self.url) if self.is_postgresql else _sqlite(self.url)

    @contextmanager
    def channel(self, *, writing: bool, snapshot: bool = False) -> Iterator[Channel]:
        """A connection for one unit of work; what was not committed is rolled back on leaving.

        `writing` takes SQLite's write lock at once (BEGIN IMMEDIATE), so that a command never meets it half way.
        `snapshot` lets a reading channel see the database as it was at its first statement, however much it asks.
        """
        pool = self.engine.pool
        with self.engine.connect() as connection:
            channel: Channel = (
                PipelinedChannel(connection, snapshot=snapshot)
                if self.is_postgresql
                else PlainChannel(connection, writing=writing)
            )
            try:
                with self._impatient(connection), closing(channel):
                    yield channel
            except ERRORS as error:
                # The other connections of its pool were most likely lost with this one; those of a newer pool were not.
                if classify(error) in CONNECTION and self.engine.pool is pool:
                    self.dispose()
                raise

    @contextmanager
    def _impatient(self, connection: sa.Connection) -> Iterator[None]:
        """Only here is a server that says nothing given up: an upgrade or a backup may take its time."""
        driver = connection.connection.driver_connection
        if isinstance(driver, PatientConnection):
            driver.patience = self._patience
        try:
            yield
        finally:
            if isinstance(driver, PatientConnection):
                driver.patience = None

    def dispose(self) -> None:
        """Close every connection of the pool."""
        self.engine.dispose()


def _postgresql(url: sa.URL) -> sa.Engine:
    # Our statements look up by key, so a plan made once is as good as one made for the values at hand; making it took
    # three quarters of the server's time before it was kept. Such a plan is made for somebody of average zeal: without
    # bitmaps, which have no order, it always reads an index in its order and stops at the page's end.
    options = (
        f"-c timezone=UTC -c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS}"
        " -c idle_in_transaction_session_timeout=60000 -c plan_cache_mode=force_generic_plan"
        " -c enable_bitmapscan=off -c jit=off -c bytea_output=hex"
    )
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=LOCK_TIMEOUT_MS / 1000,
        connect_args={**connecting(url), "options": options, "prepare_threshold": 1},
    )
    sa.event.listen(engine, "do_connect", _connect)
    return engine


def _connect(_dialect: object, _entry: object, arguments: Any, named: Any) -> PatientConnection:
    return PatientConnection.connect(*arguments, **named)


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        paramstyle="named",
        pool_size=POOL_SIZE,
        max_overflow=0,
        poolclass=sa.QueuePool,
        connect_args={"check_same_thread": False, "timeout": LOCK_TIMEOUT_MS / 1000, "isolation_level": None},
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={LOCK_TIMEOUT_MS}")
    _use_wal(cursor)
    # FULL: with NORMAL the log is synced at checkpoints only, and a power cut undoes commits that were answered.
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _use_wal(cursor: Any) -> None:
    """Switch to the write-ahead log. SQLite does not wait for the lock of this switch, so that two processes that
    open a new database at once would fail without trying again."""
    deadline = time.monotonic() + LOCK_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
