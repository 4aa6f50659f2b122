"""Embedded sub-processes, terminate ends, and how the two go together (BPMN 2.0.2, 13.3.4 and 13.5.6)."""

import pytest

from engine.runner import EndReason
from tests.engine.runner.journeys import begin, lines


def test_a_sub_process_ends_when_no_token_is_left_in_it() -> None:
    journey = begin("""
        start -> A -> S -> C -> end
        S { start_s -> and1 -> D -> end_d
        and1 -> E -> end_e }
    """)
    assert journey.walk("A").at == ["D", "E"]
    assert journey.walk("E").at == ["D"]
    step = journey.complete("D")
    assert step.entered == ("end_d", "C")
    assert step.flows == ("D__end_d", "S__C")


def test_an_empty_sub_process_is_passed_at_once() -> None:
    assert begin("start -> S -> A -> end\nS: subProcess").at == ["A"]


def test_a_sub_process_without_a_start_event_begins_wherever_no_flow_leads() -> None:
    journey = begin("start -> S -> end\nS { A -> B\nC }")
    assert journey.at == ["A", "C"]
    assert journey.walk("C", "A", "B").step.finished


def test_sub_processes_nest_twenty_deep() -> None:
    opening = (f"S{n} {{ start{n} -> S{n + 1} -> end{n}" for n in range(19))
    text = lines("start -> S0 -> end", opening, "S19 { start19 -> A -> end19 }", ("}" for _ in range(19)))
    journey = begin(text)
    assert journey.at == ["A"]
    assert journey.complete("A").finished


def test_two_tokens_at_one_sub_process_run_in_it_apart() -> None:
    journey = begin("""
        start -> and1 -> A -> S -> end
        and1 -> B -> S
        S { start_s -> and2 -> C -> and3 -> D -> end_s
        and2 -> E -> and3 }
    """)
    journey.walk("A", "B")
    assert journey.at == ["C", "C", "E", "E"]
    # One from each: tokens of different runs never join.
    tokens = {task.element_id: task.token for task in journey.step.live}
    first_c = next(task.token for task in journey.step.live if task.element_id == "C")
    assert first_c < tokens["E"]
    journey.walk("C")
    assert journey.at == ["C", "E", "E"]
    journey.walk("E")
    assert journey.at == ["C", "D", "E"]
    assert journey.walk("D", "C", "E").at == ["D"]
    assert journey.walk("D").step.finished


def test_a_sub_process_in_a_loop_starts_afresh_each_round() -> None:
    journey = begin("""
        start -> xor1 -> S -> A -> xor2
        S { start_s -> and1 -> B -> and2 -> end_s
        and1 -> C -> and2 }
        xor2 -(again!)-> xor1
        xor2 -(ok)-> end
    """)
    sizes = set()
    for first, second in (("B", "C"), ("C", "B"), ("B", "C")):
        journey.walk(first)
        assert journey.at == [second]
        journey.walk(second, "A/again")
        sizes.add(len(journey.step.state))
    assert max(sizes) - min(sizes) <= 6


def test_a_terminate_end_takes_every_other_token_away() -> None:
    journey = begin("start -> and1 -> A -> terminate1\nand1 -> B -> end\nand1 -> and2\nand1 -> C -> and2 -> end")
    step = journey.complete("A")
    assert step.finished
    assert [(task.element_id, task.reason) for task in step.ended] == [
        ("A", EndReason.COMPLETED),
        ("B", EndReason.CANCELLED),
        ("C", EndReason.CANCELLED),
    ]


def test_a_terminate_end_in_a_sub_process_ends_that_alone() -> None:
    journey = begin("""
        start -> and1 -> S -> D -> end
        and1 -> E -> end2
        S { start_s -> and2 -> A -> terminate_s
        and2 -> T -> end_s
        T { start_t -> B -> end_t } }
    """)
    assert journey.at == ["A", "B", "E"]
    step = journey.complete("A")
    assert journey.at == ["D", "E"]
    assert [task.element_id for task in step.ended] == ["A", "B"]
    assert not step.finished
    assert journey.walk("E", "D").step.finished


def test_a_terminate_end_outside_takes_running_sub_processes_with_it() -> None:
    journey = begin("""
        start -> and1 -> A -> terminate1
        and1 -> S -> end
        S { start_s -> T -> end_s
        T { start_t -> and2 -> B -> and3 -> end_t
        and2 -> C -> and3 } }
    """)
    journey.walk("C")
    step = journey.complete("A")
    assert step.finished
    assert [task.element_id for task in step.ended] == ["A", "B"]
    assert b'"tokens":[]' in step.state


def test_a_terminate_end_reached_together_with_other_moves_ends_them_all() -> None:
    # The engine has listed the other branch's gateway before the end event runs; it must not run afterwards.
    step = begin("start -> and1 -> terminate1\nand1 -> xor1 -> A -> end\nand1 -> B -> end").step
    assert step.finished
    assert step.opened == ()
    assert "A" not in step.entered


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_a_task_that_opens_and_is_taken_away_in_one_step_was_never_there(order: str) -> None:
    journey = begin("start -> and1 -> A -> and2 -> terminate1\nand1 -> B -> and2 -> C -> end")
    journey.walk(*order[:1])
    step = journey.complete(order[1])
    assert step.finished
    assert step.opened == ()
    assert [task.element_id for task in step.ended] == [order[1]]
    assert "C" in step.entered


def test_flows_leaving_a_sub_process_are_all_taken() -> None:
    journey = begin("start -> S -> B -> end\nS -> C -> end\nS { start_s -> A -> end_s }")
    assert journey.walk("A").at == ["B", "C"]
