"""Conditions on flows: which way, and what happens when nobody knows which way."""

from dataclasses import replace

import pytest

from bpmn import limits
from bpmn.model import Expression
from engine.runner import StuckCode, complete, open_tokens, retry
from tests.engine.runner.journeys import NOW, begin
from tests.support.diagrams import process

PRIORITY = 'start -> A -> xor1 -[priority = "P1"]-> B -> end\nxor1 -[priority = "P2"]-> C -> end\nxor1 -/-> D -> end'
ACTIVITY = "start -> A -> B -> end\nA -[x > 1]-> C -> end\nA -/-> D -> end"


@pytest.mark.parametrize(("priority", "task"), [("P1", "B"), ("P2", "C"), ("P3", "D")])
def test_an_exclusive_gateway_takes_the_flow_whose_condition_holds_else_the_default(priority: str, task: str) -> None:
    journey = begin(PRIORITY)
    journey.complete("A", priority=priority)
    assert journey.at == [task]


def test_of_two_conditions_that_hold_an_exclusive_gateway_takes_the_first_in_the_file() -> None:
    journey = begin("start -> A -> xor1 -[x > 1]-> B -> end\nxor1 -[x > 0]-> C -> end")
    journey.complete("A", x=2)
    assert journey.at == ["B"]


def test_the_default_flow_is_asked_last_wherever_it_stands_in_the_file() -> None:
    for gateway in ("xor1", "or1"):
        journey = begin(f"start -> A -> {gateway} -/-> B -> end\n{gateway} -[x > 0]-> C -> end")
        journey.complete("A", x=1)
        assert journey.at == ["C"]


def test_a_condition_after_the_one_that_holds_is_not_asked() -> None:
    journey = begin("start -> A -> xor1 -[x > 1]-> B -> end\nxor1 -[absent]-> C -> end")
    journey.complete("A", x=2)
    assert journey.step.stuck is None
    assert journey.at == ["B"]


def test_an_inclusive_gateway_takes_every_flow_whose_condition_holds() -> None:
    text = "start -> A -> or1 -[x > 0]-> B -> end\nor1 -[x > 1]-> C -> end\nor1 -/-> D -> end"
    for x, tasks in ((2, ["B", "C"]), (1, ["B"]), (0, ["D"])):
        journey = begin(text)
        journey.complete("A", x=x)
        assert journey.at == tasks


@pytest.mark.parametrize(("x", "tasks"), [(2, ["B", "C"]), (0, ["B", "D"])])
def test_conditions_on_flows_that_leave_a_task_are_asked(x: int, tasks: list[str]) -> None:
    journey = begin(ACTIVITY)
    journey.complete("A", x=x)
    assert journey.at == tasks


def test_conditions_on_flows_that_leave_a_sub_process_are_asked_of_the_ticket_s_variables() -> None:
    journey = begin("start -> S -[x > 1]-> B -> end\nS -/-> C -> end\nS { start_s -> A -> end_s }")
    journey.complete("A", x=2)
    assert journey.at == ["B"]


def test_a_condition_on_a_default_flow_is_not_asked() -> None:
    journey = begin("start -> A -> xor1 -[false]-> B -> end\nxor1 -/-> C -> end")
    journey.complete("A")
    assert journey.at == ["C"]


def test_a_flow_with_an_outcome_and_a_condition_goes_by_the_condition() -> None:
    definition = process("start -> A -(ok)-> B -> end\nA -/-> C -> end")
    flows = [replace(f, condition=Expression(text="x > 1")) if f.outcome else f for f in definition.flows]
    journey = begin(replace(definition, flows=tuple(flows)))
    journey.complete("A", "ok", x=1)
    assert journey.at == ["C"]


@pytest.mark.parametrize(
    ("condition", "kind"), [("absent > 1", "null"), ('"yes"', "string"), ("1", "number"), ("x", "null")]
)
def test_a_condition_that_is_neither_true_nor_false_makes_the_ticket_stuck(condition: str, kind: str) -> None:
    journey = begin(f"start -> A -> xor1 -[{condition}]-> B -> end\nxor1 -/-> C -> end")
    step = journey.complete("A", x=None)
    assert step.stuck is not None
    assert (step.stuck.code, step.stuck.element_id) == (StuckCode.EXPRESSION_NOT_BOOLEAN, "xor1")
    assert step.stuck.params["flow"] == "xor1__B"
    assert step.stuck.params["type"] == kind
    assert step.live == ()
    assert not step.finished
    assert [task.element_id for task in step.ended] == ["A"]


