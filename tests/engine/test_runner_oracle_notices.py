"""The comparison of runs is worth something: each of these faults, put into the runner, is noticed by it."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, Literal

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from SpiffWorkflow.exceptions import WorkflowException

from bpmn.errors import FaultdeskError
from bpmn.model import ProcessDefinition
from engine.runner import library, nodes, report, steps
from engine.runner.stored import Place, Position, StoredToken
from tests.engine.test_runner_oracle import profile
from tests.support.random_processes import sound_processes, unstructured_processes, variables
from tests.support.token_game import RunawayError
from tests.support.walks import Walk, walk_agrees

PROCESSES, SEEDS = 40, 6
Kind = Literal["sound", "unstructured"]
KINDS: dict[Kind, st.SearchStrategy[ProcessDefinition]] = {
    "sound": sound_processes(depth=3),
    "unstructured": unstructured_processes(),
}
Patch = pytest.MonkeyPatch


def _storing(change: Callable[[Position], Position]) -> Callable[[Patch], None]:
    """A fault in what is stored; the run in memory does not read it."""
    stored = report.position_of
    return lambda patch: patch.setattr(report, "position_of", lambda run: change(stored(run)))


def _tokens(keep: Callable[[StoredToken], bool]) -> Callable[[Position], Position]:
    return lambda position: replace(position, tokens=tuple(each for each in position.tokens if keep(each)))


def _each(change: Callable[[StoredToken], StoredToken]) -> Callable[[Position], Position]:
    return lambda position: replace(position, tokens=tuple(change(each) for each in position.tokens))


def _low_numbers(position: Position) -> Position:
    return replace(position, next_number=max((each.number for each in position.tokens), default=0) + 1)


def _stale_arrivals(patch: Patch) -> None:
    """The library's own fault: a join's tokens are counted again in the next round."""

    def fire(self: nodes.Join, scope: Any, waiting: dict[str, library.Token]) -> library.Token:
        survivor = max(waiting.values(), key=lambda token: token.id)
        survivor.flow = survivor.task = survivor.outcome = None
        scope.top_workflow.entered.append(self.bpmn_id)
        return survivor

    patch.setattr(nodes.Join, "fire", fire)


def _old_variables(patch: Patch) -> None:
    load, seen = steps.load, []

    def stale(compiled: Any, position: Position, *, variables: Any, now: Any) -> Any:
        seen.append(variables)
        return load(compiled, position, variables=seen[-2] if len(seen) > 1 else variables, now=now)

    patch.setattr(steps, "load", stale)


FAULTS: dict[str, Callable[[Patch], None]] = {
    "a token that waits at a join is dropped": _storing(_tokens(lambda each: each.place is not Place.WAITING)),
    "a token stands on another flow of its join": _storing(_each(lambda each: replace(each, flow=each.flow and "f1"))),
    "the owner of a sub-process's token is forgotten": _storing(_each(lambda each: replace(each, owner=0))),
    "sub-processes are not stored": _storing(_tokens(lambda each: each.owner == 0 and each.place is not Place.INSIDE)),
    "a stuck token is dropped": _storing(_tokens(lambda each: each.place is not Place.STUCK)),
    "numbers are given twice": _storing(_low_numbers),
    "arrivals of the round before are kept": _stale_arrivals,
    "conditions see the variables of the step before": _old_variables,
    "an inclusive join fires at once": lambda patch: patch.setattr(nodes.InclusiveJoin, "_enabled", lambda *_: True),
    "an inclusive join waits for every flow": lambda patch: patch.setattr(
        nodes.InclusiveJoin, "_enabled", lambda self, _, waiting: len(waiting) == len(self.entries)
    ),
    "a terminate end spares what is inside sub-processes": lambda patch: patch.setattr(
        nodes.SubProcess, "_on_cancel", lambda *_: None
    ),
}


@cache
def _drawn(kind: Kind) -> tuple[tuple[ProcessDefinition, dict[str, int]], ...]:
    """Processes with the variables they start with: drawn once, since drawing takes longer than walking."""
    found: list[tuple[ProcessDefinition, dict[str, int]]] = []

    @settings(profile(PROCESSES), phases=(Phase.generate,))
    @given(KINDS[kind], variables())
    def draw(definition: ProcessDefinition, values: dict[str, int]) -> None:
        found.append((definition, values))

    draw()
    return tuple(found)


def _noticed(kind: Kind, seeds: int = SEEDS) -> int | None:
    """Which walk shows a difference, or an error where there should be none; None when none of them does."""
    cases = [(*drawn, seed) for seed in range(seeds) for drawn in _drawn(kind)]
    return next((number for number, case in enumerate(cases, start=1) if _goes_wrong(*case)), None)


def _goes_wrong(definition: ProcessDefinition, values: dict[str, int], seed: int) -> bool:
    try:
        walk_agrees(Walk(definition, values, seed), sound=False)
    except RunawayError:
        return False
    except (AssertionError, FaultdeskError, WorkflowException):
        return True
    return False


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_runner_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FAULTS[fault](monkeypatch)
    first = _noticed("unstructured" if "stuck" in fault else "sound")
    print(f"\n{fault}: noticed in walk {first}")
    assert first is not None


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_fault_nothing_is_noticed(kind: Kind) -> None:
    assert _noticed(kind, seeds=1) is None
