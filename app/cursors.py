"""Cursors: where the next page of a list begins, opaque, signed, and good only for who got it and for that list."""

import base64
import binascii
import hmac
from datetime import timedelta
from typing import cast
from uuid import UUID

import orjson

from app.asking import Ask
from app.errors import Malformed
from engine.values.actors import Actor
from engine.values.pages import Place
from storage.types import EPOCH

_SIGNATURE = 16
_LONGEST = 1_024
_MICROSECOND = timedelta(microseconds=1)


def sealed(ask: Ask, actor: Actor, value: object) -> str:
    """The cursor of this value for this person and list."""
    payload = orjson.dumps(value)
    return base64.urlsafe_b64encode(_signature(ask, actor, payload) + payload).rstrip(b"=").decode()


def opened(ask: Ask, actor: Actor, cursor: str) -> object:
    """The value of a cursor.

    Raises: Malformed `CURSOR_INVALID` unless this list gave it to this person.
    """
    try:
        raw = base64.b64decode(cursor[:_LONGEST] + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("CURSOR_INVALID") from None
    signature, payload = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not hmac.compare_digest(signature, _signature(ask, actor, payload)):
        raise Malformed("CURSOR_INVALID")
    value: object = orjson.loads(payload)
    return value


def place_cursor(ask: Ask, actor: Actor, place: Place | None) -> str | None:
    """The cursor of a place, None on the last page."""
    if place is None:
        return None
    at = None if place.at is None else (place.at - EPOCH) // _MICROSECOND
    return sealed(ask, actor, [at, None if place.id is None else str(place.id), place.seq])


def place_of(ask: Ask, actor: Actor, cursor: str | None) -> Place | None:
    """The place of a cursor, None for the first page.

    Raises: Malformed `CURSOR_INVALID`.
    """
    if cursor is None:
        return None
    # The signature says that we wrote it.
    at, row, seq = cast("tuple[int | None, str | None, int]", opened(ask, actor, cursor))
    return Place(at=None if at is None else EPOCH + at * _MICROSECOND, id=None if row is None else UUID(row), seq=seq)


def text_cursor(ask: Ask, actor: Actor, key: str | int | None) -> str | None:
    """The cursor of a key, None on the last page."""
    return None if key is None else sealed(ask, actor, str(key))


def text_of(ask: Ask, actor: Actor, cursor: str | None) -> str | None:
    """The key of a cursor, None for the first page.

    Raises: Malformed `CURSOR_INVALID`.
    """
    return None if cursor is None else str(opened(ask, actor, cursor))


def _signature(ask: Ask, actor: Actor, payload: bytes) -> bytes:
    message = b"\n".join((b"cursor", ask.route.encode(), str(actor.id).encode(), payload))
    return hmac.new(ask.desk.settings.secret_key, message, "sha256").digest()[:_SIGNATURE]
