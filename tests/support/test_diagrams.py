"""The test notation says what it seems to say, and its BPMN is read back as the same process."""

import pytest

from bpmn.model import EventKind, NodeKind, OutcomeKind
from bpmn.reader import read_bpmn
from tests.support.diagrams import process, to_bpmn, to_text

TEXT = """\
start -> A -> xor1
xor1 -[x > 1]-> B -> xor2  # a remark
xor1 -/-> C -> xor2 -> S -> terminate
S { start_s -> E -(ok)-> end_s
    E -(redo!)-> E }
t1: boundaryEvent A timer-
t1 -> F -> end2
F: serviceTask
"""


def test_notation() -> None:
    definition = process(TEXT)
    nodes, flows = definition.nodes_by_id, definition.flows_by_id
    assert nodes["xor1"].default_flow == "xor1__C"
    assert nodes["S"].kind is NodeKind.SUB_PROCESS
    assert (nodes["E"].scope, flows["E__E"].scope) == ("S", "S")
    assert (nodes["t1"].attached_to, nodes["t1"].interrupting) == ("A", False)
    assert nodes["F"].kind is NodeKind.SERVICE_TASK
    ends = nodes["terminate"].event
    assert ends is not None
    assert ends.kind is EventKind.TERMINATE
    condition, back = flows["xor1__B"].condition, flows["E__E"].outcome
    assert condition is not None
    assert condition.text == "x > 1"
    assert back is not None
    assert (back.key, back.kind, back.reason_required) == ("redo", OutcomeKind.BACK, True)
    assert nodes["B"].line == 2


def test_bpmn_reads_back() -> None:
    definition = process(TEXT)
    read = read_bpmn(to_bpmn(definition)).main
    assert read is not None
    assert set(to_text(read).splitlines()) == set(to_text(definition).splitlines())
    assert {node.id: node.kind for node in read.nodes} == {node.id: node.kind for node in definition.nodes}
    assert {node.id: node.roles for node in read.nodes} == {node.id: node.roles for node in definition.nodes}


def test_what_cannot_be_read_names_its_line() -> None:
    with pytest.raises(ValueError, match="line 2"):
        process("start -> A\nA => B")
