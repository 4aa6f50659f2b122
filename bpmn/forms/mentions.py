"""Who and what some answers speak of, so that a command can look all of it up in one query before the check."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from marshmallow import ValidationError

from bpmn.forms.model import Field, FieldType, Form
from bpmn.forms.order import placed
from bpmn.forms.texts import clean_text
from bpmn.limits import ANSWER_ITEMS, ANSWER_ROWS, ID_LENGTH


@dataclass(frozen=True, kw_only=True)
class Mentioned:
    """Names and keys as sent, known or not; `files` are ids of uploads or attachments."""

    users: frozenset[str] = frozenset()
    businesses: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()


_WIDGETS = {"user": "users", "users": "users", "business": "businesses", "role": "roles"}


_MOST = 10 * ANSWER_ROWS
"""Names asked for at once: many more than any form that people fill in could hold."""


def mentioned(form: Form, answers: Mapping[str, object], variables: Mapping[str, object] | None = None) -> Mentioned:
    """What the check may ask its Lookup about these answers; texts only, whatever else was sent.

    With `variables` also what they hold under the form's keys, which a correction judges too.
    """
    found: dict[str, set[str]] = {"users": set(), "businesses": set(), "roles": set(), "files": set()}
    for what, name in islice(_found(form.fields, [answers, variables or {}]), _MOST):
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
                yield from ((what, name) for name in map(_name, values) if name)


def _name(value: object) -> str | None:
    """The name as the check will ask for it; what the check refuses anyway is not worth a query."""
    try:
        name = clean_text(value, one_line=True)
    except ValidationError:
        return None
    return name if len(name) <= ID_LENGTH else None


def _values(value: object) -> list[object]:
    """The single value, or those of a list as far as the check would read on."""
    return list(value[:ANSWER_ITEMS]) if isinstance(value, list | tuple) else [value]
