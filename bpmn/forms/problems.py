"""What can be wrong with one answer: a stable code and the facts its message needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from marshmallow import ValidationError

from bpmn.limits import FIELD_KEY


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """One refused answer. `path` is the key, with row and key in a repeating group: `improvement_actions.0.who`."""

    path: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A FieldError whose path is not known yet."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


def refusal(code: str, **params: object) -> ValidationError:
    """The marshmallow error that carries one problem; to be raised by the caller."""
    return ValidationError([Problem(code=code, params=params)])


def echoed(key: object) -> str:
    """A key or a row's number as it may be sent back: a stranger may have made it up."""
    return str(key)[:FIELD_KEY].encode("utf-8", "replace").decode("utf-8")


def located(messages: object, path: str = "") -> Iterator[FieldError]:
    """The errors in what marshmallow collected, with their paths."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from located(inner, f"{path}.{echoed(key)}" if path else echoed(key))
    elif isinstance(messages, list | tuple):
        for each in messages:
            yield from located(each, path)
    elif isinstance(messages, Problem):
        yield FieldError(path=path, code=messages.code, params=messages.params)
    else:
        yield FieldError(path=path, code=str(messages))
