"""Length and age cost nothing: long chains, many rounds, many threads."""

import gc
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from engine.runner import compile_process, complete, start
from tests.engine.runner.journeys import NOW, Journey, begin, lines
from tests.support.diagrams import process

TWO = "start -> A -> B -> xor1 -(again!)-> A\nxor1 -(ok)-> end"
SIX = """
    start -> A -> and1 -> B -> and2 -> D -> xor1
    and1 -> C -> and2
    xor1 -(again!)-> A
    xor1 -(ok)-> end
"""


def _rounds(journey: Journey, count: int, *tasks: str) -> tuple[int, int, int, int]:
    """Function calls made in the first and in the last tenth of the rounds, and the least and greatest bytes stored.

    Calls, unlike seconds, are the same on a busy machine.
    """
    calls, sizes = [0, 0], []
    tenth = max(count // 10, 1)
    for number in range(count):
        part = 0 if number < tenth else 1 if number >= count - tenth else None
        with _counted(calls, part):
            journey.walk(*(tasks if number % 2 == 0 else (tasks[0], *reversed(tasks[1:-1]), tasks[-1])))
        sizes.append(len(journey.step.state))
    return calls[0], calls[1], min(sizes), max(sizes)


@contextmanager
def _counted(calls: list[int], part: int | None) -> Iterator[None]:
    """Add the calls made inside to this part; None counts nothing."""
    if part is None:
        yield
        return

    def note(_frame: object, event: str, _argument: object) -> None:
        calls[part] += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize(
    ("text", "tasks"), [(TWO, ("A", "B/again")), (SIX, ("A", "B", "C", "D/again"))], ids=["two", "six"]
)
@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=pytest.mark.long)])
def test_the_last_round_costs_what_the_first_did(text: str, tasks: tuple[str, ...], count: int) -> None:
    journey = begin(text)
    first, last, smallest, largest = _rounds(journey, count, *tasks)
    assert largest - smallest <= 16
    assert largest < 400
    assert 0 < last <= first * 1.05
    journey.walk(*tasks[:-1], tasks[-1].split("/")[0] + "/ok")
    assert journey.step.finished


def test_a_loop_that_sends_a_token_to_an_end_each_round_stays_flat() -> None:
    journey = begin("start -> A -> and1 -> end\nand1 -> xor1 -(again!)-> A")
    sizes = set()
    for _ in range(300):
        journey.walk("A/again")
        sizes.add(len(journey.step.state))
    # Only the two numbers in it get longer.
    assert max(sizes) - min(sizes) <= 8


def _chain(kind: str, count: int = 2_000) -> str:
    names = [f"t{n}" for n in range(count)]
    return lines((f"{name}: {kind}" for name in names), "start -> " + " -> ".join(names) + " -> end")


def test_a_chain_of_two_thousand_tasks_loads_runs_and_ends() -> None:
    definition = process(_chain("userTask"))
    begun = time.process_time()
    compiled = compile_process(definition)
    assert time.process_time() - begun < 1
    step = start(compiled, variables={}, now=NOW)
    for _ in range(2_000):
        step = complete(compiled, step.state, token=step.live[0].token, variables={}, now=NOW)
    assert step.finished


def test_a_chain_of_two_thousand_gateways_is_passed_in_one_step() -> None:
    step = begin(_chain("exclusiveGateway")).step
    assert step.finished
    assert len(step.entered) == 2_002


def test_an_inclusive_join_behind_long_branches_is_reached_without_recursion() -> None:
    left = " -> ".join(f"a{n}" for n in range(1_000))
    right = " -> ".join(f"b{n}" for n in range(1_000))
    journey = begin(f"start -> or1 -> {left} -> or2 -> D -> end\nor1 -> {right} -> or2")
    begun = time.process_time()
    for n in range(1_000):
        journey.walk(f"a{n}", f"b{n}")
        assert ("D" in journey.at) == (n == 999)
    assert time.process_time() - begun < 5


def test_compiling_is_linear_in_the_number_of_nodes() -> None:
    def spent(count: int) -> float:
        definition = process(_chain("userTask", count))
        times = []
        for _ in range(3):
            gc.collect()
            gc.disable()
            begun = time.process_time()
            compile_process(definition)
            times.append(time.process_time() - begun)
            gc.enable()
        return min(times)

    assert spent(8_000) < spent(1_000) * 8 * 2.5


MIXED = """
    start -> xor0 -> and1 -> A -> or1 -> B -> or2 -> and2 -> E -> xor1
    or1 -(both)-> C -> or2
    and1 -> S -> and2
    S { start_s -> and3 -> F -> and4 -> end_s
    and3 -> G -> and4 }
    xor1 -(again!)-> xor0
    xor1 -(ok)-> end
"""


def test_sixteen_threads_share_one_compiled_definition() -> None:
    compiled = compile_process(process(MIXED))

    def walk(seed: int) -> tuple[bytes, ...]:
        journey = Journey(compiled=compiled, step=start(compiled, variables={}, now=NOW))
        states = [journey.step.state]
        for number in range(6):
            branches = ["A/both", "B", "C", "F", "G"] if (seed + number) % 2 else ["G", "A/one", "F", "B"]
            tasks = [*branches, "E/again" if number < 5 else "E/ok"]
            states += [journey.walk(task).step.state for task in tasks]
        assert journey.step.finished
        return tuple(states)

    expected = {seed % 2: walk(seed) for seed in range(2)}
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(walk, range(128)))
    assert [states == expected[seed % 2] for seed, states in enumerate(found)] == [True] * 128
