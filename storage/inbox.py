"""The inbox: one range scan of an index per role held, merged and cut at the page's size. Never an offset."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.values.actors import Actor
from engine.values.pages import Page, Place
from engine.values.views import InboxView, TaskRow
from storage import rows
from storage import tables as t
from storage.channel import Statement
from storage.definitions import definition_of
from storage.ticket_lists import TICKET_ROW, TICKETS, ticket_row_of
from storage.types import EPOCH, Moment
from storage.work import Work

COUNTED = 100
"""Counts stop here and are shown as 99+."""

_FIRST = UUID(int=0)
_LIMIT = bindparam("limit", type_=sa.Integer)
# A task's own columns, prefixed: both tables have an id, a status and moments.
_TASK_ROW = (
    *(column.label(f"task_{column.name}") for column in t.task.c),
    *rows.person_columns(rows.assignee, "assignee"),
    *rows.person_columns(rows.finisher, "finisher"),
    t.deployment.c.version.label("version_number"),
    t.version.c.hash.label("version_hash"),
)


def _tasks(first: sa.FromClause) -> sa.FromClause:
    """What a row shows, joined behind what finds the tasks.

    The order matters: PostgreSQL arranges the first eight tables (join_collapse_limit) as it likes and the rest as they
    stand, so that what cuts to a page must stand in front.
    """
    return (
        first.join(TICKETS, t.ticket.c.id == t.task.c.ticket_id)
        .outerjoin(rows.assignee, rows.assignee.c.id == t.task.c.assignee_id)
        .outerjoin(rows.finisher, rows.finisher.c.id == t.task.c.ended_by)
        .join(t.deployment, t.deployment.c.id == t.ticket.c.deployment_id)
        .join(
            t.version,
            (t.version.c.process_id == t.deployment.c.process_id) & (t.version.c.number == t.deployment.c.version),
        )
    )


_AFTER: tuple[Any, ...] = (
    bindparam("after_at", type_=Moment),
    bindparam("after_id", type_=sa.Uuid),
    bindparam("after_seq"),
)


def _after(at: Any, ticket_id: Any, seq: Any) -> sa.ColumnElement[bool]:
    return sa.tuple_(at, ticket_id, seq) > sa.tuple_(*_AFTER)


_OFFERED = (
    sa.select(t.offer.c.ticket_id, t.offer.c.seq, t.offer.c.opened_at)
    .where(
        t.offer.c.role == bindparam("role"),
        t.offer.c.business == bindparam("business"),
        _after(t.offer.c.opened_at, t.offer.c.ticket_id, t.offer.c.seq),
    )
    .order_by(t.offer.c.opened_at, t.offer.c.ticket_id, t.offer.c.seq)
    .limit(_LIMIT)
    .subquery("offered")
)
_CLAIMABLE = (
    sa.select(*TICKET_ROW, *_TASK_ROW)
    .select_from(
        _tasks(_OFFERED.join(t.task, (t.task.c.ticket_id == _OFFERED.c.ticket_id) & (t.task.c.seq == _OFFERED.c.seq)))
    )
    .order_by(t.task.c.opened_at, t.task.c.ticket_id, t.task.c.seq)
)
_MINE = (
    sa.select(*TICKET_ROW, *_TASK_ROW)
    .select_from(_tasks(t.task))
    .where(
        t.task.c.assignee_id == bindparam("me", type_=sa.Uuid),
        t.task.c.state == sa.literal_column("'claimed'"),
        _after(t.task.c.opened_at, t.task.c.ticket_id, t.task.c.seq),
    )
    .order_by(t.task.c.opened_at, t.task.c.ticket_id, t.task.c.seq)
    .limit(_LIMIT)
)
_DONE = (
    sa.select(*TICKET_ROW, *_TASK_ROW)
    .select_from(_tasks(t.task))
    .where(
        t.task.c.ended_by == bindparam("me", type_=sa.Uuid),
        t.task.c.state == sa.literal_column("'completed'"),
        sa.tuple_(t.task.c.ended_at, t.task.c.ticket_id, t.task.c.seq) < sa.tuple_(*_AFTER),
    )
    .order_by(t.task.c.ended_at.desc(), t.task.c.ticket_id.desc(), t.task.c.seq.desc())
    .limit(_LIMIT)
)
# What waits on a ticket on hold is listed, so that nobody looks for it, but not counted: nobody can take it now.
_COUNT_OFFERS = (
    sa.select(t.offer.c.ticket_id, t.offer.c.seq)
    .join(t.ticket, t.ticket.c.id == t.offer.c.ticket_id)
    .where(t.offer.c.role == bindparam("role"), t.offer.c.business == bindparam("business"), ~t.ticket.c.suspended)
    .order_by(t.offer.c.opened_at, t.offer.c.ticket_id, t.offer.c.seq)
    .limit(_LIMIT)
)
_COUNT_MINE = (
    sa.select(t.task.c.ticket_id, t.task.c.seq)
    .where(t.task.c.assignee_id == bindparam("me", type_=sa.Uuid), t.task.c.state == sa.literal_column("'claimed'"))
    .limit(_LIMIT)
)


class InboxLists:
    """The Inbox port over one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def page(self, view: InboxView, *, after: Place | None, limit: int) -> Page[TaskRow, Place]:
        """A page of the actor's inbox: oldest first, or (done) newest first."""
        actor = self._work.actor
        newest_first = view is InboxView.DONE
        place = {**_place(after, newest_first=newest_first), "limit": limit + 1}
        if view is InboxView.CLAIMABLE:
            statements = [Statement(_CLAIMABLE, {**place, **grant}) for grant in _grants(actor)]
        else:
            statements = [Statement(_MINE if view is InboxView.MINE else _DONE, {**place, "me": actor.id})]
        found = _merged(self._work.read(*statements)) if statements else []
        return self._page(found, limit, newest_first=newest_first)

    def counts(self) -> dict[InboxView, int]:
        """How many tasks the actor may claim now and holds, counted up to COUNTED."""
        actor = self._work.actor
        offers = [Statement(_COUNT_OFFERS, {**grant, "limit": COUNTED}) for grant in _grants(actor)]
        *offered, mine = self._work.read(*offers, Statement(_COUNT_MINE, {"me": actor.id, "limit": COUNTED}))
        claimable = {(row.ticket_id, row.seq) for result in offered for row in result}
        return {InboxView.CLAIMABLE: min(len(claimable), COUNTED), InboxView.MINE: len(mine)}

    def _page(self, found: list[Any], limit: int, *, newest_first: bool) -> Page[TaskRow, Place]:
        items = tuple(self._task_row(row) for row in found[:limit])
        if len(found) <= limit:
            return Page(items=items)
        last = items[-1].task
        at = last.ended_at if newest_first else last.opened_at
        return Page(items=items, after=Place(at=at, id=last.ticket_id, seq=last.seq))

    def _task_row(self, row: Any) -> TaskRow:
        definition = definition_of(
            self._work, process_id=row.process_id, number=row.version_number, version_hash=row.version_hash
        )
        task = rows.task_of(_Prefixed(row))
        return TaskRow(task=task, row=ticket_row_of(row), name=definition.nodes_by_id[task.element_id].name)


class _Prefixed:
    """A row whose task columns carry the prefix `task_`."""

    def __init__(self, row: Any) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("assignee_", "finisher_")):
            return getattr(self._row, name)
        return getattr(self._row, f"task_{name}")


def _merged(results: list[list[Any]]) -> list[Any]:
    """The rows of all grants in one order, each task once."""
    if len(results) == 1:
        return results[0]
    found = {(row.task_ticket_id, row.task_seq): row for result in results for row in result}
    return sorted(found.values(), key=lambda row: (row.task_opened_at, row.task_ticket_id, row.task_seq))


def _grants(actor: Actor) -> Iterable[dict[str, object]]:
    return [{"role": grant.role, "business": grant.business or ""} for grant in sorted(actor.grants, key=str)]


def _place(after: Place | None, *, newest_first: bool) -> dict[str, object]:
    if after is not None:
        return {"after_at": after.at, "after_id": after.id, "after_seq": after.seq}
    far = EPOCH.replace(year=9999) if newest_first else EPOCH
    return {"after_at": far, "after_id": _FIRST, "after_seq": 0}
