"""Threads share one compiled definition: whatever they do with it at once, each ticket goes as it would go alone."""

import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any, TypeVar

import pytest
from hypothesis import Phase, given, settings
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.event import Event

from bpmn.model import ProcessDefinition
from engine import compiled as kept
from engine.ids import new_id
from engine.runner import CompiledProcess, NotRunnable, Step, compile_process, complete, start
from engine.values.processes import Kind, Policy, RunningDeployment
from tests.engine.runner.journeys import NOW
from tests.engine.test_runner_oracle import profile
from tests.support.diagrams import process
from tests.support.random_processes import VARIABLES, back_outcome, sound_processes

THREADS = 16
STEPS = 30
MIXED = """
    start -> xor0 -> and1 -> A -> or1 -> B -> or2 -> and2 -> E -> xor1
    or1 -[v1 > 1]-> C -> or2
    and1 -> S -> and2
    S { start_s -> and3 -> F -> and4 -> end_s
    and3 -> G -> xor5
    xor5 -[v2 > 1]-> G
    xor5 -/-> and4 }
    xor1 -(again!)-> xor0
    xor1 -(ok)-> end
"""
R = TypeVar("R")


@contextmanager
def _switching_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _at_once(act: Callable[[int], R]) -> list[R]:
    """What each of sixteen threads gives; all begin at the same moment and are interrupted all the time."""
    barrier = Barrier(THREADS)

    def begin(number: int) -> R:
        barrier.wait()
        return act(number)

    with _switching_often(), ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def _walk(compiled: CompiledProcess, definition: ProcessDefinition, seed: int) -> list[Step]:
    """One ticket with random answers: every step of it, the bytes to be stored among what it says."""
    chosen = random.Random(seed)
    known: dict[str, object] = {name: chosen.randint(0, 3) for name in VARIABLES}
    steps = [start(compiled, variables=dict(known), now=NOW)]
    while steps[-1].live and len(steps) < STEPS:
        task = chosen.choice(steps[-1].live)
        known |= {name: chosen.randint(0, 3) for name in VARIABLES}
        outcome = back_outcome(definition, task.element_id, chosen.randrange(100))
        if outcome is not None:
            known[f"{task.element_id}_outcome"] = outcome
        state = steps[-1].state
        steps.append(complete(compiled, state, token=task.token, variables=dict(known), now=NOW, outcome=outcome))
    return steps


def _go_as_alone(definition: ProcessDefinition, tickets: int) -> None:
    alone = compile_process(definition)
    expected = {seed: _walk(alone, definition, seed) for seed in range(tickets)}
    # A definition that no ticket has touched yet: what is worked out at the first need is worked out by all at once.
    shared = compile_process(definition)

    def walk_some(number: int) -> dict[int, list[Step]]:
        return {seed: _walk(shared, definition, seed) for seed in range(number % 3, tickets, 3)}

    for found in _at_once(walk_some):
        assert found == {seed: expected[seed] for seed in found}


def test_sixteen_threads_walk_tickets_of_one_definition_as_one_does() -> None:
    _go_as_alone(process(MIXED), 24)


def test_sixteen_threads_walk_tickets_of_any_definition_as_one_does() -> None:
    @settings(profile(8), phases=(Phase.generate,))
    @given(sound_processes(depth=3))
    def prove(definition: ProcessDefinition) -> None:
        _go_as_alone(definition, 6)

    prove()


def _contents(compiled: CompiledProcess) -> dict[str, dict[str, Any]]:
    """What the specs hold, lists and dictionaries copied; what an inclusive join works out once is left out."""
    nested = {f"inside {name}": spec for name, spec in compiled.nested_specs.items()}
    specs = {**compiled.nodes, **nested, "the process": compiled.process_spec}
    held = {name: {key: value for key, value in vars(spec).items() if key != "_reach"} for name, spec in specs.items()}
    return {
        name: {key: value.copy() if isinstance(value, dict | list) else value for key, value in values.items()}
        for name, values in held.items()
    }


def test_running_tickets_changes_nothing_in_the_definition() -> None:
    """The library's specs hold events that a running workflow may subscribe to, and its tasks a pool of numbers."""
    definition = process(MIXED)
    compiled = compile_process(definition)
    before = _contents(compiled)
    for seed in range(10):
        _walk(compiled, definition, seed)
    assert _contents(compiled) == before
    events = [value for values in before.values() for value in values.values() if isinstance(value, Event)]
    assert len(events) >= 6 * len(compiled.nodes)
    assert {event.n_subscribers() for event in events} == {0}
    assert Task.thread_id_pool == 0


def _deployment(definition: ProcessDefinition) -> RunningDeployment:
    return RunningDeployment(
        id=new_id(),
        process_id=new_id(),
        process_key=definition.key,
        kind=Kind.INCIDENT,
        number=1,
        version=1,
        definition=definition,
        role_bindings={},
        business_roles=frozenset(),
        policy=Policy(),
        needs_business=False,
    )


def test_sixteen_threads_that_ask_at_once_get_one_definition_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compilations: list[ProcessDefinition] = []

    def compile_and_count(definition: ProcessDefinition) -> CompiledProcess:
        compilations.append(definition)
        return compile_process(definition)

    monkeypatch.setattr(kept, "compile_process", compile_and_count)
    for _ in range(20):
        deployment = _deployment(process(MIXED))
        found = _at_once(lambda _, deployment=deployment: kept.compiled(deployment))  # type: ignore[misc]
        assert len({id(each) for each in found}) == 1
    assert len(compilations) == 20


def test_a_definition_that_does_not_compile_is_refused_to_every_thread() -> None:
    deployment = _deployment(process("start -> A -> end\nT: serviceTask"))

    def ask(_number: int) -> str:
        with pytest.raises(NotRunnable) as refused:
            kept.compiled(deployment)
        return refused.value.code

    assert set(_at_once(ask)) == {"ELEMENT_NOT_RUNNABLE"}


def test_more_versions_than_are_kept_are_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT", 2)
    monkeypatch.setattr(kept, "_kept", type(kept._kept)())
    first, second, third = (_deployment(process("start -> A -> end")) for _ in range(3))
    made = [kept.compiled(each) for each in (first, second, first, third)]
    assert kept.compiled(first) is made[0]
    assert kept.compiled(second) is not made[1]
