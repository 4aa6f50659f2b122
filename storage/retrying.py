"""The one retry: a whole command again after a lost race or a lost connection, never a part of one."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from engine.errors import Busy
from storage.failures import CONNECTION, ERRORS, Failure, classify

T = TypeVar("T")

TRIES = 3
RETRY_AFTER = 2
"""Seconds that a refused request is asked to wait."""
_PAUSE = 0.02


def run_again(once: Callable[[Callable[[], None]], T], *, repeatable: bool) -> T:
    """What `once` gives, after at most three tries. It calls the function handed to it directly before it commits.

    A connection lost before that is tried again; one lost after it only if the command is `repeatable`, because the
    commit may have taken place. If no later try comes through either, it stays unknown whether it did.

    Raises: Busy `BUSY` or `DATABASE_AWAY` (nothing changed), or `COMMIT_UNKNOWN` (the commit's answer was lost); else
        what `once` raises.
    """
    unknown = False
    for left in reversed(range(TRIES)):
        committing: list[bool] = []
        try:
            return once(lambda made=committing: made.append(True))  # type: ignore[misc]
        except ERRORS as error:
            failure = classify(error)
            if failure is Failure.OTHER:
                raise
            unknown = unknown or (failure is Failure.LOST and bool(committing))
            if not left or failure is Failure.BUSY or (unknown and not repeatable):
                raise Busy(_code(failure, unknown=unknown), {"retry_after": RETRY_AFTER}) from error
        _pause(TRIES - left)
    raise AssertionError("the last try returns or raises")


def _code(failure: Failure, *, unknown: bool) -> str:
    """The refusal's code; only one of them leaves open whether something has changed."""
    if unknown:
        return "COMMIT_UNKNOWN"
    return "DATABASE_AWAY" if failure in CONNECTION else "BUSY"


def _pause(tries: int) -> None:
    time.sleep(_PAUSE * tries * (0.5 + random.random()))  # noqa: S311 - jitter, not a secret
