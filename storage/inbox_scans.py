"""The statements of the inbox: a range scan of an index per role held, in one statement, cut at the page's size."""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from storage import rows
from storage import tables as t
from storage.cutting import KEPT, cut
from storage.ticket_rows import TICKET_ROW, TICKETS
from storage.types import Moment

COUNTED = 100
"""Counts stop here and are shown as 99+."""

MOST_GRANTS = 400
"""SQLite joins up to 500 scans in a statement; who holds more than this is asked in several."""
_ME = bindparam("me", type_=sa.Uuid)
_key = t.task.alias("key")
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


def _shown(first: sa.Subquery) -> sa.Select[Any]:
    """What a row shows of the tasks whose keys were found.

    They are found by the keys alone, which stand in an index in their order: PostgreSQL plans for somebody of average
    zeal, for whom it might as well read all and sort, and the plan has to be good for the most zealous too.
    """
    task = (t.task.c.ticket_id == first.c.ticket_id) & (t.task.c.seq == first.c.seq)
    return sa.select(*TICKET_ROW, *_TASK_ROW).select_from(_tasks(first.join(t.task, task)))


def _of_grant(number: int) -> sa.ColumnElement[bool]:
    return (t.offer.c.role == bindparam(f"role_{number}")) & (t.offer.c.business == bindparam(f"business_{number}"))


@lru_cache(maxsize=KEPT)
def claimable(grants: int, limit: int) -> sa.Select[Any]:
    """A page of what may be claimed by so many roles: a scan of the index for each, and one order over all."""
    keys = (t.offer.c.opened_at, t.offer.c.ticket_id, t.offer.c.seq)
    scans = [
        sa.select(*keys).where(_of_grant(number), _after(*keys)).order_by(*keys).limit(cut(limit)).subquery()
        for number in range(grants)
    ]
    # A task that several of the roles may claim is one task.
    found = sa.union(*(sa.select(scan) for scan in scans)).subquery()
    first = sa.select(found).order_by(*found.c).limit(cut(limit)).subquery("offered")
    return _shown(first).order_by(t.task.c.opened_at, t.task.c.ticket_id, t.task.c.seq)


@lru_cache(maxsize=KEPT)
def mine(limit: int) -> sa.Select[Any]:
    """What the actor holds, oldest first."""
    keys = (_key.c.opened_at, _key.c.ticket_id, _key.c.seq)
    held = (_key.c.assignee_id == _ME) & (_key.c.state == sa.literal_column("'claimed'"))
    first = sa.select(*keys).where(held, _after(*keys)).order_by(*keys).limit(cut(limit)).subquery("held")
    return _shown(first).order_by(t.task.c.opened_at, t.task.c.ticket_id, t.task.c.seq)


@lru_cache(maxsize=KEPT)
def done(limit: int) -> sa.Select[Any]:
    """What the actor did, newest first."""
    keys = (_key.c.ended_at, _key.c.ticket_id, _key.c.seq)
    ended = (_key.c.ended_by == _ME) & (_key.c.state == sa.literal_column("'completed'"))
    before = sa.tuple_(*keys) < sa.tuple_(*_AFTER)
    newest = [key.desc() for key in keys]
    first = sa.select(*keys).where(ended, before).order_by(*newest).limit(cut(limit)).subquery("ended")
    return _shown(first).order_by(t.task.c.ended_at.desc(), t.task.c.ticket_id.desc(), t.task.c.seq.desc())


@lru_cache(maxsize=KEPT)
def count_offers(grants: int, roles: int) -> sa.Select[Any]:
    """How many tasks may be claimed by so many grants of so many roles, exact up to COUNTED.

    What waits on a ticket on hold is listed, so that nobody looks for it, but not counted: nobody can take it now.
    A task is offered once to each of its roles, so that this many offers are COUNTED tasks or more.
    """
    offers = sa.union_all(
        *(sa.select(t.offer.c.ticket_id, t.offer.c.seq).where(_of_grant(number)) for number in range(grants))
    ).subquery()
    # Not a join, which may begin by reading every offer: this is asked offer by offer until there are enough.
    on_hold = sa.select(t.ticket.c.suspended).where(t.ticket.c.id == offers.c.ticket_id).scalar_subquery()
    some = sa.select(offers).where(~on_hold).limit(cut(COUNTED * roles)).subquery()
    return sa.select(sa.func.count().label("count")).select_from(sa.select(some).distinct().subquery())


COUNT_MINE = sa.select(sa.func.count().label("count")).select_from(
    sa.select(t.task.c.seq)
    .where(t.task.c.assignee_id == _ME, t.task.c.state == sa.literal_column("'claimed'"))
    .limit(cut(COUNTED))
    .subquery()
)
