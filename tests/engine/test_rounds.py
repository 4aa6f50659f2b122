"""A ticket that is sent back again and again costs in its last round what it cost in its first: security-bar R-01.

Whole commands on a real SQLite database: authorisation, form, runner, timeline, jobs and the commit.
"""

from collections.abc import Callable

import pytest

from engine.values.tickets import Phase
from storage import tables
from storage.checks import check
from storage.database import Database
from tests.support.case_work import CaseWork, for_worker, open_case
from tests.support.cost import beside, go_round
from tests.support.desk import Desk, furnish
from tests.support.diagrams import process, to_bpmn

REJECTED = "start -> Handle -> xor1 -(redo!)-> Handle\nxor1 -(ok)-> end"
REWORKED = """
    start -> Handle -> and1 -> B -> and2 -> Check -> xor1
    and1 -> C -> and2
    xor1 -(redo!)-> Handle
    xor1 -(ok)-> end
"""
LOOPS = pytest.mark.parametrize(
    ("text", "tasks"),
    [(REJECTED, ("Handle",)), (REWORKED, ("Handle", "B", "C", "Check"))],
    ids=["user task and gateway", "six nodes"],
)
ANSWERS = {"comment": "切换至备用线路"}


def _opened(database: Database, text: str) -> CaseWork:
    desk = furnish(Desk(database=database))
    desk.put_in_service("loop", content=to_bpmn(for_worker(process(text))), needs_business=False)
    return open_case(desk, "loop", {"title": "网站打不开"})


def _round(case: CaseWork, tasks: tuple[str, ...]) -> Callable[[int], int]:
    """A round after which the task is offered again and the ticket runs; the bytes of the position."""

    def once(number: int) -> int:
        *before, last = tasks
        for element in (*before[:1], *(before[1:] if number % 2 else reversed(before[1:]))):
            case.complete(case.at(element), ANSWERS)
        case.complete(case.at(last), ANSWERS, "redo")
        assert [task.element_id for task in case.tasks.values()] == ["Handle"]
        assert case.case.ticket.phase is Phase.RUNNING
        return len(case.case.state)

    return once


def _approve(case: CaseWork, tasks: tuple[str, ...]) -> None:
    """Ends the ticket; nothing is wrong with what is stored, and its whole history is there."""
    for element in tasks[:-1]:
        case.complete(case.at(element), ANSWERS)
    assert case.case.ticket.phase is Phase.RUNNING
    case.complete(case.at(tasks[-1]), ANSWERS, "ok")
    assert case.case.ticket.phase is Phase.CLOSED
    assert case.desk.see("admin", lambda work: list(check(work))) == []


@LOOPS
def test_rounds_of_sending_back_make_the_same_calls_each(
    sqlite_database: Database, text: str, tasks: tuple[str, ...]
) -> None:
    """security-bar R-01, the short form."""
    case = _opened(sqlite_database, text)
    _round(case, tasks)(0)
    present, size = case.current(), case.size()
    rounds = go_round(120, _round(case, tasks), part=40)
    print(f"\n{len(tasks)} tasks a round: {rounds.first:.0f} calls at first, {rounds.last:.0f} at last")
    assert 0 < rounds.ratio <= 1.05
    assert case.current() == present
    assert case.size() <= size + 16  # Only the numbers in it get longer.
    _approve(case, tasks)


@pytest.mark.long
@pytest.mark.timeout(1800)
@LOOPS
def test_two_thousand_rounds_of_sending_back_take_the_same_time_each(
    sqlite_database: Database, text: str, tasks: tuple[str, ...]
) -> None:
    """security-bar R-01."""
    old = _opened(sqlite_database, text)
    fresh = _opened(_beside(sqlite_database), text)
    for number in range(2_000):
        _round(old, tasks)(number)
    _round(fresh, tasks)(0)
    assert old.current() == fresh.current()
    rounds = beside(_round(fresh, tasks), _round(old, tasks))
    print(f"\n{len(tasks)} tasks a round: CPU {rounds.first * 1e3:.2f} ms at first,", end=" ")
    print(f"{rounds.last * 1e3:.2f} ms after 2,000 rounds ({rounds.ratio:.2f});", end=" ")
    print(f"{fresh.size()} and {old.size()} bytes of state, {len(old.rows(tables.event))} events")
    assert rounds.ratio <= 1.2
    assert rounds.growth <= 1.2
    assert old.size() <= fresh.size() * 1.2
    _approve(old, tasks)
    fresh.desk.database.dispose()


def _beside(database: Database) -> Database:
    """Another fresh database beside this one."""
    made = Database(f"{database.engine.url}.fresh")
    tables.metadata.create_all(made.engine)
    return made