def test_s_07_a_condition_over_its_budget_makes_the_ticket_stuck() -> None:
    journey = begin("start -> A -> xor1 -[count(for a in 1..1000, b in 1..1000 return a) > 1]-> B -> end\nxor1 -/-> C")
    step = journey.complete("A")
    assert step.stuck is not None
    assert step.stuck.code is StuckCode.BUDGET_EXHAUSTED
    assert step.stuck.params["flow"] == "xor1__B"


def test_no_flow_that_holds_and_no_default_makes_the_ticket_stuck() -> None:
    for gateway in ("xor1", "or1"):
        journey = begin(f"start -> A -> {gateway} -[x > 1]-> B -> end\n{gateway} -[x > 2]-> C -> end")
        step = journey.complete("A", x=0)
        assert step.stuck is not None
        assert (step.stuck.code, step.stuck.element_id) == (StuckCode.NO_FLOW_TAKEN, gateway)


def test_a_completed_task_that_cannot_be_left_is_stuck_and_no_longer_open() -> None:
    journey = begin("start -> A -[x > 1]-> B -> end")
    step = journey.complete("A", x=0)
    assert step.stuck is not None
    assert (step.stuck.code, step.stuck.element_id) == (StuckCode.NO_FLOW_TAKEN, "A")
    assert open_tokens(step.state) == ()
    step = journey.retry(x=2)
    assert journey.at == ["B"]
    assert step.ended == ()
    assert step.flows == ("A__B",)


def test_retry_goes_on_once_the_variables_are_right_and_changes_nothing_before() -> None:
    journey = begin(PRIORITY)
    stuck = journey.complete("A", priority=None)
    assert stuck.stuck is None  # null = "P1" is false in FEEL, so the default was taken.
    journey = begin("start -> A -> xor1 -[x > 1]-> B -> end\nxor1 -/-> C -> end")
    before = journey.complete("A", x="many")
    again = journey.retry()
    assert again.state == before.state
    assert again.stuck == before.stuck
    assert again.entered == again.flows == ()
    assert journey.retry(x=2).entered == ("B",)
    assert journey.step.stuck is None
    assert journey.at == ["B"]


def test_retry_goes_by_a_corrected_outcome() -> None:
    journey = begin("start -> A -> xor1 -(ok)-> B -> end\nxor1 -(redo)-> A")
    step = journey.complete("A", "wrong")
    assert step.stuck is not None
    assert journey.retry(A_outcome="ok").opened[0].element_id == "B"


def test_retry_remembers_the_outcome_that_the_variables_do_not_hold() -> None:
    journey = begin("start -> A -> xor1 -[x]-> B -> end\nxor1 -(ok)-> C -> end")
    token = journey.step.live[0].token
    step = complete(journey.compiled, journey.step.state, token=token, variables={}, now=NOW, outcome="ok")
    assert step.stuck is not None
    assert [task.element_id for task in retry(journey.compiled, step.state, variables={"x": False}, now=NOW).live] == [
        "C"
    ]


def test_retry_where_nothing_is_stuck_changes_nothing() -> None:
    journey = begin("start -> A -> end")
    before = journey.step
    after = journey.retry()
    assert (after.state, after.live, after.opened, after.entered) == (before.state, before.live, (), ())


def test_other_branches_go_on_while_one_is_stuck() -> None:
    journey = begin("""
        start -> and1 -> A -> xor1 -[x > 1]-> and2 -> D -> end
        and1 -> B -> C -> and2
    """)
    assert journey.complete("A", x=None).stuck is not None
    assert journey.at == ["B"]
    step = journey.complete("B")
    assert step.stuck is not None
    assert step.stuck.element_id == "xor1"
    journey.walk("C")
    assert journey.step.stuck is not None
    journey.retry(x=2)
    assert journey.at == ["D"]
    assert journey.step.stuck is None


def test_a_sub_process_that_cannot_be_left_is_stuck_outside_it() -> None:
    journey = begin("start -> S -[x > 1]-> B -> end\nS { start_s -> A -> end_s }")
    step = journey.complete("A", x=None)
    assert step.stuck is not None
    assert step.stuck.element_id == "S"
    assert journey.retry().stuck == step.stuck
    journey.retry(x=2)
    assert journey.at == ["B"]


