"""Replay: a ticket's timeline, run through the engine again, must end where the ticket stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine import runner
from engine.compiled import compiled
from engine.runner import Step
from engine.values.events import Event, EventType
from engine.values.processes import RunningDeployment
from engine.zone import at_home

_COMPLETIONS = (EventType.TASK_COMPLETED, EventType.TASK_SENT_BACK)


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a timeline ends."""

    state: bytes = b""
    variables: Mapping[str, Any] = field(default_factory=dict)
    live: frozenset[int] = frozenset()
    """Tokens of the live tasks; none once the ticket was withdrawn or cancelled."""


def replay(deployment: RunningDeployment, events: Iterable[Event]) -> Position:
    """Run the events of one ticket, in order, from nothing.

    Raises: TokenNotOpen or StateCorrupt when they cannot have happened in this order.
    """
    position = Position()
    for event in events:
        position = _after(position, deployment, event)
    return position


def _after(position: Position, deployment: RunningDeployment, event: Event) -> Position:
    payload, now = event.payload, at_home(event.at)
    if event.type is EventType.TICKET_OPENED:
        answers = _mapping(payload["answers"])
        return _stepped(runner.start(compiled(deployment), variables=answers, now=now))
    if event.type in _COMPLETIONS:
        return _stepped(_completed(position, deployment, payload, now))
    if event.type is EventType.TICKET_RETRIED:
        step = runner.retry(compiled(deployment), position.state, variables=position.variables, now=now)
        return _stepped(step)
    if event.type is EventType.ANSWERS_CORRECTED:
        return replace(position, variables={**position.variables, **_mapping(payload["after"])})
    if event.type in (EventType.TICKET_WITHDRAWN, EventType.TICKET_CANCELLED):
        return replace(position, live=frozenset())
    return position


def _completed(position: Position, deployment: RunningDeployment, payload: Mapping[str, object], now: datetime) -> Step:
    variables = {**position.variables, **_mapping(payload["answers"])}
    outcome = payload.get("outcome")
    named = outcome if isinstance(outcome, str) else None
    if named is not None:
        variables[f"{payload['element']}_outcome"] = named
    token = payload["token"]
    assert isinstance(token, int)
    return runner.complete(
        compiled(deployment), position.state, token=token, variables=variables, now=now, outcome=named
    )


def _stepped(step: Step) -> Position:
    return Position(state=step.state, variables=step.variables, live=frozenset(each.token for each in step.live))


def _mapping(value: object) -> Mapping[str, Any]:
    assert isinstance(value, Mapping)
    return value
