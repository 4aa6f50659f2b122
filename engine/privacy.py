"""What someone who sees a ticket only as requester or follower does not get: internal fields, comments and files."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from bpmn.forms.model import Field
from bpmn.model import ProcessDefinition
from engine.values.events import Event, EventType
from engine.values.processes import RunningDeployment
from engine.values.rulings import Sight


def internal_keys(deployment: RunningDeployment) -> frozenset[str]:
    """The keys of all fields that the designer marked `fd:internal`, in any form of the process."""
    return _keys_of(_Definition(deployment.definition))


def answers_seen(deployment: RunningDeployment, answers: Mapping[str, object], sight: Sight) -> dict[str, object]:
    """The answers without what this reader does not get."""
    if sight is Sight.FULL:
        return dict(answers)
    hidden = internal_keys(deployment)
    return {key: value for key, value in answers.items() if key not in hidden}


def event_seen(deployment: RunningDeployment, event: Event, sight: Sight) -> Event | None:
    """The event without what this reader does not get; None when nothing of it is theirs."""
    if sight is Sight.FULL:
        return event
    if event.type is EventType.COMMENT_ADDED and event.payload.get("internal"):
        return None
    payload = dict(event.payload)
    for part in ("answers", "before", "after"):
        values = payload.get(part)
        if isinstance(values, Mapping):
            payload[part] = answers_seen(deployment, values, sight)
    if event.type is EventType.ANSWERS_CORRECTED and not payload["after"]:
        return None
    return replace(event, payload=payload)


class _Definition:
    """A definition that is its own key in a cache: comparing whole definitions would cost more than the answer."""

    def __init__(self, definition: ProcessDefinition) -> None:
        self.definition = definition

    def __hash__(self) -> int:
        return id(self.definition)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Definition) and other.definition is self.definition


@lru_cache(maxsize=256)
def _keys_of(held: _Definition) -> frozenset[str]:
    return frozenset(field.key for form in held.definition.forms for field in _internal(form.fields))


def _internal(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        if field.internal:
            yield field
            yield from (child for child in _all(field.fields))
        else:
            yield from _internal(field.fields)


def _all(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _all(field.fields)
