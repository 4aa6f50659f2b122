"""The statements of a list of tickets: each way to reach what somebody sees is a range scan of an index, newest first.

They are made once for each set of conditions and each page's size, and kept; values are parameters.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.values.views import TicketFilter, TicketScope
from storage import tables as t
from storage.cutting import KEPT, cut
from storage.sight import ME, SEEN
from storage.ticket_rows import TICKET_ROW, TICKETS

NEWEST = UUID(int=2**128 - 1)
"""A place before every ticket, newest first."""
_ID = t.ticket.c.id
_mine = t.ticket.alias("mine")
_AFTER = bindparam("after_id", type_=sa.Uuid)
_ESCAPE = "/"
_NUMBER = re.compile(r"[A-Z]{3}[0-9]{14,}")

_CONDITIONS: dict[str, sa.ColumnElement[bool]] = {
    "kind": t.ticket.c.kind == bindparam("kind"),
    "phase": t.ticket.c.phase == bindparam("phase"),
    "business": t.ticket.c.business == bindparam("business"),
    "priority": t.ticket.c.priority == bindparam("priority"),
    "service": t.ticket.c.service_id
    == sa.select(t.service.c.id).where(t.service.c.key == bindparam("service")).scalar_subquery(),
    # The status as people see it (`Ticket.shown_status`).
    "on_hold": t.ticket.c.suspended,
    "ended": t.ticket.c.phase == bindparam("ended"),
    "status": (t.ticket.c.status == bindparam("status"))
    & ~t.ticket.c.suspended
    & sa.text("ticket.phase IN ('running', 'closed')"),
    "text": t.ticket.c.title.icontains(bindparam("text", type_=sa.Text), escape=_ESCAPE)
    | t.ticket.c.number.startswith(bindparam("beginning", type_=sa.Text), escape=_ESCAPE),
    "number": t.ticket.c.number == bindparam("number", type_=sa.Text),
    "stuck": t.ticket.c.stuck.is_not(None),
    "not_stuck": t.ticket.c.stuck.is_(None),
}


def conditions_of(wanted: TicketFilter) -> dict[str, object]:
    """The names of the conditions that the filter makes, each with its parameter."""
    return dict(_wanted(wanted))


def _wanted(wanted: TicketFilter) -> Iterator[tuple[str, object]]:
    for name in ("kind", "phase", "business", "priority", "service"):
        value = getattr(wanted, name)
        if value is not None:
            yield name, value
    if wanted.status == "ON_HOLD":
        yield "on_hold", None
    elif wanted.status in ("WITHDRAWN", "CANCELLED"):
        yield "ended", wanted.status.lower()
    elif wanted.status is not None:
        yield "status", wanted.status
    if wanted.text:
        # Titles are kept in NFC (`bpmn.forms.texts`), whatever the keyboard gives.
        text = unicodedata.normalize("NFC", wanted.text)
        # Who gives a whole number means that ticket, and need not wait until every title is read.
        yield ("number", text.upper()) if _NUMBER.fullmatch(text.upper()) else ("text", _escaped(text))
    if wanted.stuck is not None:
        yield "stuck" if wanted.stuck else "not_stuck", None


def _escaped(text: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, f"{_ESCAPE}{special}")
    return text


@lru_cache(maxsize=KEPT)
def by_scope(scope: TicketScope, conditions: tuple[str, ...], limit: int) -> sa.Select[Any]:
    """A page of what the actor opened or follows, or (`ALL`) of every ticket, for those who see every one."""
    ways = {TicketScope.ALL: _every, TicketScope.MINE: _opened, TicketScope.FOLLOWED: _followed}
    return _page([ways[scope](conditions, limit)], limit)


@lru_cache(maxsize=KEPT)
def by_reach(wholes: int, parts: int, conditions: tuple[str, ...], limit: int) -> sa.Select[Any]:
    """A page of what the actor opened, follows, holds or held, and of so many deployments seen as wholes (parameters
    `whole_<n>`) or in one business (`part_<n>`, `business_<n>`)."""
    deployment, business = t.ticket.c.deployment_id, t.ticket.c.business
    seen = [deployment == bindparam(f"whole_{number}", type_=sa.Uuid) for number in range(wholes)]
    seen += [
        (deployment == bindparam(f"part_{number}", type_=sa.Uuid)) & (business == bindparam(f"business_{number}"))
        for number in range(parts)
    ]
    ways = [_opened(conditions, limit), _followed(conditions, limit), _handled(conditions, limit)]
    return _page([*ways, *(_way(each, conditions, limit) for each in seen)], limit)


@lru_cache(maxsize=KEPT)
def walk(conditions: tuple[str, ...], limit: int) -> sa.Select[Any]:
    """A page of what the actor sees, every ticket looked at until it is full."""
    return _page([_way(SEEN, conditions, limit)], limit)


def _page(ways: Sequence[sa.Select[Any]], limit: int) -> sa.Select[Any]:
    scans = [sa.select(way.subquery()) for way in ways]
    found = (sa.union(*scans) if len(scans) > 1 else scans[0]).subquery()
    first = sa.select(found).order_by(found.c.id.desc()).limit(cut(limit)).subquery("found")
    return sa.select(*TICKET_ROW).select_from(first.join(TICKETS, first.c.id == _ID)).order_by(_ID.desc())


def _way(where: sa.ColumnElement[bool], conditions: tuple[str, ...], limit: int) -> sa.Select[Any]:
    return _cut(sa.select(_ID).where(where, *_conditions(conditions)), _ID, limit)


def _cut(found: sa.Select[Any], key: sa.Column[Any], limit: int) -> sa.Select[Any]:
    return found.where(key < _AFTER).order_by(key.desc()).limit(cut(limit))


def _own(key: sa.Column[Any], owner: sa.Column[Any], conditions: tuple[str, ...], limit: int) -> sa.Select[Any]:
    """The tickets that stand in an index under the actor.

    They are found by what stands in the index alone, and the conditions asked of each: PostgreSQL plans for somebody of
    average zeal, for whom it might as well read all and sort, and the plan has to be good for the most zealous too.
    """
    found = sa.select(key.label("id")).where(owner == ME)
    if conditions:
        fulfilled = sa.select(sa.and_(*_conditions(conditions))).where(key == _ID).correlate(key.table)
        found = found.where(fulfilled.scalar_subquery())
    return _cut(found, key, limit)


def _every(conditions: tuple[str, ...], limit: int) -> sa.Select[Any]:
    return _way(sa.true(), conditions, limit)


def _opened(conditions: tuple[str, ...], limit: int) -> sa.Select[Any]:
    return _own(_mine.c.id, _mine.c.requester_id, conditions, limit)


def _followed(conditions: tuple[str, ...], limit: int) -> sa.Select[Any]:
    return _own(t.follower.c.ticket_id, t.follower.c.user_id, conditions, limit)


def _handled(conditions: tuple[str, ...], limit: int) -> sa.Select[Any]:
    return _own(t.party.c.ticket_id, t.party.c.user_id, conditions, limit)


def _conditions(names: tuple[str, ...]) -> list[sa.ColumnElement[bool]]:
    return [_CONDITIONS[name] for name in names]
