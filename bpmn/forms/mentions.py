"""Who and what some answers speak of, so that a command can look all of it up in one query before the check."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bpmn.forms.model import Field, FieldType, Form
from bpmn.forms.order import placed


@dataclass(frozen=True, kw_only=True)
class Mentioned:
    """Names and keys as sent, known or not; `files` are ids of uploads or attachments."""

    users: frozenset[str] = frozenset()
    businesses: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()


_WIDGETS = {"user": "users", "users": "users", "business": "businesses", "role": "roles"}


def mentioned(form: Form, answers: Mapping[str, object], variables: Mapping[str, object] | None = None) -> Mentioned:
    """What the check may ask its Lookup about these answers; texts only, whatever else was sent.

    With `variables` also what they hold under the form's keys, which a correction judges too.
    """
    found: dict[str, set[str]] = {"users": set(), "businesses": set(), "roles": set(), "files": set()}
    for what, name in _found(form.fields, [answers, variables or {}]):
        found[what].add(name)
    return Mentioned(**{what: frozenset(names) for what, names in found.items()})


def _found(fields: tuple[Field, ...], sources: Iterable[Mapping[str, object]]) -> Iterator[tuple[str, str]]:
    sources = tuple(sources)
    for each in placed(fields):
        field = each.field
        what = "files" if field.type is FieldType.FILE_PICKER else _WIDGETS.get(field.widget or "")
        for source in sources:
            values = _values(source.get(field.key))
            if field.type is FieldType.DYNAMIC_LIST:
                yield from _found(field.fields, (row for row in values if isinstance(row, Mapping)))
            elif what is not None:
                yield from ((what, value) for value in values if isinstance(value, str))


def _values(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]
