"""Whoever comes too late is told who was there first, and when."""

from collections.abc import Callable

import pytest

from engine.commands import tasks, tickets
from engine.errors import Conflict
from storage.store import Store
from tests.support.desk import HANDLING, Desk

Command = Callable[[Store, str, str], object]


def _refused(desk: Desk, name: str, command: Callable[[Store], object]) -> Conflict:
    with pytest.raises(Conflict) as refusal:
        desk.do(name, command)
    return refusal.value


@pytest.mark.parametrize(
    ("by", "end"),
    [
        ("kefu", lambda work, ticket, _: tickets.withdraw(work, ticket, reason="已自行恢复")),
        ("admin", lambda work, ticket, _: tickets.cancel(work, ticket, reason="误报")),
        ("yunwei1", lambda work, _, task: tasks.complete(work, task, answers=HANDLING)),
    ],
    ids=["withdrawn", "cancelled", "completed"],
)
def test_a_task_that_has_ended_names_whoever_ended_it(desk: Desk, by: str, end: Command) -> None:
    opened = desk.open()
    ticket, task = str(opened.case.ticket.id), opened.tasks[0].public_id
    if by == "yunwei1":
        desk.claim(by, task)
    desk.do(by, lambda work: end(work, ticket, task))
    at = desk.clock()
    refusal = _refused(desk, "yunwei2", lambda work: tasks.claim(work, task))
    assert refusal.code == "NOT_ACTIVE"
    assert (refusal.params["by"], refusal.params["at"]) == (by.title(), at)


def test_a_ticket_that_has_ended_says_how_and_when(desk: Desk) -> None:
    ticket = str(desk.open().case.ticket.id)
    desk.do("admin", lambda work: tickets.cancel(work, ticket, reason="误报"))
    at = desk.clock()
    refusal = _refused(desk, "kefu", lambda work: tickets.withdraw(work, ticket, reason="x"))
    assert (refusal.code, dict(refusal.params)) == ("TICKET_ENDED", {"phase": "cancelled", "at": at})
