"""What a trial of the library left unproven, item by item: refused at import, or shown to run.

Every element that runs is in the property test (test_runner_oracle.py), which takes its list from bpmn/support.py. What
the trial said of data and of the clock is shown on whole commands, where variables are stored and read again.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from bpmn.findings import Severity, Verdict
from bpmn.forms.reading import read_form
from bpmn.inspection import inspect
from bpmn.lint.concurrent_writes import check as check_writes
from bpmn.model import ProcessDefinition
from engine.runner import NotRunnable, compile_process
from engine.values.tickets import Phase
from storage.checks import check
from storage.database import Database
from storage.json import loads
from tests.engine.runner.journeys import begin
from tests.support.case_work import CaseWork, for_worker, open_case
from tests.support.desk import Desk, furnish
from tests.support.diagrams import process, to_bpmn
from tests.support.people import NOW

UNSUPPORTED = "ELEMENT_UNSUPPORTED"


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A process that lint does not let through: the code, the element, and what the notation cannot say."""

    text: str
    element: str
    code: str = UNSUPPORTED
    inside: str = ""
    """XML put into the element."""
    attributes: str = ""

    def file(self) -> bytes:
        """The process as a file."""
        written = to_bpmn(process(self.text)).decode()
        if self.attributes:
            written = written.replace(f'id="{self.element}"', f'id="{self.element}" {self.attributes}', 1)
        if self.inside:
            head, tail = written.split(f'id="{self.element}"', 1)
            opening, rest = tail.split("</outgoing>", 1)
            written = f'{head}id="{self.element}"{opening}</outgoing>{self.inside}{rest}'
        return written.encode()


TASK = "start -> A -> end"
TRANSACTION = "T: transaction\nstart -> T -> end\nT { start_t -> A -> end_t }"
ITEMS = (
    "<loopDataInputRef>items</loopDataInputRef><loopDataOutputRef>results</loopDataOutputRef>"
    '<inputDataItem id="item" name="item"/><outputDataItem id="result" name="result"/>'
)

REFUSED: dict[str, Refused] = {
    "transaction": Refused(text=TRANSACTION, element="T"),
    "cancel end event": Refused(
        text="T: transaction\nstart -> T -> end\nT { start_t -> A -> end_c }\nend_c: endEvent cancel", element="end_c"
    ),
    "cancel boundary event": Refused(text=f"{TRANSACTION}\nc: boundaryEvent T cancel\nc -> B -> end2", element="c"),
    "compensation throw event": Refused(
        text="c: intermediateThrowEvent compensate\nstart -> A -> c -> end", element="c"
    ),
    "compensation boundary event": Refused(text=f"{TASK}\nc: boundaryEvent A compensate", element="c"),
    "compensation handler": Refused(text=TASK, element="A", attributes='isForCompensation="true"'),
    "call activity": Refused(text="A: callActivity\nstart -> A -> end", element="A"),
    "call activity with input and output": Refused(
        text="A: callActivity\nstart -> A -> end",
        element="A",
        inside='<ioSpecification><dataInput id="i"/><dataOutput id="o"/><inputSet/><outputSet/></ioSpecification>',
    ),
    "event sub-process": Refused(
        text=f"{TASK}\nS: subProcess event\nS {{ start_s -> B -> end_s }}\nstart_s: startEvent message", element="S"
    ),
    "event-based gateway": Refused(
        text="start -> events1 -> m -> end\nm: intermediateCatchEvent message\nt: intermediateCatchEvent timer\n"
        "events1 -> t -> end",
        element="events1",
    ),
    "cycle timer": Refused(text=f"{TASK}\nt: boundaryEvent A timer-\nt -> B -> end2", element="t"),
    "standard loop that tests before": Refused(
        text=TASK,
        element="A",
        inside='<standardLoopCharacteristics testBefore="true" loopMaximum="3"><loopCondition>v1 &gt; 1</loopCondition>'
        "</standardLoopCharacteristics>",
    ),
    "standard loop that tests after": Refused(text=TASK, element="A", inside="<standardLoopCharacteristics/>"),
    "multi-instance with a completion condition": Refused(
        text=TASK,
        element="A",
        inside="<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
        "<completionCondition>v1 &gt; 1</completionCondition></multiInstanceLoopCharacteristics>",
    ),
    "multi-instance with data in and out": Refused(
        text=TASK,
        element="A",
        inside=f'<multiInstanceLoopCharacteristics isSequential="true">{ITEMS}</multiInstanceLoopCharacteristics>',
    ),
    "message correlation, catch event": Refused(
        text="m: intermediateCatchEvent message\nstart -> A -> m -> end", element="m"
    ),
    "message correlation, receive task": Refused(text="R: receiveTask\nstart -> R -> end", element="R"),
    "message start event": Refused(text=f"{TASK}\nm: startEvent message\nm -> A", element="m"),
    "several start events": Refused(text=f"{TASK}\nstart2 -> A", element="start2", code="SEVERAL_STARTS"),
    "a flow from behind a parallel join back into it": Refused(
        text="start -> and1 -> A -> and2 -> C -> xor1 -/-> end\nand1 -> B -> and2\nxor1 -[v1 > 1]-> and2",
        element="and2",
        code="JOIN_RE_ENTERED",
    ),
    "a flow from behind a parallel join into the middle of a branch": Refused(
        text="start -> and1 -> A -> D -> and2 -> C -> xor1 -/-> end\nand1 -> B -> and2\nxor1 -[v1 > 1]-> D",
        element="and2",
        code="JOIN_RE_ENTERED",
    ),
    "a flow from behind a parallel join in a sub-process into its branch": Refused(
        text="start -> S -> end\nS { start_s -> and1 -> A -> and2 -> C -> xor1 -/-> end_s\nand1 -> B -> and2\n"
        "xor1 -[v1 > 1]-> B }",
        element="and2",
        code="JOIN_RE_ENTERED",
    ),
}


