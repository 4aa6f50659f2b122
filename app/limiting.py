"""How often one person may do what costs the others: a window of a minute, counted in this process.

Several processes count apart, so the limit of an installation is this one times their number: enough to stop a loop,
which is what it is for. Attempts to sign in are counted in the database (`engine.commands.sign_in`).
"""

import math
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock

from engine.errors import TooMany

OPENINGS = 100
"""Tickets that one credential may open in a minute."""
UPLOADS = 40
"""Files that one credential may upload in a minute."""

_WINDOW = timedelta(minutes=1)
_KEPT = 10_000


class Limiter:
    """Counts what was done under a key within the last minute."""

    def __init__(self) -> None:
        self._done: OrderedDict[object, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def count(self, key: object, most: int, now: datetime) -> None:
        """Count one more.

        Raises: TooMany `RATE_LIMITED` with the seconds after which there is room again.
        """
        with self._lock:
            done = self._done.setdefault(key, deque())
            self._done.move_to_end(key)
            while len(self._done) > _KEPT:
                self._done.popitem(last=False)
            while done and now - done[0] >= _WINDOW:
                done.popleft()
            if len(done) >= most:
                wait = math.ceil((done[0] + _WINDOW - now).total_seconds())
                raise TooMany("RATE_LIMITED", {"retry_after": max(wait, 1)})
            done.append(now)
