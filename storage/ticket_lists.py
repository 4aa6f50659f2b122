"""Lists of tickets, and what hangs on one of them. Keyset pages, never an offset."""

import unicodedata
from collections.abc import Iterable
from typing import Any
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
from storage.channel import Statement
from storage.credentials import LOOK_UP, LocalCredential, parameters_of
from storage.gate import actor_of
from storage.json import loads
from storage.sight import seen_by
from storage.work import Work

TICKETS = (
    t.ticket.join(rows.requester, rows.requester.c.id == t.ticket.c.requester_id)
    .join(t.service, t.service.c.id == t.ticket.c.service_id)
    .outerjoin(t.business, t.business.c.key == t.ticket.c.business)
)
TICKET_ROW = (
    *rows.TICKET_COLUMNS,
    t.service.c.key.label("service_key"),
    t.service.c.name_zh.label("service_zh"),
    t.service.c.name_en.label("service_en"),
    t.business.c.name_zh.label("business_zh"),
    t.business.c.name_en.label("business_en"),
)
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
        statement = (
            sa.select(*TICKET_ROW)
            .select_from(TICKETS)
            .where(seen_by(self._work.actor), *_conditions(wanted, self._work.actor))
            .order_by(t.ticket.c.id.desc())
            .limit(limit + 1)
        )
        if after is not None and after.id is not None:
            statement = statement.where(t.ticket.c.id < after.id)
        [found] = self._work.read(Statement(statement))
        items = tuple(ticket_row_of(row) for row in found[:limit])
        more = len(found) > limit
        return Page(items=items, after=Place(id=items[-1].ticket.id) if more else None)

    def names(self, ticket_id: UUID) -> tuple[str, Names, Names | None]:
        """The service's key and name and the business's name of a ticket that exists."""
        [[row]] = self._work.read(Statement(_NAMES, {"ticket_id": ticket_id}))
        return row.service_key, Names(zh=row.service_zh, en=row.service_en), _business(row)

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


def ticket_row_of(row: Any) -> TicketRow:
    """A ticket in a list, from TICKET_ROW."""
    return TicketRow(
        ticket=rows.ticket_of(row),
        service_key=row.service_key,
        service=Names(zh=row.service_zh, en=row.service_en),
        business=_business(row),
    )


def _business(row: Any) -> Names | None:
    return None if row.business_zh is None else Names(zh=row.business_zh, en=row.business_en)


def _conditions(wanted: TicketFilter, actor: Actor) -> Iterable[sa.ColumnElement[bool]]:
    columns = {
        t.ticket.c.kind: wanted.kind,
        t.ticket.c.phase: wanted.phase,
        t.ticket.c.business: wanted.business,
        t.ticket.c.priority: wanted.priority,
        t.service.c.key: wanted.service,
    }
    yield from (column == value for column, value in columns.items() if value is not None)
    if wanted.status is not None:
        yield _status(wanted.status)
    if wanted.text:
        # Titles are kept in NFC (`bpmn.forms.texts`), whatever the keyboard gives.
        text = unicodedata.normalize("NFC", wanted.text)
        yield t.ticket.c.title.icontains(text, autoescape=True) | t.ticket.c.number.startswith(
            text.upper(), autoescape=True
        )
    if wanted.stuck is not None:
        yield t.ticket.c.stuck.is_not(None) if wanted.stuck else t.ticket.c.stuck.is_(None)
    if wanted.scope is TicketScope.MINE:
        yield t.ticket.c.requester_id == actor.id
    if wanted.scope is TicketScope.FOLLOWED:
        yield t.ticket.c.id.in_(sa.select(t.follower.c.ticket_id).where(t.follower.c.user_id == actor.id))


def _status(shown: str) -> sa.ColumnElement[bool]:
    """The status as people see it (`Ticket.shown_status`)."""
    if shown == "ON_HOLD":
        return t.ticket.c.suspended
    if shown in ("WITHDRAWN", "CANCELLED"):
        return t.ticket.c.phase == shown.lower()
    return (t.ticket.c.status == shown) & ~t.ticket.c.suspended & t.ticket.c.phase.in_(["running", "closed"])
