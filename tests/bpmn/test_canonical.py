"""Canonical JSON: an exact round trip, one text per value, and a hash that stays."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpmn.canonical import from_json, to_json, version_hash
from bpmn.forms.model import Field, Form, Option
from bpmn.inspection import inspect
from bpmn.model import (
    CandidateRole,
    Edge,
    Event,
    Expression,
    Flow,
    Lane,
    Loop,
    Node,
    Outcome,
    ProcessDefinition,
    Shape,
    SlaSettings,
    TargetSetting,
)
from bpmn.text import Text
from tests.bpmn.drawing import PLAIN, bpmn

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)


def every_field(kind: Any, **given_: Any) -> st.SearchStrategy[Any]:
    """A strategy that fills every field of a dataclass, those with defaults too."""
    return st.builds(kind, **{each.name: given_.get(each.name, ...) for each in fields(kind)})


def several(kind: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(kind, max_size=2).map(tuple)


EXPRESSIONS = every_field(Expression)
LEAVES = every_field(Event, expression=st.none() | EXPRESSIONS, parts=st.just(()))
EVENTS = every_field(Event, expression=st.none() | EXPRESSIONS, parts=several(LEAVES))
LOOPS = every_field(Loop, cardinality=st.none() | EXPRESSIONS, condition=st.none() | EXPRESSIONS)
NODES = every_field(
    Node,
    event=st.none() | EVENTS,
    loop=st.none() | LOOPS,
    roles=several(every_field(CandidateRole)),
    script=st.none() | EXPRESSIONS,
)
FLOWS = every_field(Flow, condition=st.none() | EXPRESSIONS, outcome=st.none() | every_field(Outcome))
PLAIN_FIELDS = every_field(
    Field,
    default=JSON,
    minimum=st.none() | NUMBERS,
    maximum=st.none() | NUMBERS,
    options=several(every_field(Option)),
    fields=st.just(()),
)
FIELDS = PLAIN_FIELDS | st.builds(
    lambda outer, inner: replace(outer, fields=inner), PLAIN_FIELDS, several(PLAIN_FIELDS)
)
DEFINITIONS = every_field(
    ProcessDefinition,
    nodes=several(NODES),
    flows=several(FLOWS),
    lanes=several(every_field(Lane)),
    forms=several(every_field(Form, fields=several(FIELDS))),
    sla=st.none() | every_field(SlaSettings, targets=several(every_field(TargetSetting))),
    shapes=several(every_field(Shape, x=NUMBERS, y=NUMBERS, width=NUMBERS, height=NUMBERS)),
    edges=several(every_field(Edge, waypoints=several(st.tuples(NUMBERS, NUMBERS)))),
)


@settings(max_examples=150, deadline=None)
@given(DEFINITIONS)
def test_a_definition_comes_back_as_it_went_and_writes_the_same_bytes(definition: ProcessDefinition) -> None:
    written = to_json(definition)
    again = from_json(written)
    assert again == definition
    assert to_json(again) == written
    json.loads(written.decode("utf-8"))


def definition(content: bytes) -> ProcessDefinition:
    found = inspect(content, "x.bpmn").definition
    assert found is not None
    return found


def test_line_numbers_and_white_space_of_the_file_are_no_part_of_the_hash() -> None:
    one = definition(bpmn(PLAIN))
    other = definition(bpmn("\n\n<!-- a remark -->" + PLAIN.replace("\n", "\n\n   ")))
    assert one.nodes_by_id["T"].line != other.nodes_by_id["T"].line
    assert version_hash(one) == version_hash(other)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('fd:role="ops"', 'fd:role="qc"'),
        ('id="T"', 'id="T" name="Handle"'),
        ('id="E"/>', 'id="E"><terminateEventDefinition/></endEvent>'),
        ('<endEvent id="E"/>', '<endEvent id="E"/><endEvent id="E2"/>'),
    ],
)
def test_what_runs_or_is_shown_is_part_of_the_hash(before: str, after: str) -> None:
    assert before in PLAIN
    changed = PLAIN.replace(before, after)
    assert version_hash(definition(bpmn(PLAIN))) != version_hash(definition(bpmn(changed)))


def test_defaults_are_left_out_and_whole_numbers_have_no_fraction() -> None:
    shape = Shape(element="T", x=100.0, y=0.5, width=-0.0, height=1e3)
    made = ProcessDefinition(key="P", name=Text(default="名"), shapes=(shape,))
    assert to_json(made).decode() == (
        '{"key":"P","name":{"default":"名"},"shapes":[{"element":"T","height":1000,"width":0,"x":100,"y":0.5}]}'
    )


def test_the_hash_of_a_known_definition_never_changes() -> None:
    # What was imported before must keep its identity: a change of this value breaks every stored version.
    made = ProcessDefinition(key="P", name=Text(default="故障受理", translations=(("en", "Fault"),)))
    assert version_hash(made) == "1cdcf6edf883f590d90880aa9d8bbfad8cacb770fe2350416644a0489c6f5b0f"


def test_half_a_surrogate_pair_survives() -> None:
    made = ProcessDefinition(key="P", name=Text(default="a\ud800b"))
    assert from_json(to_json(made)) == made


@pytest.mark.parametrize("wrong", [b"", b"[]", b"{}", b'{"key":"P"}', b'{"key":"P","name":{},"colour":1}'])
def test_bytes_of_another_kind_are_refused(wrong: bytes) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        from_json(wrong)
