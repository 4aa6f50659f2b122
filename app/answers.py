"""Answers as HTTP responses."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any
from uuid import UUID

import orjson
import structlog
from flask import Response, request

from storage.answer import Answer

JSON = "application/json"


def respond(answer: Answer) -> Response:
    """The response that carries an answer. A replayed one says so in `Idempotency-Replayed`."""
    response = Response(status=answer.status)
    response.headers["Content-Type"] = JSON
    if answer.status == 204:
        del response.headers["Content-Type"]
    else:
        response.set_data(encode(answer.body))
        _name_ticket(answer.body)
    for name, value in answer.headers.items():
        response.headers[name] = value
    if answer.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def shown(body: object, *, version: int | None = None) -> Response:
    """A read's response, with an ETag; 304 when the client has this very representation (RFC 9110, 13.1.2).

    Where the thing has a version, the ETag begins with it (`"v3.9f86d081884c7d65"`), and If-Match looks at that alone.
    """
    content = encode(body)
    _name_ticket(body)
    digest = hashlib.sha256(content).hexdigest()[:16]
    response = Response(content, content_type=JSON)
    response.set_etag(f"v{version}.{digest}" if version is not None else digest)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept-Language, Authorization, Cookie"
    response.make_conditional(request)
    return response


def version_tag(version: int) -> dict[str, str]:
    """The ETag header of a thing that a command has changed: good for If-Match, not for a cache."""
    return {"ETag": f'"v{version}"'}


def encode(body: object) -> bytes:
    """JSON (RFC 8259) in UTF-8; moments in RFC 3339 with their offset."""
    return orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS, default=_plain)


def plain(value: object) -> Any:
    """The value as the JSON that it becomes, for answers that are kept."""
    return orjson.loads(encode(value))


def _name_ticket(body: object) -> None:
    """Have the log line of this request name the ticket that it was about."""
    if not isinstance(body, Mapping):
        return
    about = body.get("ticket") if isinstance(body.get("ticket"), Mapping) else body
    number = about.get("number") if isinstance(about, Mapping) else None
    if isinstance(number, str):
        structlog.contextvars.bind_contextvars(ticket=number)


def _plain(value: object) -> object:
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, datetime | date | time | UUID | Enum):
        return str(value)
    raise TypeError(type(value).__name__)
