"""How lists and changed things are answered."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask import Response

from app.answers import plain, shown, version_tag
from app.asking import Ask
from app.cursors import place_cursor, place_of, text_cursor, text_of
from engine.loading import load_ticket, require_version
from engine.values.actors import Actor
from engine.values.pages import Page, Place
from storage.answer import Answer
from storage.store import Store

T = TypeVar("T")
Shower = Callable[[Any], object]
Query = Mapping[str, Any]


def places(
    ask: Ask, query: Query, read: Callable[[Store, Place | None, int], Page[T, Place]], show: Shower
) -> Response:
    """A page of a list that goes on after a place."""

    def page(work: Store) -> dict[str, object]:
        found = read(work, place_of(ask, work.actor, query["cursor"]), query["limit"])
        return listed(map(show, found.items), place_cursor(ask, work.actor, found.after))

    return shown(ask.look(page))


def keys(ask: Ask, query: Query, read: Callable[[Store, str | None, int], Page[T, str]], show: Shower) -> Response:
    """A page of a list that goes on after a key."""

    def page(work: Store) -> dict[str, object]:
        found = read(work, text_of(ask, work.actor, query["cursor"]), query["limit"])
        return listed(map(show, found.items), text_cursor(ask, work.actor, found.after))

    return shown(ask.look(page))


def numbers(ask: Ask, query: Query, read: Callable[[Store, int, int], Any], show: Shower) -> Response:
    """A page of what is numbered within a ticket."""

    def page(work: Store) -> dict[str, object]:
        found = read(work, int(text_of(ask, work.actor, query["cursor"]) or 0), query["limit"])
        return listed(map(show, found.items), text_cursor(ask, work.actor, found.after))

    return shown(ask.look(page))


def whole(ask: Ask, read: Callable[[Store], Iterable[T]], show: Shower) -> Response:
    """A list that is short by its nature, as one page."""
    return shown(ask.look(lambda work: listed(map(show, read(work)), None)))


def listed(items: Iterable[object], after: str | None) -> dict[str, object]:
    """The members of a page."""
    return {"items": list(items), "next": after}


def done(body: object, *, status: int = 200, version: int | None = None, location: str | None = None) -> Answer:
    """The answer of a command, in the shape in which it can be kept."""
    headers = {} if version is None else version_tag(version)
    if location is not None:
        headers["Location"] = location
    return Answer(status=status, body=plain(body), headers=headers)


NOTHING = Answer(status=204)
"""The answer of a command that leaves nothing to show."""


def require_ticket_version(ask: Ask, work: Store, ticket_id: str) -> Actor:
    """Compare If-Match, where there is one, with the ticket's version.

    Raises: NotFound, PreconditionFailed.
    """
    if ask.if_match is not None:
        require_version(load_ticket(work, ticket_id).case.ticket.events, ask.if_match)
    return work.actor
