"""Structured logs: one JSON object per line, with the request's id, and the ticket's number where there is one.

No request body, header, cookie, query or message of a foreign error is ever logged: any of them may hold a secret.
"""

import logging
import sys
from typing import TextIO

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
            # JSON escapes line breaks and control characters, so that no entry can pretend to be two.
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


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
