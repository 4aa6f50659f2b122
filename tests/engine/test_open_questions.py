"""What a trial of the library left unproven, item by item: refused at import, or shown to run.

Every element that runs is in the property test (test_runner_oracle.py), which takes its list from bpmn/support.py.
Dates and sets in variables, a clock that goes backwards, and two branches that write one variable run on whole commands
in test_variables_over_time.py.
"""

from dataclasses import dataclass, replace

import pytest

from bpmn.findings import Severity, Verdict
from bpmn.inspection import inspect
from engine.runner import NotRunnable, compile_process
from tests.engine.runner.journeys import begin
from tests.support.diagrams import process, to_bpmn

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
