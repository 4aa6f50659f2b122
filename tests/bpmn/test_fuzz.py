"""Whatever the bytes are, reading and linting them ends with a verdict."""

from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bpmn.findings import Verdict
from bpmn.inspection import inspect
from bpmn.messages import render
from tests.bpmn.corpus import files
from tests.bpmn.drawing import PLAIN, bpmn, choice

DIAGRAMS = Path(__file__).parents[1] / "diagrams" / "lint"
SEEDS = [bpmn(PLAIN), bpmn(choice("= a"))]
SEEDS += [file.read_bytes() for file in sorted(DIAGRAMS.glob("*/*.bpmn")) if file.stat().st_size < 20_000]
SEEDS += [file.read_bytes() for file in files() if file.stat().st_size < 60_000]

WORDS = st.sampled_from(
    [
        b'id="', b'"', b"<", b">", b"/>", b"&", b"&#0;", b"\x00", b"\xff\xfe", b"<!DOCTYPE d>", b"<![CDATA[", b"]]>",
        b"</process>", b"<subProcess>", b'<lane id="L"><flowNodeRef>T</flowNodeRef></lane>', b"<userTask/>",
        b'<boundaryEvent id="B" attachedToRef="B"/>', b'<sequenceFlow sourceRef="T" targetRef="T"/>', b'default="F1"',
        b"<terminateEventDefinition/>", b"<standardLoopCharacteristics/>", b'<fd:outcome key=""/>', b'fd:notBy="T"',
        b"<extensionElements><fd:form>{}</fd:form></extensionElements>", b'triggeredByEvent="true"', "故".encode(),
    ]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    content = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 40))
        to = draw(st.integers(0, len(content)))
        match draw(st.sampled_from(["cut", "copy", "put", "noise"])):
            case "cut":
                content = content[:at] + content[at + length :]
            case "copy":
                content = content[:to] + content[at : at + length * 8] + content[to:]
            case "put":
                content = content[:at] + draw(WORDS) + content[at:]
            case _:
                content = content[:at] + draw(st.binary(max_size=4)) + content[at:]
    return content


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutated())
@example(b"")
@example(b"PK\x03\x04")
@example(b"PK\x05\x06" + b"\0" * 18)
@example(b"\xff\xfe")
@example(b"<?xml version='1.0' encoding=''?><a/>")
def test_r_19_no_bytes_make_inspection_fail(content: bytes) -> None:
    seen = inspect(content, "fuzz.bpmn")
    assert seen.verdict in Verdict
    assert seen.readable == (seen.verdict is not Verdict.REFUSED)
    for finding in seen.findings:
        assert render(finding.code, finding.params, "zh-CN") != finding.code


ATTRIBUTES = st.sampled_from(["S", "T", "U", "G", "E", "X", "", "gone"])


@st.composite
def graphs(draw: st.DrawFn) -> bytes:
    """Processes whose flows join anything with anything, across sub-processes too."""
    kinds = st.sampled_from(
        [
            "userTask",
            "exclusiveGateway",
            "parallelGateway",
            "inclusiveGateway",
            "endEvent",
            "startEvent",
            "boundaryEvent",
        ]
    )
    inside = "".join(f'<{draw(kinds)} id="{name}" default="F1" attachedToRef="T"/>' for name in ("U", "G"))
    body = f'<startEvent id="S"/><userTask id="T"/><endEvent id="E"/><subProcess id="X">{inside}</subProcess>'
    for number in range(draw(st.integers(0, 8))):
        ends = f'sourceRef="{draw(ATTRIBUTES)}" targetRef="{draw(ATTRIBUTES)}"'
        condition = draw(st.sampled_from(["", "<conditionExpression>= a</conditionExpression>"]))
        body += f'<sequenceFlow id="F{number}" {ends}>{condition}</sequenceFlow>'
    return bpmn(body)


@settings(max_examples=300, deadline=None)
@given(graphs())
def test_r_19_no_graph_makes_lint_fail(content: bytes) -> None:
    assert inspect(content, "graph.bpmn").readable
