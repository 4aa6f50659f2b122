"""How long a body may take: whoever sends one byte a second must not keep a thread for a day.

The server hands out exactly as many bytes as are asked for, however long that takes, so little is asked for at a time:
one byte at first, more while they come quickly. A proxy that buffers whole requests is the better wall.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import RequestTimeout

SLOWEST = 10_000
"""Bytes a second that a body must bring, once the first patience is over."""

_LARGEST = 1_024
_QUICK = 0.01

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Patience:
    """Gives every request's body a clock. `seconds` is what even the smallest may take."""

    def __init__(self, app: Wsgi, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """See PEP 3333."""
        environ["wsgi.input"] = _Clocked(environ["wsgi.input"], self._seconds)
        return self._app(environ, start_response)


class _Clocked:
    """A body that is read in small pieces until its time is over."""

    def __init__(self, stream: Any, seconds: float) -> None:
        self._stream = stream
        self._seconds = seconds
        self._began = time.monotonic()
        self._came = 0
        self._piece = 1

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, perhaps fewer; none at the end.

        Raises: RequestTimeout (408).
        """
        if size < 0:
            return b"".join(iter(lambda: self.read(_LARGEST), b""))
        asked = time.monotonic()
        got: bytes = self._stream.read(min(size, self._piece))
        now = time.monotonic()
        self._came += len(got)
        self._piece = min(self._piece * 4, _LARGEST) if now - asked < _QUICK else 1
        if got and now - self._began > self._seconds + self._came / SLOWEST:
            raise RequestTimeout
        return got

    def close(self) -> None:
        """Close the stream below, where it can be closed."""
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()
