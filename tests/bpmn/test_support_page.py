"""The page about supported elements says what lint refuses."""

from pathlib import Path

from bpmn import support
from bpmn.inspection import inspect
from bpmn.model import EventKind, NodeKind
from tests.bpmn.drawing import END, START, bpmn, straight

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "bpmn-support.md"


def test_the_page_is_made_from_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == support.page()


def test_everything_that_runs_is_a_feature_a_node_can_have() -> None:
    assert set(support.all_features()) >= support.RUNS


def test_r_20_every_kind_of_node_is_refused_exactly_when_the_page_says_so() -> None:
    for kind in NodeKind:
        if kind in (NodeKind.START_EVENT, NodeKind.END_EVENT):
            continue
        node = f'<{kind} id="N" attachedToRef="N"/>'
        seen = inspect(bpmn(straight(START, node, END, ids=("S", "N", "E"))), "x.bpmn")
        refused = {each.element_id for each in seen.findings if each.code == "ELEMENT_UNSUPPORTED"}
        assert (refused == {"N"}) == (kind.value not in support.RUNS), kind


def test_r_20_every_end_event_definition_is_refused_exactly_when_the_page_says_so() -> None:
    for kind in EventKind:
        if kind in (EventKind.NONE, EventKind.MULTIPLE):
            continue
        node = f'<endEvent id="N"><{kind}EventDefinition/></endEvent>'
        seen = inspect(bpmn(straight(START, node, ids=("S", "N"))), "x.bpmn")
        refused = {each.element_id for each in seen.findings if each.code == "ELEMENT_UNSUPPORTED"}
        assert (refused == {"N"}) == (f"endEvent ({kind})" not in support.RUNS), kind
