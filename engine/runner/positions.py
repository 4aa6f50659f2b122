"""Between a stored position and the library's workflow: what is loaded is what was at rest."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.runner.compiled import CompiledProcess
from engine.runner.errors import StateCorrupt
from engine.runner.library import ProcessRun, Token
from engine.runner.nodes import EndEvent, HumanTask, Join, SubProcess
from engine.runner.stored import Place, Position, StoredToken

_STATES = {
    Place.OPEN: TaskState.READY,
    Place.WAITING: TaskState.WAITING,
    Place.INSIDE: TaskState.STARTED,
    Place.STUCK: TaskState.STARTED,
}


def load(
    compiled: CompiledProcess, position: Position, *, variables: Mapping[str, object], now: datetime
) -> ProcessRun:
    """The library's workflow with a token wherever the position has one.

    Raises: StateCorrupt when the position does not belong to this definition.
    """
    run = ProcessRun(
        compiled.process_spec,
        compiled.nested_specs,
        variables=variables,
        now=now,
        next_number=position.next_number,
    )
    if position.last_end is not None:
        run.last_end = compiled.nodes.get(position.last_end)
        if not isinstance(run.last_end, EndEvent):
            raise StateCorrupt("element", element_id=position.last_end)
    for stored in position.tokens:
        _put(run, compiled.nodes.get(stored.element_id), stored)
    if any(not nested.tokens() for nested in run.subprocesses.values()):
        raise StateCorrupt("empty sub-process")
    run.note_completion()
    return run


def _put(run: ProcessRun, spec: Any, stored: StoredToken) -> None:
    scope: Any = run if stored.owner == 0 else run.subprocesses[stored.owner]
    if spec is None or spec._wf_spec is not scope.spec or not _may_rest(spec, stored):
        raise StateCorrupt("element", element_id=stored.element_id)
    token = Token(scope, spec, scope.task_tree, _STATES[stored.place], stored.number)
    token.flow, token.task, token.outcome = stored.flow, stored.task, stored.outcome
    token.stuck = stored.stuck
    token.done = stored.place is Place.STUCK
    if stored.place is Place.INSIDE:
        run.create_subprocess(token, stored.element_id)


def _may_rest(spec: Any, stored: StoredToken) -> bool:
    match stored.place:
        case Place.OPEN:
            return isinstance(spec, HumanTask)
        case Place.WAITING:
            return isinstance(spec, Join) and stored.flow in spec.entries
        case Place.INSIDE:
            return isinstance(spec, SubProcess)
        case Place.STUCK:
            return bool(spec.exits)


def position_of(run: ProcessRun) -> Position:
    """The position of a workflow in which nothing is left for the engine to do."""
    return Position(
        tokens=tuple(_stored(token) for token in run.all_tokens()),
        next_number=run.next_number,
        last_end=None if run.last_end is None else run.last_end.bpmn_id,
    )


def _stored(token: Token) -> StoredToken:
    place = _place(token)
    stuck = place is Place.STUCK
    return StoredToken(
        number=token.id,
        owner=token.workflow.parent_task_id or 0,
        element_id=token.task_spec.bpmn_id,
        place=place,
        flow=token.flow if place is Place.WAITING else None,
        stuck=token.stuck,
        task=token.task if stuck else None,
        outcome=token.outcome if stuck else None,
    )


def _place(token: Token) -> Place:
    if token.stuck is not None:
        return Place.STUCK
    if token.state == TaskState.WAITING:
        return Place.WAITING
    return Place.OPEN if token.is_open else Place.INSIDE
