"""User tasks, exclusive gateways, ends and loops back."""

import pytest

from engine.runner import EndedTask, EndReason, LiveTask, TokenNotOpen, complete
from tests.engine.runner.journeys import NOW, begin

REVIEW = """
    start -> handle -> assess -> xor1
    xor1 -(ok)-> end
    xor1 -(redo!)-> handle
"""


def test_opening_runs_to_the_first_task() -> None:
    step = begin("start -> A -> end").step
    assert step.live == step.opened == (LiveTask(token=2, element_id="A"),)
    assert step.entered == ("start", "A")
    assert step.flows == ("start__A",)
    assert not step.finished


def test_completing_tells_what_ended_what_opened_and_the_way_between() -> None:
    journey = begin("start -> A -> xor1 -> B -> end")
    step = journey.complete("A")
    assert step.ended == (EndedTask(token=2, element_id="A", reason=EndReason.COMPLETED),)
    assert [task.element_id for task in step.opened] == ["B"]
    assert step.entered == ("xor1", "B")
    assert step.flows == ("A__xor1", "xor1__B")


def test_a_process_ends_when_its_last_token_reaches_an_end_event() -> None:
    step = begin("start -> A -> end").complete("A")
    assert step.finished
    assert step.live == ()
    assert step.entered == ("end",)


def test_a_node_without_a_flow_out_ends_its_token() -> None:
    assert begin("start -> A").complete("A").finished


def test_a_process_without_tasks_ends_at_once() -> None:
    step = begin("start -> end").step
    assert step.finished
    assert step.entered == ("start", "end")


def test_an_outcome_behind_a_gateway_chooses_the_flow() -> None:
    journey = begin(REVIEW).walk("handle", "assess/redo")
    assert journey.at == ["handle"]
    assert journey.walk("handle", "assess/ok").step.finished


def test_an_outcome_on_the_task_s_own_flows_chooses_the_flow() -> None:
    journey = begin("start -> A -(ok)-> end\nA -(redo!)-> A")
    assert journey.walk("A/redo").at == ["A"]
    assert journey.walk("A/ok").step.finished


def test_an_outcome_may_stand_in_the_variables_alone() -> None:
    journey = begin(REVIEW, {"assess_outcome": "redo"}).walk("handle")
    assert journey.complete("assess").flows == ("assess__xor1", "xor1__handle")


def test_the_outcome_named_now_goes_before_an_older_one_in_the_variables() -> None:
    journey = begin(REVIEW, {"assess_outcome": "redo"}).walk("handle")
    token = journey.step.live[0].token
    step = complete(
        journey.compiled, journey.step.state, token=token, variables=journey.variables, now=NOW, outcome="ok"
    )
    assert step.finished


def test_another_task_s_outcome_decides_nothing_here() -> None:
    journey = begin("start -> A -> B -> xor1 -(ok)-> end\nxor1 -/-> C")
    assert journey.walk("A/ok", "B").at == ["C"]


def test_an_outcome_reaches_a_gateway_through_a_merge() -> None:
    journey = begin("start -> A -> xor1 -> xor2 -(ok)-> end\nxor2 -(redo)-> B -> xor1")
    assert journey.walk("A/redo").at == ["B"]
    assert journey.walk("B/ok").step.finished


@pytest.mark.parametrize("between", ["and2", "S"])
def test_an_outcome_does_not_reach_beyond_a_join_or_a_sub_process(between: str) -> None:
    # Else it would depend on whether the token had to wait there, and so on which branch came last.
    text = f"start -> and1 -> A -> {between} -> xor1 -(ok)-> C -> end\nxor1 -/-> D -> end\nand1 -> B -> and2 -> end2"
    journey = begin(text + "\nS: subProcess").walk("B", "A/ok")
    assert journey.at == ["D"]


def test_a_task_completed_is_no_longer_open() -> None:
    journey = begin("start -> A -> B -> end")
    token = journey.step.live[0].token
    journey.complete("A")
    with pytest.raises(TokenNotOpen) as refused:
        complete(journey.compiled, journey.step.state, token=token, variables={}, now=NOW)
    assert refused.value.code == "TOKEN_NOT_OPEN"
    assert refused.value.params == {"token": token}


@pytest.mark.parametrize("token", [-1, 0, 1, 3, 10**6])
def test_a_number_that_no_live_task_has_is_not_open(token: int) -> None:
    journey = begin("start -> A -> end")
    with pytest.raises(TokenNotOpen):
        complete(journey.compiled, journey.step.state, token=token, variables={}, now=NOW)


def test_several_flows_leaving_a_task_each_get_a_token() -> None:
    journey = begin("start -> A -> B -> end1\nA -> C -> end2")
    assert journey.walk("A").at == ["B", "C"]
    assert not journey.complete("B").finished
    assert journey.complete("C").finished


def test_flows_meeting_at_a_task_make_a_task_for_each_token() -> None:
    journey = begin("start -> and1 -> A -> C -> end\nand1 -> B -> C")
    assert journey.walk("A", "B").at == ["C", "C"]
    assert journey.walk("C").at == ["C"]
    assert journey.walk("C").step.finished


def test_variables_given_come_back() -> None:
    assert begin("start -> A -> end", {"x": 1}).step.variables == {"x": 1}