def test_a_terminate_end_frees_a_ticket_from_a_stuck_branch() -> None:
    journey = begin("start -> and1 -> A -> xor1 -[x > 1]-> end\nand1 -> B -> terminate1")
    assert journey.complete("A", x=None).stuck is not None
    assert journey.complete("B").finished
    assert journey.step.stuck is None


def test_a_start_that_cannot_be_left_is_stuck_at_the_gateway() -> None:
    journey = begin("start -> xor1 -[x > 1]-> A -> end")
    assert journey.step.stuck is not None
    journey.retry(x=2)
    assert journey.at == ["A"]


ENDLESS = "start -> A -> xor1 -> xor2 -[go]-> B -> end\nxor2 -/-> xor1"


def test_x_10_a_loop_of_gateways_stops_at_the_step_limit_and_moves_nothing() -> None:
    journey = begin(ENDLESS)
    step = journey.complete("A", go=False)
    assert step.stuck is not None
    assert (step.stuck.code, step.stuck.element_id) == (StuckCode.STEP_LIMIT, "A")
    assert step.stuck.params["limit"] == limits.ENGINE_STEPS
    assert step.stuck.params["at"] in {"xor1", "xor2"}
    assert [task.element_id for task in step.ended] == ["A"]
    assert (step.live, step.opened, step.entered, step.flows) == ((), (), (), ())
    assert len(step.state) < 200
    again = journey.retry()
    assert (again.state, again.stuck) == (step.state, step.stuck)
    assert journey.retry(go=True).entered == ("xor1", "xor2", "B")
    assert journey.at == ["B"]


def test_a_command_may_enter_as_many_nodes_as_the_limit_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ENGINE_STEPS", 100)
    for gateways, finished in ((98, True), (99, False)):
        step = begin("start -> " + " -> ".join(f"xor{n}" for n in range(gateways)) + " -> end").step
        assert step.finished is finished
        assert (step.stuck is None) is finished


def test_the_step_limit_leaves_other_branches_where_they_were() -> None:
    journey = begin("start -> and1 -> C -> end\nand1 -> A -> xor1 -> xor2 -[go]-> B -> end\nxor2 -/-> xor1")
    journey.complete("A", go=False)
    assert journey.at == ["C"]
    assert journey.step.stuck is not None
    journey.walk("C")
    journey.retry(go=True)
    assert journey.walk("B").step.finished


def test_a_loop_right_behind_the_start_is_stuck_at_the_start() -> None:
    journey = begin("start -> xor1 -> xor2 -[go]-> B -> end\nxor2 -/-> xor1", {"go": False})
    assert journey.step.stuck is not None
    assert journey.step.stuck.element_id == "start"
    assert journey.step.entered == ("start",)
    journey.retry(go=True)
    assert journey.at == ["B"]


def test_an_endless_loop_in_a_retry_says_so_where_the_ticket_is_stuck() -> None:
    journey = begin("start -> A -> xor0 -[x]-> xor1 -> xor2 -[go]-> B -> end\nxor2 -/-> xor1")
    assert journey.complete("A", x=None, go=False).stuck is not None
    step = journey.retry(x=True)
    assert step.stuck is not None
    assert (step.stuck.code, step.stuck.element_id) == (StuckCode.STEP_LIMIT, "xor0")
    journey.retry(go=True)
    assert journey.at == ["B"]


def test_a_process_that_forks_without_end_stops_at_a_limit() -> None:
    journey = begin("start -> A -> xor1 -> and1 -> xor1\nand1 -> B -> end")
    step = journey.complete("A")
    assert step.stuck is not None
    assert step.stuck.code is StuckCode.STEP_LIMIT
    assert step.live == ()


def test_more_tokens_at_rest_than_a_ticket_may_have_are_not_made() -> None:
    grown = "start -> and1\n" + "\n".join(f"and1 -> f{n}" for n in range(20))
    forks = "\n".join(
        f"f{n}: parallelGateway\n" + "\n".join(f"f{n} -> t{n}_{m}" for m in range(300)) for n in range(20)
    )
    step = begin(f"{forks}\n{grown}").step
    assert step.stuck is not None
    assert (step.stuck.code, step.stuck.element_id) == (StuckCode.TOKEN_LIMIT, "start")
    assert step.live == ()