@pytest.mark.parametrize("item", REFUSED)
def test_what_is_not_proven_to_run_is_refused_at_import(item: str) -> None:
    case = REFUSED[item]
    content = case.file()
    if item == "cycle timer":
        content = content.replace(b"<timeDuration>PT1H</timeDuration>", b"<timeCycle>R3/PT1H</timeCycle>")
        assert b"timeCycle" in content
    inspection = inspect(content, "x.bpmn")
    errors = {(each.code, each.element_id) for each in inspection.findings if each.severity is Severity.ERROR}
    assert (case.code, case.element) in errors
    assert inspection.verdict is not Verdict.READY
    if case.code == UNSUPPORTED:
        assert inspection.definition is not None
        with pytest.raises(NotRunnable):
            compile_process(inspection.definition)


DATA_OBJECTS = (
    '<dataObject id="report"/><dataObjectReference id="report_ref" dataObjectRef="report"/>'
    '<dataStoreReference id="archive"/>'
)
PROPERTIES = (
    '<property id="local"/><dataInputAssociation id="in"><sourceRef>report_ref</sourceRef><targetRef>local</targetRef>'
    "</dataInputAssociation>"
)


def test_data_objects_are_kept_in_the_file_and_leave_no_trace_in_a_ticket() -> None:
    plain = Refused(text="start -> A -> B -> end", element="A")
    drawn = replace(plain, inside=PROPERTIES).file().replace(b"<startEvent", DATA_OBJECTS.encode() + b"<startEvent")
    inspection = inspect(drawn, "x.bpmn")
    assert inspection.verdict is Verdict.READY
    assert {each.params["element"] for each in inspection.findings if each.code == "ELEMENT_NOT_RUN"} >= {
        "dataObject",
        "dataObjectReference",
        "dataInputAssociation",
    }
    without = inspect(plain.file(), "x.bpmn").definition
    assert inspection.definition is not None
    assert without is not None
    with_data, bare = begin(inspection.definition), begin(without)
    for element in ("A", "B"):
        assert with_data.step == bare.step
        assert with_data.complete(element) == bare.complete(element)
    assert with_data.step.finished


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
