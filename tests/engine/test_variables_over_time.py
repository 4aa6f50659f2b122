"""What conditions and joins see does not depend on when something was stored, or by which branch.

Whole commands on both databases: variables are stored and read again with each.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from bpmn.forms.reading import read_form
from bpmn.lint.concurrent_writes import check as check_writes
from bpmn.model import ProcessDefinition
from engine.values.tickets import Phase
from storage.checks import check
from storage.database import Database
from storage.json import loads
from tests.engine.runner.journeys import begin
from tests.support.case_work import CaseWork, for_worker, open_case
from tests.support.desk import Desk, furnish
from tests.support.diagrams import process
from tests.support.people import NOW

START_FORM = ({"type": "textfield", "id": "title", "key": "title", "label": "t"},)


def _with_forms(text: str, **components: tuple[dict[str, Any], ...]) -> ProcessDefinition:
    """The process, its tasks for one person, with these form-js components asked at these elements."""
    definition, forms = for_worker(process(text)), {}
    for element, fields in {"start": START_FORM, **components}.items():
        document = {"type": "default", "id": f"form_{element}", "schemaVersion": 19, "components": list(fields)}
        form, findings = read_form(orjson.dumps(document).decode(), form_id=f"form_{element}")
        assert form is not None
        assert not findings
        forms[element] = form
    nodes = (replace(node, form=forms[node.id].id if node.id in forms else None) for node in definition.nodes)
    return replace(definition, nodes=tuple(nodes), forms=tuple(forms.values()))


def _opened(database: Database, definition: ProcessDefinition) -> CaseWork:
    desk = furnish(Desk(database=database))
    desk.put_in_service("asked", definition=definition, needs_business=False)
    return open_case(desk, "asked", {"title": "t"})


def _at(case: CaseWork) -> list[str]:
    return sorted(task.element_id for task in case.tasks.values())


def _nothing_is_wrong(case: CaseWork) -> None:
    assert case.desk.see("admin", lambda work: list(check(work))) == []


DATE = {"type": "datetime", "id": "due", "key": "due", "label": "d", "subtype": "date", "dateLabel": "d"}
MOMENT = {
    "type": "datetime",
    "id": "moment",
    "key": "moment",
    "label": "m",
    "subtype": "datetime",
    "timeSerializingFormat": "utc_offset",
}
NEXT_DAY = {"type": "expression", "id": "next", "key": "next", "expression": '=date(due) + duration("P1D")'}
CHOICES = [{"value": name, "label": name} for name in ("red", "green", "blue")]
SET = {"type": "checklist", "id": "colours", "key": "colours", "label": "c", "values": CHOICES}


def test_dates_and_sets_in_variables_mean_the_same_after_every_reload(database: Database) -> None:
    """A date is its ISO text and a set the list of its members in every stored form; conditions read both as such."""
    text = """
        start -> A -> xor0 -> and1 -> B -> and2 -> xor1
        and1 -> C -> and2
        xor1 -[date(due) < date("2026-12-01") and date(next) = date("2026-11-25")]-> D -> xor2
        xor1 -/-> end1
        xor2 -[date and time(moment) < date and time("2026-11-24T12:00:00+08:00")]-> E -> xor3
        xor2 -/-> end2
        xor3 -[list contains(colours, "red") and not(list contains(colours, "blue"))]-> F -> end3
        xor3 -/-> xor0
    """
    case = _opened(database, _with_forms(text, A=(DATE, MOMENT, NEXT_DAY, SET)))
    answers = {"due": "2026-11-24", "moment": "2026-11-24T11:00:00+08:00", "colours": ["red", "green"]}
    case.complete(case.at("A"), answers)
    known = loads(case.stored().variables)
    assert known["due"] == "2026-11-24"
    assert known["next"] == "2026-11-25"
    assert sorted(known["colours"]) == ["green", "red"]
    for element in ("B", "C", "D", "E"):
        case.complete(case.at(element), {})
        assert loads(case.stored().variables) == known
    assert _at(case) == ["F"]
    case.complete(case.at("F"), {})
    assert case.case.ticket.phase is Phase.CLOSED
    _nothing_is_wrong(case)


EARLIEST = NOW + timedelta(hours=1)
JOINS = """
    start -> xor1 -> and1 -> A -> and2 -> or1 -[true]-> C -> or2 -> D -> xor2
    and1 -> B -> and2
    or1 -/-> E -> or2
    xor2 -(redo!)-> xor1
    xor2 -(ok)-> end
"""


@pytest.mark.parametrize("step", [timedelta(hours=-2), timedelta(0), timedelta(days=-40)], ids=str)
def test_a_clock_that_goes_backwards_changes_no_way_of_a_ticket(database: Database, step: timedelta) -> None:
    """The library orders what it joins by the time of the last change; the runner counts tokens by number."""
    case = _opened(database, _with_forms(JOINS))
    states = []
    for element, outcome, live in (
        ("B", None, ["A"]),
        ("A", None, ["C"]),
        ("C", None, ["D"]),
        ("D", "redo", ["A", "B"]),
        ("A", None, ["B"]),
        ("B", None, ["C"]),
        ("C", None, ["D"]),
        ("D", "ok", []),
    ):
        # Far enough back to be seen, and never before the people's tokens were made.
        case.desk.clock.at = max(case.desk.clock.at + step, EARLIEST)
        case.complete(case.at(element), {}, outcome)
        states.append(case.case.state)
        assert _at(case) == live
    assert case.case.ticket.phase is Phase.CLOSED
    _nothing_is_wrong(case)
    journey = begin(JOINS)
    forward = [journey.walk(each).step.state for each in ("B", "A", "C", "D/redo", "A", "B", "C", "D/ok")]
    assert states == forward


X = ({"type": "number", "id": "x", "key": "x", "label": "x"},)
BRANCHES = """
    start -> and1 -> A -> and2 -> xor1 -[x = 1]-> One -> end1
    and1 -> S -> and2
    S { start_s -> B -> C -> end_s }
    xor1 -[x = 2]-> Two -> end2
    xor1 -/-> Other -> end3
"""


@pytest.mark.parametrize(
    ("order", "x", "way"),
    [
        ((("A", 1), ("B", 2), ("C", None)), 2, "Two"),
        ((("B", 2), ("A", 1), ("C", None)), 1, "One"),
        ((("B", 2), ("C", None), ("A", 1)), 1, "One"),
        ((("A", 1), ("B", None), ("C", 2)), 2, "Two"),
        ((("B", 1), ("A", 2), ("C", None)), 2, "Two"),
    ],
    ids=["A B C", "B A C", "B C A", "A, C", "B by A"],
)
def test_of_two_branches_that_write_one_variable_the_later_answer_counts(
    database: Database, order: tuple[tuple[str, int | None], ...], x: int, way: str
) -> None:
    """The library joins copies and may bring a stale value back; here the variable is the ticket's own."""
    definition = _with_forms(BRANCHES, A=X, B=X, C=())
    if any(element == "C" and value for element, value in order):
        definition = _with_forms(BRANCHES, A=X, B=(), C=X)
    assert {each.code for each in check_writes(definition, None)} == {"CONCURRENT_WRITE"}
    case = _opened(database, definition)
    for element, value in order:
        case.complete(case.at(element), {} if value is None else {"x": value})
    assert loads(case.stored().variables)["x"] == x
    assert _at(case) == [way]
    kept = [each["answers"]["x"] for each in case.payloads() if "x" in each.get("answers", {})]
    assert kept == [value for _, value in order if value is not None]  # The timeline has both.
    _nothing_is_wrong(case)
