"""The one retry: a whole command again after a lost race or a lost connection, never a part of one."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
import sqlalchemy as sa

from engine.errors import Busy
from storage.database import Database
from storage.failures import Failure, classify

T = TypeVar("T")

TRIES = 3
RETRY_AFTER = 2
"""Seconds that a refused request is asked to wait."""
_PAUSE = 0.02


def run_again(database: Database, once: Callable[[Callable[[], None]], T], *, repeatable: bool) -> T:
    """What `once` gives, after at most three tries. It calls the function handed to it directly before it commits.

    A connection lost before that is tried again; one lost after it only if the command is `repeatable`, because the
    commit may have taken place.

    Raises: Busy `BUSY` or `DATABASE_AWAY` (nothing changed), or `COMMIT_UNKNOWN` (the commit's answer was lost); else
        what `once` raises.
    """
    for left in reversed(range(TRIES)):
        committing: list[bool] = []
        try:
            return once(lambda made=committing: made.append(True))  # type: ignore[misc]
        except (sa.exc.SQLAlchemyError, psycopg.Error) as error:
            _judge(database, error, committing=bool(committing), repeatable=repeatable, left=left)
        _pause(TRIES - left)
    raise AssertionError("the last try returns or raises")


def _judge(database: Database, error: Exception, *, committing: bool, repeatable: bool, left: int) -> None:
    """Return when it may be tried again."""
    failure = classify(error)
    if failure is Failure.OTHER:
        raise error
    if failure is Failure.LOST:
        # The other connections of the pool were most likely lost with this one.
        database.dispose()
        if committing and not repeatable:
            raise Busy("COMMIT_UNKNOWN", {"retry_after": RETRY_AFTER}) from error
    if failure is Failure.BUSY or not left:
        code = "DATABASE_AWAY" if failure is Failure.LOST else "BUSY"
        raise Busy(code, {"retry_after": RETRY_AFTER}) from error


def _pause(tries: int) -> None:
    time.sleep(_PAUSE * tries * (0.5 + random.random()))  # noqa: S311 - jitter, not a secret
