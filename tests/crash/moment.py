"""When something was killed."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Just before and just after the signal was sent, on the monotonic clock."""

    before: float
    after: float


def strike(pid: int, send: Callable[[int, int], None] = os.kill) -> Moment:
    """Send SIGKILL to the process, or with `os.killpg` to its group.

    Raises: ProcessLookupError when there is none.
    """
    before = time.monotonic()
    send(pid, signal.SIGKILL)
    return Moment(before=before, after=time.monotonic())
