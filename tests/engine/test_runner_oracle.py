"""The runner agrees with the token game, step by step, on random processes and random answers.

The runner's position is stored and read again at each step: nothing else goes from one step to the next.
"""

import random
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from bpmn.findings import Severity
from bpmn.lint.soundness import check
from bpmn.model import EventKind, ProcessDefinition
from engine.runner import CompiledProcess, Step, StuckCode, compile_process, complete, start
from tests.support.diagrams import process, to_text
from tests.support.random_processes import (
    back_outcome,
    decide,
    element_counts,
    sound_processes,
    unstructured_processes,
    variables,
)
from tests.support.token_game import RunawayError, TokenGame

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
STEPS = 40
SHORT = 150
LONG = 10_000

ACCEPTED = (
    "startEvent",
    "endEvent",
    "terminate end event",
    "userTask",
    "subProcess",
    "exclusiveGateway",
    "parallelGateway",
    "parallelGateway (join)",
    "parallelGateway (join and split)",
    "inclusiveGateway",
    "inclusiveGateway (join)",
    "implicit split",
    "implicit merge",
    "in a sub-process",
    "condition",
    "outcome",
    "send back",
)


class Walk:
    """One ticket taken through the runner and the oracle at once."""

    def __init__(self, definition: ProcessDefinition, values: dict[str, int], seed: int) -> None:
        self.definition = definition
        note(f"{to_text(definition)}\n{values}, answers of seed {seed}")
        self.random = random.Random(seed)
        self.variables: dict[str, object] = dict(values)
        self.oracle = TokenGame(definition, decide, self.variables)
        self.compiled: CompiledProcess = compile_process(definition)
        self.step: Step = start(self.compiled, variables=self.variables, now=NOW)

    def differences(self) -> list[str]:
        """What the two disagree about after the last step; empty when they agree."""
        live = Counter(task.element_id for task in self.step.live)
        pairs: list[tuple[str, object, object]] = [
            ("live", live, self.oracle.live),
            ("finished", self.step.finished, self.oracle.finished),
            ("stuck", self.step.stuck is not None, self.oracle.stuck),
        ]
        # How far the other branches came before a terminate end took them away is left open by the standard.
        if not self.terminated():
            pairs += [
                ("entered", Counter(self.step.entered), Counter(self.oracle.entered)),
                ("flows", Counter(self.step.flows), Counter(self.oracle.flows)),
            ]
        return [f"{what}: runner {ours}, oracle {theirs}" for what, ours, theirs in pairs if ours != theirs]

    def terminated(self) -> bool:
        """Whether a terminate end event was reached in the last step."""
        reached = (self.definition.nodes_by_id[each].event for each in self.oracle.entered)
        return any(event is not None and event.kind is EventKind.TERMINATE for event in reached)

    def go_on(self) -> None:
        """Completes one open task, the same in both, with random answers."""
        task = self.random.choice(sorted(self.step.live, key=lambda each: each.token))
        same = [each.token for each in self.step.live if each.element_id == task.element_id]
        values = {name: self.random.randint(0, 3) for name in ("v1", "v2", "v3", "v4")}
        outcome = back_outcome(self.definition, task.element_id, self.random.randrange(100))
        self.variables.update(values)
        if outcome is not None:
            self.variables[f"{task.element_id}_outcome"] = outcome
        self.oracle.complete(task.element_id, same.index(task.token), variables=self.variables, outcome=outcome)
        self.step = complete(
            self.compiled,
            self.step.state,
            token=task.token,
            variables=self.variables,
            now=NOW,
            outcome=outcome,
        )


def walk_agrees(walk: Walk, *, sound: bool) -> int:
    """Walks until the end, a standstill or the step limit; the number of steps."""
    for number in range(STEPS):
        # In a sound process two joins that can fire at once stand in different branches: their order is no matter.
        if walk.oracle.ambiguous and not sound:
            return number
        assert walk.differences() == []
        if sound:
            assert walk.step.stuck is None
        if walk.step.finished or not walk.step.live:
            return number
        walk.go_on()
    return STEPS


def sound_case(definition: ProcessDefinition, values: dict[str, int], seed: int) -> Counter[str]:
    """One sound process: no error from lint, no difference and no standstill on the way; its elements."""
    assert [each for each in check(definition) if each.severity is Severity.ERROR] == []
    walk_agrees(Walk(definition, values, seed), sound=True)
    return element_counts(definition)


def any_case(definition: ProcessDefinition, values: dict[str, int], seed: int) -> bool:
    """One process drawn at random; whether it could be walked (it does not run away by itself)."""
    try:
        walk = Walk(definition, values, seed)
    except RunawayError:
        return False
    try:
        walk_agrees(walk, sound=False)
    except RunawayError:
        return True
    return True


def profile(examples: int) -> settings:
    """Reproducible runs without a time limit for each."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def run_sound(examples: int) -> Counter[str]:
    """So many sound processes; in how many runs each element occurred."""
    runs: Counter[str] = Counter()

    @profile(examples)
    @given(sound_processes(depth=3), variables(), st.integers(0, 2**32))
    def prove(definition: ProcessDefinition, values: dict[str, int], seed: int) -> None:
        counts = sound_case(definition, values, seed)
        runs.update(element for element, count in counts.items() if count)

    prove()
    return runs


def run_any(examples: int) -> int:
    """So many unstructured processes; how many of them could be walked."""
    walked = 0

    @profile(examples)
    @given(unstructured_processes(), variables(), st.integers(0, 2**32))
    def prove(definition: ProcessDefinition, values: dict[str, int], seed: int) -> None:
        nonlocal walked
        fine = any_case(definition, values, seed)
        walked += fine
        assume(fine)

    prove()
    return walked


def show(runs: Counter[str]) -> None:
    """Prints the histogram: in how many runs each element occurred."""
    width = max(map(len, runs))
    for element, count in runs.most_common():
        print(f"{element:{width}} {count:6d}")


def test_runner_agrees_on_sound_processes() -> None:
    runs = run_sound(SHORT)
    show(runs)
    assert [element for element in ACCEPTED if not runs[element]] == []


def test_runner_agrees_on_unstructured_processes() -> None:
    assert run_any(SHORT) >= SHORT


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_runner_agrees_on_ten_thousand_sound_processes() -> None:
    runs = run_sound(LONG)
    show(runs)
    assert [element for element in ACCEPTED if runs[element] < 200] == []


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_runner_agrees_on_ten_thousand_unstructured_processes() -> None:
    assert run_any(LONG) >= LONG


def test_step_limit_is_told() -> None:
    """A loop that nobody is in stops at the limit instead of running for ever; the oracle runs away on it too."""
    definition = process("start -> xor1 -> xor2 -[v1 > 0]-> xor1\nxor2 -/-> A -> end")
    with pytest.raises(RunawayError):
        TokenGame(definition, decide, {"v1": 1})
    step = start(compile_process(definition), variables={"v1": 1}, now=NOW)
    assert step.stuck is not None
    assert step.stuck.code is StuckCode.STEP_LIMIT
