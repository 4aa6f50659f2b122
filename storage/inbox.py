"""The inbox: one statement for a page of it, whatever the number of roles held. Never an offset."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from engine.values.actors import Actor, Grant
from engine.values.pages import Page, Place
from engine.values.views import InboxView, TaskRow
from storage import rows
from storage.channel import Statement
from storage.definitions import definition_of
from storage.inbox_scans import COUNT_MINE, COUNTED, MOST_GRANTS, claimable, count_offers, done, mine
from storage.ticket_rows import ticket_row_of
from storage.types import EPOCH
from storage.work import Work

_FIRST = UUID(int=0)


class InboxLists:
    """The Inbox port over one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def page(self, view: InboxView, *, after: Place | None, limit: int) -> Page[TaskRow, Place]:
        """A page of the actor's inbox: oldest first, or (done) newest first."""
        actor = self._work.actor
        newest_first = view is InboxView.DONE
        place = {**_place(after, newest_first=newest_first), "me": actor.id}
        if view is InboxView.CLAIMABLE:
            statements = [
                Statement(claimable(len(some), limit + 1), {**place, **_parameters(some)}) for some in _grants(actor)
            ]
        else:
            statements = [Statement((mine if view is InboxView.MINE else done)(limit + 1), place)]
        found = _merged(self._work.read(*statements)) if statements else []
        return self._page(found, limit, newest_first=newest_first)

    def counts(self) -> dict[InboxView, int]:
        """How many tasks the actor may claim now and holds, counted up to COUNTED."""
        actor = self._work.actor
        offers = [
            Statement(count_offers(len(some), len({grant.role for grant in some})), _parameters(some))
            for some in _grants(actor)
        ]
        *offered, held = self._work.read(*offers, Statement(COUNT_MINE, {"me": actor.id}))
        claimable = sum(row.count for result in offered for row in result)
        return {InboxView.CLAIMABLE: min(claimable, COUNTED), InboxView.MINE: held[0].count}

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


def _grants(actor: Actor) -> Iterator[list[Grant]]:
    """The actor's grants, as many as one statement may ask for at a time."""
    grants = iter(sorted(actor.grants, key=str))
    while some := list(islice(grants, MOST_GRANTS)):
        yield some


def _parameters(grants: Iterable[Grant]) -> dict[str, object]:
    held = enumerate(grants)
    return {
        name: value
        for number, grant in held
        for name, value in ((f"role_{number}", grant.role), (f"business_{number}", grant.business or ""))
    }


def _place(after: Place | None, *, newest_first: bool) -> dict[str, object]:
    if after is not None:
        return {"after_at": after.at, "after_id": after.id, "after_seq": after.seq}
    far = EPOCH.replace(year=9999) if newest_first else EPOCH
    return {"after_at": far, "after_id": _FIRST, "after_seq": 0}
