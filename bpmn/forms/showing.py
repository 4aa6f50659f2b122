"""A form as it is to be shown now: pure values for pages and the API, no HTML."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bpmn.forms.compiled import CompiledForm, compiled
from bpmn.forms.deciding import Decided, decide
from bpmn.forms.evaluation import Evaluation
from bpmn.forms.model import INPUTS, Field, FieldType, Form, Option
from bpmn.forms.template import parts_of
from bpmn.text import Text


@dataclass(frozen=True, kw_only=True)
class ShownField:
    """One component as it stands now. A hidden one is listed with `visible` false, so that a page can bring it in."""

    field: Field
    path: str
    """Where its answer and its errors stand: the key, or list, row and key; '' for what carries no answer."""
    visible: bool = True
    required: bool = False
    readonly: bool = False
    """Not the person's to fill in: drawn so, by condition, or computed."""
    value: object = None
    """What is filled in, else the ticket's value, else the default, or the computed value; JSON."""
    options: tuple[Option, ...] = ()
    text: Text = dataclasses.field(default_factory=Text)
    """TEXT: plain text with its `{{ }}` parts evaluated."""
    fields: tuple["ShownField", ...] = ()
    """GROUP: its components."""
    rows: tuple[tuple["ShownField", ...], ...] = ()
    """DYNAMIC_LIST: the components of each row there is."""
    blank: tuple["ShownField", ...] = ()
    """DYNAMIC_LIST: the components of a row to be added; `#` stands for its number in their paths."""


def describe(
    form: Form, *, answers: Mapping[str, object], variables: Mapping[str, object], now: datetime
) -> tuple[ShownField, ...]:
    """Every component in document order, groups and repeating groups nested.

    `answers` are what the person has filled in so far, as sent or saved, right or not; they go before the variables.
    """
    ready = compiled(form)
    evaluation = Evaluation(programs=ready.programs, now=now)
    decided = decide(ready, answers=answers, variables=variables, evaluation=evaluation)
    return tuple(_shown(form.fields, ready, decided, "", visible=True))


def _shown(
    fields: tuple[Field, ...], form: CompiledForm, decided: Decided, path: str, *, visible: bool
) -> Iterator[ShownField]:
    for each in fields:
        shown = visible and not decided.evaluation.holds(each.hidden_when, decided.values)
        if each.type is FieldType.GROUP:
            inner = tuple(_shown(each.fields, form, decided, path, visible=shown))
            yield ShownField(field=each, path="", visible=shown, fields=inner)
        elif each.type in INPUTS and each.key:
            yield _input(each, form, decided, path)
        else:
            yield ShownField(field=each, path="", visible=shown, text=_text(each.text, decided))


def _input(each: Field, form: CompiledForm, decided: Decided, path: str) -> ShownField:
    place = f"{path}{each.key}"
    shown = ShownField(
        field=each,
        path=place,
        visible=each.key not in decided.hidden,
        required=each.type is not FieldType.EXPRESSION and decided.required(each),
        readonly=each.key in decided.readonly,
        value=decided.values.get(each.key),
        options=decided.options(each),
    )
    if each.type is not FieldType.DYNAMIC_LIST:
        return shown
    row_form = form.rows[each.key]
    rows = (
        tuple(_shown(each.fields, row_form, row, f"{place}.{at}.", visible=True))
        for at, row in enumerate(decided.rows.get(each.key, []))
    )
    return replace(shown, rows=tuple(rows), blank=_blank(each, row_form, decided, place))


def _blank(each: Field, row_form: CompiledForm, decided: Decided, place: str) -> tuple[ShownField, ...]:
    around = {**decided.values, **dict.fromkeys(row_form.keys)}
    row = decide(row_form, answers={}, variables=around, evaluation=decided.evaluation)
    return tuple(_shown(each.fields, row_form, row, f"{place}.#.", visible=True))


def _text(text: Text, decided: Decided) -> Text:
    if not text:
        return text
    translations = tuple((tag, _filled(each, decided)) for tag, each in text.translations)
    return Text(default=_filled(text.default, decided), translations=translations)


def _filled(text: str, decided: Decided) -> str:
    return "".join(
        part if literal else _plain(decided.evaluation.value(part, decided.values)) for literal, part in parts_of(text)
    )


def _plain(value: object) -> str:
    if value is None or isinstance(value, Mapping):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(_plain, value)) if isinstance(value, list) else str(value)
