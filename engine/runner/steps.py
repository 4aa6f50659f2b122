"""Moving a ticket: load the position, let the library run, write the position back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from SpiffWorkflow.util.task import TaskState

from bpmn import limits
from engine.runner.compiled import CompiledProcess
from engine.runner.errors import TokenNotOpen
from engine.runner.library import GivenUp, ProcessRun, Token
from engine.runner.nodes import InclusiveJoin
from engine.runner.positions import load
from engine.runner.report import step_of
from engine.runner.stored import Place, Position, StoredToken, read
from engine.runner.values import Step, Stuck, StuckCode


def start(compiled: CompiledProcess, *, variables: Mapping[str, object], now: datetime) -> Step:
    """Open a ticket: run from the plain start event to the first waits.

    `variables` hold the start form's answers; `now` is what conditions see as the present.
    """
    run = ProcessRun(compiled.process_spec, compiled.nested_specs, variables=variables, now=now)
    try:
        run.begin([compiled.start])
        advance(run)
    except GivenUp as reason:
        token = StoredToken(number=1, owner=0, element_id=compiled.start.bpmn_id, place=Place.OPEN)
        held = _held(Position(tokens=(token,), next_number=2), token, reason)
        run = load(compiled, held, variables=variables, now=now)
        run.entered.append(token.element_id)
    return step_of(run)


def complete(
    compiled: CompiledProcess,
    state: bytes,
    *,
    token: int,
    variables: Mapping[str, object],
    now: datetime,
    outcome: str | None = None,
) -> Step:
    """Complete one live task and run to the next waits.

    `variables` already hold the task's answers; `outcome` is the key of the outcome chosen, if the task has any.

    Raises: StateCorrupt; TokenNotOpen when no live task has this number.
    """
    position = read(state)
    stored = next((each for each in position.tokens if each.number == token), None)
    if stored is None or stored.place is not Place.OPEN:
        raise TokenNotOpen(token)
    run = load(compiled, position, variables=variables, now=now)
    live = tuple(each for each in run.all_tokens() if each.is_open)
    completed = next(each for each in live if each.id == token)
    completed.outcome = outcome
    try:
        completed.run()
        advance(run)
    except GivenUp as reason:
        held = _held(position, replace(stored, task=stored.element_id, outcome=outcome), reason)
        run = load(compiled, held, variables=variables, now=now)
    return step_of(run, before=live, completed=completed)


def retry(compiled: CompiledProcess, state: bytes, *, variables: Mapping[str, object], now: datetime) -> Step:
    """Let every stuck token try again to leave its node, after the variables were corrected.

    Where nothing was stuck, nothing happens. An outcome that stands in the variables goes before the one that was named
    at the completion.

    Raises: StateCorrupt.
    """
    position = read(state)
    run = load(compiled, position, variables=variables, now=now)
    live = tuple(each for each in run.all_tokens() if each.is_open)
    try:
        for token in run.all_tokens():
            if token.stuck is not None:
                release(token, variables)
        advance(run)
    except GivenUp as reason:
        stuck = next((each for each in position.tokens if each.stuck is not None), None)
        held = position if stuck is None else _held(position, stuck, reason)
        run = load(compiled, held, variables=variables, now=now)
    return step_of(run, before=live)


def advance(run: ProcessRun) -> None:
    """Let the library run until every token rests: at a person, a join, a running sub-process, or stuck.

    Raises: GivenUp when a bound of the engine is passed.
    """
    while run.has_work() or _fire_inclusive(run):
        run.do_engine_steps()
    if len(run.all_tokens()) > limits.LIVE_TOKENS:
        raise GivenUp(StuckCode.TOKEN_LIMIT, {"limit": limits.LIVE_TOKENS})


def _fire_inclusive(run: ProcessRun) -> bool:
    """Fire the inclusive join that has waited longest among those that may; whether there was one."""
    tokens = (token for scope in run.scopes() for token in scope.waiting.values())
    waiting = sorted((token for token in tokens if isinstance(token.task_spec, InclusiveJoin)), key=lambda t: t.id)
    joins = {(token.workflow, token.task_spec): None for token in waiting}
    return any(join.fire_if_enabled(scope) for scope, join in joins)


def release(token: Token, variables: Mapping[str, object]) -> None:
    """Let a stuck token try again to leave its node, going by the outcome that the variables hold, if any."""
    token.stuck = None
    if token.task is not None and f"{token.task}_outcome" in variables:
        token.outcome = None
    token._set_state(TaskState.READY)
    token.run()


def _held(position: Position, stored: StoredToken, reason: GivenUp) -> Position:
    """The position before the engine ran, with this token stuck where it is, its work being done."""
    stuck = Stuck(code=reason.code, element_id=stored.element_id, params=reason.params)
    held = replace(stored, place=Place.STUCK, stuck=stuck)
    tokens = tuple(held if each.number == stored.number else each for each in position.tokens)
    return replace(position, tokens=tokens)
