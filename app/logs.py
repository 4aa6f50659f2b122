"""Structured logs: one JSON object per line, with the request's id, and the ticket's number where there is one.

No request body, header, cookie, query or message of a foreign error is ever logged: any of them may hold a secret.
"""

import json
import logging
import sys
from contextlib import suppress
from typing import Any, TextIO

import orjson
import structlog

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_logs(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send everything that this process logs, libraries included, to the stream as JSON lines."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_SHARED, structlog.stdlib.add_logger_name],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _without_values,
            structlog.processors.JSONRenderer(serializer=_line),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Our own lines go straight to the stream: the library's way through the standard loggers costs each request as much
    # as its checks.
    structlog.configure(
        processors=[
            *_SHARED,
            structlog.stdlib.add_logger_name,
            _without_values,
            structlog.processors.JSONRenderer(serializer=_line),
        ],
        logger_factory=lambda name: _Lines(handler.stream, name),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


class _Lines:
    """A logger that writes what it is given as a line."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self.name = name
        self._stream = stream

    def write(self, line: str) -> None:
        """Write the line at once, whole. A full disk, or a reader that is gone, is no reason to fail a request."""
        with suppress(OSError, ValueError):
            self._stream.write(f"{line}\n")
            self._stream.flush()

    debug = info = warning = error = critical = exception = msg = write


def _line(entry: dict[str, Any], **_options: object) -> str:
    """The entry as JSON, which escapes line breaks and control characters: no entry can pretend to be two."""
    try:
        return orjson.dumps(entry, default=str).decode()
    except TypeError:
        return json.dumps(entry, default=str)  # It escapes what is no Unicode, too.


def _without_values(_logger: object, _name: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Put the frames of an exception in place of its text: file, line and function hold nothing that a person sent."""
    failure = entry.pop("exc_info", None)
    if failure is True:
        failure = sys.exc_info()
    if isinstance(failure, tuple):
        failure = failure[1]
    if isinstance(failure, BaseException):
        entry["error"] = type(failure).__name__
        entry["frames"] = _frames(failure)
    return entry


def _frames(failure: BaseException) -> list[str]:
    frames = []
    step = failure.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        frames.append(f"{code.co_filename}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return frames[-20:]
