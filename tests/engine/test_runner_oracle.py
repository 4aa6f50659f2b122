"""Storing, folding and reloading at each step changes nothing, on random processes and random answers.

Three runs are compared step by step (tests/support/walks.py): the runner's, whose position is stored and read
again; one that stays in memory with every finished task kept; and the token game's.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from bpmn.findings import Severity
from bpmn.lint.soundness import check
from bpmn.model import ProcessDefinition
from engine.runner import StuckCode, compile_process, start
from tests.support.diagrams import process, to_text
from tests.support.elements import ACCEPTED, elements, show
from tests.support.random_processes import decide, sound_processes, unstructured_processes, variables
from tests.support.token_game import RunawayError, TokenGame
from tests.support.walks import NOW, Walk, walk_agrees

SHORT = 100
LONG = 10_000
WALKS = 3
"""Each process is walked so often, with other answers."""
LEAST = 200
"""In so many of the long form's runs each element must occur."""

MET_SOUND = ("(ended)", "(a task was taken away by a terminate end)", "(more finished tasks than live ones in memory)")
MET_UNSOUND = ("(ended)", "(stuck)", "(retried)", "(two tokens at one task)")
"""What must happen on the way."""

Case = Callable[[ProcessDefinition, dict[str, int], int], Walk]


def sound_case(definition: ProcessDefinition, values: dict[str, int], seed: int) -> Walk:
    """One sound process: no difference and no standstill on the way."""
    walk = Walk(definition, values, seed)
    walk_agrees(walk, sound=True)
    return walk


def any_case(definition: ProcessDefinition, values: dict[str, int], seed: int) -> Walk:
    """One process drawn at random, as far as it can be walked; one that runs away by itself at once is no case."""
    try:
        walk = Walk(definition, values, seed)
    except RunawayError:
        assume(False)
    with suppress(RunawayError):
        walk_agrees(walk, sound=False)
    return walk


def profile(examples: int) -> settings:
    """Reproducible runs without a time limit for each."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def prove(case: Case, processes: st.SearchStrategy[ProcessDefinition], examples: int, title: str) -> Counter[str]:
    """So many random processes; in how many runs each element occurred, which is printed too."""
    runs: Counter[str] = Counter()
    steps: list[int] = []

    @profile(examples)
    @given(processes, variables(), st.integers(0, 2**32))
    def proof(definition: ProcessDefinition, values: dict[str, int], seed: int) -> None:
        note(f"{to_text(definition)}\n{values}, answers of the seeds {seed} to {seed + WALKS - 1}")
        walks = [case(definition, values, seed + number) for number in range(WALKS)]
        steps.append(sum(walk.steps for walk in walks))
        runs.update(elements(definition).union(*(walk.happened for walk in walks)))

    proof()
    assert len(steps) >= examples
    show(runs, f"{title}: {len(steps)} runs of {WALKS} walks each, {sum(steps)} steps; in how many runs each occurred")
    return runs


def lint_case(definition: ProcessDefinition, values: dict[str, int], seed: int) -> Walk:
    """As `sound_case`, and lint finds no error either."""
    assert [each for each in check(definition) if each.severity is Severity.ERROR] == []
    return sound_case(definition, values, seed)


def test_runner_agrees_on_sound_processes() -> None:
    """R-18, the short form."""
    runs = prove(lint_case, sound_processes(depth=3), SHORT, "sound")
    assert [each for each in (*ACCEPTED, *MET_SOUND) if not runs[each]] == []


def test_runner_agrees_on_unstructured_processes() -> None:
    runs = prove(any_case, unstructured_processes(), SHORT, "unstructured")
    assert [each for each in MET_UNSOUND if not runs[each]] == []


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_runner_agrees_on_ten_thousand_sound_processes() -> None:
    """R-18."""
    runs = prove(lint_case, sound_processes(depth=3), LONG, "sound")
    assert [each for each in (*ACCEPTED, *MET_SOUND) if runs[each] < LEAST] == []


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_runner_agrees_on_ten_thousand_unstructured_processes() -> None:
    runs = prove(any_case, unstructured_processes(), LONG, "unstructured")
    assert [each for each in MET_UNSOUND if runs[each] < LEAST] == []


def test_step_limit_is_told() -> None:
    """A loop that nobody is in stops at the limit instead of running for ever; the oracle runs away on it too."""
    definition = process("start -> xor1 -> xor2 -[v1 > 0]-> xor1\nxor2 -/-> A -> end")
    with pytest.raises(RunawayError):
        TokenGame(definition, decide, {"v1": 1})
    step = start(compile_process(definition), variables={"v1": 1}, now=NOW)
    assert step.stuck is not None
    assert step.stuck.code is StuckCode.STEP_LIMIT
