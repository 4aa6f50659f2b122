"""Lists of tickets, and what hangs on one of them. Keyset pages, never an offset."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.values.actors import Actor
from engine.values.events import Attachment, Comment, Event
from engine.values.pages import Page, Place
from engine.values.processes import Names
from engine.values.views import TicketFilter, TicketRow, TicketScope
from storage import rows
from storage import tables as t
from storage.channel import Parameters, Statement
from storage.credentials import LOOK_UP, LocalCredential, parameters_of
from storage.gate import actor_of
from storage.json import loads
from storage.sight import REACH, sees_all
from storage.ticket_rows import business_of, ticket_row_of
from storage.ticket_scans import NEWEST, by_reach, by_scope, conditions_of, walk
from storage.work import Work

T = TypeVar("T")

_MOST_WAYS = 256
"""Whoever sees the tickets of more deployments than this sees so much that walking over all is no loss."""
_LIMIT = bindparam("limit", type_=sa.Integer)
_TICKET_ID = bindparam("ticket_id", type_=sa.Uuid)
_actor, _author, _uploader = t.user.alias("actor"), t.user.alias("author"), t.user.alias("uploader")


def _without(table: sa.Table, name: str) -> list[sa.Column[Any]]:
    """The table's columns but the one that stands with a person's other columns."""
    return [column for column in table.c if column.name != name]


_NAMES = (
    sa.select(
        t.service.c.key.label("service_key"),
        t.service.c.name_zh.label("service_zh"),
        t.service.c.name_en.label("service_en"),
        t.business.c.name_zh.label("business_zh"),
        t.business.c.name_en.label("business_en"),
    )
    .select_from(
        t.ticket.join(t.service, t.service.c.id == t.ticket.c.service_id).outerjoin(
            t.business, t.business.c.key == t.ticket.c.business
        )
    )
    .where(t.ticket.c.id == _TICKET_ID)
)
_EVENTS = (
    sa.select(*_without(t.event, "actor_id"), *rows.person_columns(_actor, "actor"))
    .select_from(t.event.outerjoin(_actor, _actor.c.id == t.event.c.actor_id))
    .where(t.event.c.ticket_id == _TICKET_ID, t.event.c.seq > bindparam("after_seq"))
    .order_by(t.event.c.seq)
    .limit(_LIMIT)
)
_COMMENTS = (
    sa.select(*_without(t.comment, "author_id"), *rows.person_columns(_author, "author"))
    .select_from(t.comment.join(_author, _author.c.id == t.comment.c.author_id))
    .where(t.comment.c.ticket_id == _TICKET_ID, t.comment.c.seq > bindparam("after_seq"))
    .order_by(t.comment.c.seq)
    .limit(_LIMIT)
)
_ATTACHMENTS = (
    sa.select(*_without(t.attachment, "uploader_id"), *rows.person_columns(_uploader, "uploader"))
    .select_from(t.attachment.join(_uploader, _uploader.c.id == t.attachment.c.uploader_id))
    .where(t.attachment.c.ticket_id == _TICKET_ID)
    .order_by(t.attachment.c.seq)
)
_SAVED = sa.select(t.saved_answers.c.answers, t.saved_answers.c.updated_at).where(
    t.saved_answers.c.user_id == bindparam("me", type_=sa.Uuid), t.saved_answers.c.key == bindparam("key")
)


class TicketLists:
    """The TicketLists port over one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def tickets(self, wanted: TicketFilter, *, after: Place | None, limit: int) -> Page[TicketRow, Place]:
        """A page of tickets that the actor sees, newest first."""
        conditions = conditions_of(wanted)
        parameters = {
            **conditions,
            "beginning": str(conditions.get("text", "")).upper(),
            "me": self._work.actor.id,
            "after_id": after.id if after is not None and after.id is not None else NEWEST,
        }
        found = self._found(wanted.scope, tuple(conditions), parameters, limit + 1)
        items = tuple(ticket_row_of(row) for row in found[:limit])
        more = len(found) > limit
        return Page(items=items, after=Place(id=items[-1].ticket.id) if more else None)

    def _found(self, scope: TicketScope, conditions: tuple[str, ...], parameters: Parameters, limit: int) -> list[Any]:
        if scope is not TicketScope.ALL or sees_all(self._work.actor):
            [found] = self._work.read(Statement(by_scope(scope, conditions, limit), parameters))
            return found
        [reach] = self._work.read(Statement(REACH, {"me": parameters["me"]}))
        [found] = self._work.read(_reaching(reach, conditions, parameters, limit))
        return found

    def names(self, ticket_id: UUID) -> tuple[str, Names, Names | None]:
        """The service's key and name and the business's name of a ticket that exists."""
        [[row]] = self._work.read(Statement(_NAMES, {"ticket_id": ticket_id}))
        return row.service_key, Names(zh=row.service_zh, en=row.service_en), business_of(row)

    def events(self, ticket_id: UUID, *, after: int, limit: int) -> tuple[Event, ...]:
        """At most `limit` events after this number, in order."""
        parameters = {"ticket_id": ticket_id, "after_seq": after, "limit": limit}
        [found] = self._work.read(Statement(_EVENTS, parameters))
        return tuple(rows.event_of(row) for row in found)

    def comments(self, ticket_id: UUID, *, after: int, limit: int) -> tuple[Comment, ...]:
        """At most `limit` comments after this number, in order."""
        parameters = {"ticket_id": ticket_id, "after_seq": after, "limit": limit}
        [found] = self._work.read(Statement(_COMMENTS, parameters))
        return tuple(rows.comment_of(row) for row in found)

    def attachments(self, ticket_id: UUID) -> tuple[Attachment, ...]:
        """All attachments of a ticket (20 at most), in order."""
        [found] = self._work.read(Statement(_ATTACHMENTS, {"ticket_id": ticket_id}))
        return tuple(rows.attachment_of(row) for row in found)

    def saved(self, key: str) -> tuple[dict[str, object], Any] | None:
        """The actor's saved answers under this key (`task:<id>`, `service:<id>`) with their moment, if any."""
        [found] = self._work.read(Statement(_SAVED, {"me": self._work.actor.id, "key": key}))
        return (loads(found[0].answers), found[0].updated_at) if found else None

    def actor_named(self, name: str) -> Actor | None:
        """Another active user as an actor, with the roles they hold now (for `why`)."""
        credential = LocalCredential(name)
        [found] = self._work.read(Statement(LOOK_UP[LocalCredential], parameters_of(credential)))
        return actor_of(credential, found) if found and found[0].active else None


def _reaching(reach: Iterable[Any], conditions: tuple[str, ...], parameters: Parameters, limit: int) -> Statement:
    """The statement that goes each way to what the actor sees, or walks over everything where the ways are too many."""
    wholes = {row.deployment_id for row in reach if not row.business}
    parts = [(row.deployment_id, row.business) for row in reach if row.business and row.deployment_id not in wholes]
    if len(wholes) + len(parts) > _MOST_WAYS:
        return Statement(walk(conditions, limit), parameters)
    whole, part = _padded(sorted(wholes)), _padded(parts)
    named = {f"whole_{number}": deployment for number, deployment in enumerate(whole)}
    for number, (deployment, business) in enumerate(part):
        named |= {f"part_{number}": deployment, f"business_{number}": business}
    return Statement(by_reach(len(whole), len(part), conditions, limit), {**parameters, **named})


def _padded(ways: Sequence[T]) -> list[T]:
    """The last one repeated up to a power of two, so that there are few statements to prepare; a way that is gone twice
    finds nothing new."""
    if not ways:
        return []
    return [*ways, *[ways[-1]] * ((1 << (len(ways) - 1).bit_length()) - len(ways))]
