"""Length costs nothing: long chains and deep searches."""

import gc
import time

from engine.runner import compile_process
from tests.engine.runner.journeys import begin, lines
from tests.support.diagrams import process


def _chain(kind: str, count: int = 2_000) -> str:
    names = [f"t{n}" for n in range(count)]
    return lines((f"{name}: {kind}" for name in names), "start -> " + " -> ".join(names) + " -> end")


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
