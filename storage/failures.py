"""What a database error means for the request that met it."""

import sqlite3
from enum import StrEnum

import psycopg
import sqlalchemy as sa


class Failure(StrEnum):
    """The things a caller can do about it."""

    RETRY = "retry"
    """Serialisation failure, deadlock, a unique key taken or a row removed by a concurrent command: run the whole
    command again, which then meets what the other left."""
    LOST = "lost"
    """The connection broke: run again if it is known that nothing was committed."""
    STANDBY = "standby"
    """The connection is of no use, as with a server that takes no writes or plans from before a column's type changed,
    and nothing was committed: run again on a new one."""
    BUSY = "busy"
    """A lock or a free connection was not to be had in time, or the disk refuses: answer 503."""
    OTHER = "other"


ERRORS = (sa.exc.SQLAlchemyError, psycopg.Error, sqlite3.Error)
"""What using a database may raise: by its driver, or by SQLAlchemy around it."""

CONNECTION = frozenset({Failure.LOST, Failure.STANDBY})
"""What a new connection may mend."""

_RETRY = {"40001", "40P01", "23503", "23505"}
_BUSY = {"55P03", "57014", "53300", "53100"}
_STANDBY = {"25006", "0A000"}
_LOST_CLASSES = ("08", "57P")
_SQLITE_BUSY = ("locked", "busy", "readonly", "full", "disk i/o", "unable to open")


def classify(error: Exception) -> Failure:
    """What this error means."""
    if isinstance(error, sa.exc.TimeoutError):
        return Failure.BUSY
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _sqlite(cause)
    if isinstance(cause, psycopg.Error):
        return _postgresql(cause)
    return Failure.OTHER


def _sqlite(error: sqlite3.Error) -> Failure:
    text = str(error).lower()
    if isinstance(error, sqlite3.OperationalError) and any(word in text for word in _SQLITE_BUSY):
        return Failure.BUSY
    return Failure.RETRY if "unique constraint" in text else Failure.OTHER


def _postgresql(error: psycopg.Error) -> Failure:
    state = error.sqlstate
    if state is None:
        return Failure.LOST if isinstance(error, psycopg.OperationalError) else Failure.OTHER
    if state in _RETRY:
        return Failure.RETRY
    if state in _BUSY:
        return Failure.BUSY
    if state in _STANDBY:
        return Failure.STANDBY
    return Failure.LOST if state.startswith(_LOST_CLASSES) else Failure.OTHER
