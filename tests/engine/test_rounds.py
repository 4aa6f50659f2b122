"""A ticket that is sent back again and again costs in its last round what it cost in its first: security-bar R-01.

Whole commands on a real SQLite database: authorisation, form, runner, timeline, jobs and the commit.
"""

import pytest

from engine.values.tickets import Phase
from storage import tables as t
from storage.checks import check
from storage.database import Database
from tests.support.case_work import CaseWork, for_worker, open_case
from tests.support.cost import PART, WARM_UP, Rounds, go_round
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


def _go(case: CaseWork, count: int, tasks: tuple[str, ...], *, seconds: bool, part: int = PART) -> Rounds:
    """So many rounds; in each the task is offered again, the ticket runs, and nothing but history was added."""
    present = []

    def once(number: int) -> int:
        first, *middle, last = ("", *tasks) if len(tasks) == 1 else tasks
        for element in filter(None, (first, *(middle if number % 2 else reversed(middle)))):
            case.complete(case.at(element), ANSWERS)
        case.complete(case.at(last), ANSWERS, "redo")
        assert [task.element_id for task in case.tasks.values()] == ["Handle"]
        assert case.case.ticket.phase is Phase.RUNNING
        return len(case.case.state)

    def measured(number: int) -> int:
        size = once(number)
        if number in (WARM_UP, count + WARM_UP - 1):
            present.append((case.current(), case.size()))
        return size

    rounds = go_round(count, measured, seconds=seconds, part=part)
    [(rows, bytes_), (rows_at_last, bytes_at_last)] = present
    assert rows_at_last == rows
    assert bytes_at_last <= bytes_ + 16  # Only the numbers in it get longer.
    return rounds


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
    rounds = _go(case, 120, tasks, seconds=False, part=40)
    print(f"\n{len(tasks)} tasks a round: {rounds.first:.0f} calls at first, {rounds.last:.0f} at last")
    assert 0 < rounds.ratio <= 1.05
    _approve(case, tasks)


@pytest.mark.long
@pytest.mark.timeout(1800)
@LOOPS
def test_two_thousand_rounds_of_sending_back_take_the_same_time_each(
    sqlite_database: Database, text: str, tasks: tuple[str, ...]
) -> None:
    """security-bar R-01."""
    case = _opened(sqlite_database, text)
    rounds = _go(case, 2_000, tasks, seconds=True)
    print(f"\n{len(tasks)} tasks a round, 2,000 rounds: CPU {rounds.first * 1e3:.2f} ms at first,", end=" ")
    print(f"{rounds.last * 1e3:.2f} ms at last ({rounds.ratio:.2f}); {case.size()} bytes of state,")
    print(f"{len(case.rows(t.event))} events")
    assert rounds.ratio <= 1.2
    assert rounds.growth <= 1.2
    _approve(case, tasks)
