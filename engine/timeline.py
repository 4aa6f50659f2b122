"""The chain of a ticket's events: each envelope's hash covers the one before it.

The envelope holds a salted digest of the payload, not the payload, so that a payload can be erased and the chain still
verifies. Hashes are SHA-256 (FIPS 180-4).
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import orjson

from engine.values.actors import Actor
from engine.values.events import Event, EventType
from engine.values.tickets import Ticket

SALT_BYTES = 16


def follow(ticket: Ticket, *, type: EventType, actor: Actor | None, at: datetime, **payload: object) -> Event:  # noqa: A002
    """The ticket's next event, chained to its newest one."""
    event = Event(
        ticket_id=ticket.id,
        seq=ticket.events + 1,
        at=at,
        type=type,
        actor=None if actor is None else actor.person,
        payload=payload,
        salt=secrets.token_bytes(SALT_BYTES),
    )
    return replace(event, hash=envelope_hash(ticket.last_hash, event))


def recorded(ticket: Ticket, event: Event) -> Ticket:
    """The ticket once this event is its newest."""
    return replace(ticket, events=event.seq, last_hash=event.hash)


def envelope_hash(previous: bytes, event: Event) -> bytes:
    """SHA-256 over the previous hash and this event's envelope."""
    digest = hashlib.sha256(event.salt + _canonical(dict(event.payload))).digest()
    return _envelope_hash(previous, event, digest)


def first_break(events: Iterable[Event]) -> int | None:
    """The number of the first event that does not fit the chain, or None when all do."""
    previous, expected = b"", 1
    for event in events:
        if event.seq != expected or event.hash != envelope_hash(previous, event):
            return event.seq
        previous, expected = event.hash, expected + 1
    return None


def _envelope_hash(previous: bytes, event: Event, payload_digest: bytes) -> bytes:
    envelope = {
        "ticket": event.ticket_id,
        "seq": event.seq,
        "at": event.at.isoformat(timespec="microseconds"),
        "type": event.type.value,
        "actor": None if event.actor is None else event.actor.id,
        "payload": payload_digest.hex(),
    }
    return hashlib.sha256(previous + _canonical(envelope)).digest()


def _canonical(value: dict[str, object]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, frozenset | tuple | set):
        return list(value)
    raise TypeError(type(value).__name__)
