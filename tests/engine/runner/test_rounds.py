"""A rework loop costs in its last round what it cost in its first, and stores no more."""

from collections.abc import Callable

import pytest

from tests.engine.runner.journeys import Journey, begin
from tests.support.cost import beside, go_round

TWO = "start -> A -> B -> xor1 -(again!)-> A\nxor1 -(ok)-> end"
SIX = """
    start -> A -> and1 -> B -> and2 -> D -> xor1
    and1 -> C -> and2
    xor1 -(again!)-> A
    xor1 -(ok)-> end
"""
LOOPS = pytest.mark.parametrize(
    ("text", "tasks"), [(TWO, ("A", "B/again")), (SIX, ("A", "B", "C", "D/again"))], ids=["two nodes", "six nodes"]
)


def _round(journey: Journey, tasks: tuple[str, ...]) -> Callable[[int], int]:
    """A round, the branches of the parallel block finishing in another order every second time; the bytes stored."""

    def once(number: int) -> int:
        first, *middle, last = tasks
        journey.walk(first, *(middle if number % 2 else reversed(middle)), last)
        return len(journey.step.state)

    return once


def _ends(journey: Journey, tasks: tuple[str, ...]) -> bool:
    journey.walk(*tasks[:-1], tasks[-1].replace("/again", "/ok"))
    return journey.step.finished


@LOOPS
def test_the_last_of_three_hundred_rounds_costs_what_the_first_did(text: str, tasks: tuple[str, ...]) -> None:
    journey = begin(text)
    rounds = go_round(300, _round(journey, tasks))
    assert 0 < rounds.ratio <= 1.02
    assert max(rounds.sizes) - min(rounds.sizes) <= 8  # Only the numbers in it get longer.
    assert max(rounds.sizes) < 400
    assert _ends(journey, tasks)


@pytest.mark.long
@LOOPS
def test_the_last_of_ten_thousand_rounds_costs_what_the_first_did(text: str, tasks: tuple[str, ...]) -> None:
    fresh, old = begin(text), begin(text)
    for number in range(10_000):
        _round(old, tasks)(number)
    rounds = beside(_round(fresh, tasks), _round(old, tasks))
    print(f"\n{len(tasks)} tasks a round: CPU {rounds.first * 1e6:.0f} us at first,", end=" ")
    print(f"{rounds.last * 1e6:.0f} us after 10,000 rounds ({rounds.ratio:.2f});", end=" ")
    print(f"{rounds.sizes[0]} and {rounds.sizes[-1]} bytes")
    assert rounds.ratio <= 1.2
    assert rounds.growth <= 1.2
    assert max(rounds.sizes) < 400
    assert _ends(fresh, tasks)
    assert _ends(old, tasks)


def test_a_loop_that_sends_a_token_to_an_end_each_round_stays_flat() -> None:
    journey = begin("start -> A -> and1 -> end\nand1 -> xor1 -(again!)-> A")
    sizes = set()
    for _ in range(300):
        journey.walk("A/again")
        sizes.add(len(journey.step.state))
    # Only the two numbers in it get longer.
    assert max(sizes) - min(sizes) <= 8
