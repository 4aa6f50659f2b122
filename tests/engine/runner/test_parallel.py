"""Parallel gateways: forks, joins that count tokens, and both inside loops (BPMN 2.0.2, 13.4.1)."""

import time

from engine.runner.stored import Place, read
from tests.engine.runner.journeys import begin, lines

LOOP = """
    start -> xor1 -> and1 -> A -> and2 -> C -> xor2
    and1 -> B -> and2
    xor2 -(again!)-> xor1
    xor2 -(ok)-> end
"""


def test_a_fork_opens_every_branch_and_the_join_waits_for_all() -> None:
    journey = begin("start -> and1 -> A -> and2 -> C -> end\nand1 -> B -> and2")
    assert journey.at == ["A", "B"]
    assert journey.complete("B").entered == ()
    assert journey.at == ["A"]
    assert journey.complete("A").entered == ("and2", "C")
    assert journey.complete("C").finished


def test_a_join_in_a_loop_does_not_fire_on_the_tokens_of_the_round_before() -> None:
    # The library, as it comes, takes an arrival of the first round for one of the second.
    journey = begin(LOOP).walk("A", "B", "C/again", "B")
    assert journey.at == ["A"]
    assert journey.walk("A").at == ["C"]
    journey.walk("C/again", "A")
    assert journey.at == ["B"]
    assert journey.walk("B", "C/ok").step.finished


def test_a_second_token_on_one_flow_of_a_join_stays_for_the_next_firing() -> None:
    journey = begin("start -> and1 -> A -> xor1 -> and2 -> D -> end\nand1 -> B -> xor1\nand1 -> C -> and2")
    journey.walk("A", "B")
    assert journey.at == ["C"]
    assert journey.walk("C").at == ["D"]
    step = journey.complete("D")
    assert not step.finished
    assert step.stuck is not None
    assert (step.stuck.code, step.stuck.element_id) == ("JOIN_NEVER_FIRES", "and2")


def test_tokens_that_wait_on_one_flow_are_taken_in_order_of_arrival() -> None:
    journey = begin("start -> and1 -> A -> xor1 -> and2 -> D -> end\nand1 -> B -> xor1\nand1 -> C -> and2")
    journey.walk("A", "B")
    first, second = (token.number for token in read(journey.step.state).tokens if token.place is Place.WAITING)
    journey.walk("C")
    left = [token.number for token in read(journey.step.state).tokens if token.place is Place.WAITING]
    assert first < second
    assert left == [second]


def test_a_gateway_may_join_and_fork_at_once() -> None:
    journey = begin("start -> and1 -> A -> and2 -> C -> and3 -> end\nand1 -> B -> and2 -> D -> and3")
    assert journey.walk("A", "B").at == ["C", "D"]
    assert journey.walk("D", "C").step.finished


def test_two_flows_from_a_fork_straight_to_its_join_fire_it() -> None:
    step = begin("start -> and1 -> and2 -> end\nand1 -> and2").step
    assert step.finished
    assert step.entered == ("start", "and1", "and2", "end")


def test_parallel_blocks_nest() -> None:
    journey = begin("""
        start -> and1 -> and2 -> A -> and3 -> D -> and4 -> end
        and2 -> B -> and3
        and1 -> C -> and4
    """)
    assert journey.at == ["A", "B", "C"]
    assert journey.walk("C", "B", "A").at == ["D"]
    assert journey.walk("D").step.finished


def test_a_join_that_can_never_fire_is_a_deadlock_and_not_an_end() -> None:
    step = begin("start -> xor1 -> A -> and1 -> end\nxor1 -/-> B -> and1").step
    assert [task.element_id for task in step.live] == ["A"]
    step = begin("start -> xor1 -> A -> and1 -> end\nxor1 -/-> B -> and1").complete("A")
    assert step.stuck is not None
    assert step.stuck.code == "JOIN_NEVER_FIRES"
    assert not step.finished


def _blocks(count: int) -> str:
    blocks = (
        f"f{n}: parallelGateway\nj{n}: parallelGateway\nf{n} -> a{n} -> j{n}\nf{n} -> b{n} -> j{n}"
        for n in range(count)
    )
    return lines(blocks, (f"j{n} -> f{n + 1}" for n in range(count - 1)), f"start -> f0\nj{count - 1} -> end")


def test_eight_parallel_blocks_in_a_row_cost_little_at_the_start() -> None:
    # Predicting all ways ahead, as the library does, makes 2,045 tasks of them.
    begun = time.process_time()
    journey = begin(_blocks(8))
    assert time.process_time() - begun < 0.1
    assert len(journey.step.state) < 120
    for n in range(8):
        journey.walk(f"b{n}", f"a{n}")
    assert journey.step.finished


def test_five_hundred_branches_without_a_task_join_at_once() -> None:
    branches = (f"and1 -> g{n} -> and2" for n in range(500))
    gateways = (f"g{n}: exclusiveGateway" for n in range(500))
    step = begin(lines(gateways, "start -> and1", branches, "and2 -> end")).step
    assert step.finished
    assert step.entered.count("and2") == 1
