"""What a step did, read off the run after the engine has come to rest."""

from collections.abc import Iterator, Sequence

from SpiffWorkflow.util.task import TaskState

from engine.runner.library import ProcessRun, Token
from engine.runner.positions import position_of
from engine.runner.stored import write
from engine.runner.values import EndedTask, EndReason, LiveTask, Step, Stuck, StuckCode


def step_of(run: ProcessRun, *, before: Sequence[Token] = (), completed: Token | None = None) -> Step:
    """The step that led to this run; `before` are the tokens that were open before it."""
    known = {token.id for token in before}
    tokens = run.all_tokens()
    live = [token for token in tokens if token.is_open]
    return Step(
        state=write(position_of(run)),
        opened=tuple(_live(token) for token in live if token.id not in known),
        ended=tuple(_ended(run, known, completed)),
        live=tuple(_live(token) for token in live),
        entered=tuple(run.entered),
        flows=tuple(run.flows),
        finished=not tokens,
        status=_status(run, tokens),
        variables=run.variables,
        stuck=_stuck(tokens),
    )


def _live(token: Token) -> LiveTask:
    return LiveTask(token=token.id, element_id=token.task_spec.bpmn_id)


def _ended(run: ProcessRun, known: set[int], completed: Token | None) -> Iterator[EndedTask]:
    """The tasks a caller knew of; one that opened and was cancelled within the step was never there for anyone."""
    if completed is not None:
        yield EndedTask(token=completed.id, element_id=completed.task_spec.bpmn_id, reason=EndReason.COMPLETED)
    for token in sorted(run.cancelled, key=lambda token: token.id):
        if token.id in known:
            yield EndedTask(token=token.id, element_id=token.task_spec.bpmn_id, reason=EndReason.CANCELLED)


def _status(run: ProcessRun, tokens: Sequence[Token]) -> str | None:
    """`fd:status` of the node entered last among those active that have one; at the end, of the last end event."""
    if not tokens:
        return None if run.last_end is None else run.last_end.status
    active = (token for token in reversed(tokens) if token.state != TaskState.WAITING)
    return next((token.task_spec.status for token in active if token.task_spec.status is not None), None)


def _stuck(tokens: Sequence[Token]) -> Stuck | None:
    stuck = next((token.stuck for token in tokens if token.stuck is not None), None)
    if stuck is not None or not tokens or any(token.is_open for token in tokens):
        return stuck
    waiting = next(token for token in tokens if token.state == TaskState.WAITING)
    return Stuck(code=StuckCode.JOIN_NEVER_FIRES, element_id=waiting.task_spec.bpmn_id)
