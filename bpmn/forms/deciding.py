"""What a form comes to with these answers: which fields are asked, which are the person's to fill in, their values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bpmn.forms.compiled import CompiledForm
from bpmn.forms.evaluation import Evaluation
from bpmn.forms.model import Field, FieldType, Option
from bpmn.forms.order import Placed
from bpmn.text import Text


@dataclass(kw_only=True)
class Decided:
    """`values` is what conditions see: the variables with the answers, defaults and computed values over them."""

    values: dict[str, object]
    evaluation: Evaluation
    hidden: set[str] = field(default_factory=set)
    readonly: set[str] = field(default_factory=set)
    defaulted: set[str] = field(default_factory=set)
    rows: dict[str, list["Decided"]] = field(default_factory=dict)

    def required(self, each: Field) -> bool:
        """Whether this field must be filled in."""
        return each.required or self.evaluation.holds(each.required_when, self.values)

    def options(self, each: Field) -> tuple[Option, ...]:
        """The choices of this field: the drawn ones, or those its expression gives."""
        if each.options_expression is None:
            return each.options
        return options_from(self.evaluation.value(each.options_expression, self.values))


def decide(
    form: CompiledForm,
    *,
    answers: Mapping[str, object],
    variables: Mapping[str, object],
    evaluation: Evaluation,
    defaults: bool = True,
) -> Decided:
    """One pass over the fields in dependency order; with `defaults` a field that is not answered takes its own.

    Clean answers give what a check needs; raw ones may be shown.
    """
    decided = Decided(values=dict(variables), evaluation=evaluation)
    for each in form.order:
        _decide_field(decided, form, each, answers, defaults)
    return decided


def _decide_field(
    decided: Decided, form: CompiledForm, each: Placed, answers: Mapping[str, object], defaults: bool
) -> None:
    asked, key, values, evaluation = each.field, each.field.key, decided.values, decided.evaluation
    if any(evaluation.holds(condition, values) for condition in each.hidden_by):
        decided.hidden.add(key)
        values[key] = None
        return
    if asked.type is FieldType.EXPRESSION:
        decided.readonly.add(key)
        values[key] = evaluation.value(asked.expression, values)
        return
    if asked.readonly or evaluation.holds(asked.readonly_when, values):
        decided.readonly.add(key)
    elif key in answers:
        values[key] = answers[key]
    if defaults and key not in answers and asked.default is not None and is_empty(values.get(key)):
        decided.defaulted.add(key)
        values[key] = list(asked.default) if isinstance(asked.default, tuple) else asked.default
    if asked.type is FieldType.DYNAMIC_LIST:
        _decide_rows(decided, form.rows[key], key, defaults)


def _decide_rows(decided: Decided, row_form: CompiledForm, key: str, defaults: bool) -> None:
    """Each row sees the answers around it, except where one of its own fields has the same key.

    Rows beyond the form's whole allowance are left out, which can only happen to answers that are shown: a check
    refuses them before.
    """
    held = decided.values.get(key)
    if not isinstance(held, list):
        return
    rows = [row for row in held if isinstance(row, Mapping)][: decided.evaluation.rows]
    decided.evaluation.rows -= len(rows)
    around = {**decided.values, **dict.fromkeys(row_form.keys)}
    found = [
        decide(row_form, answers=row, variables=around, evaluation=decided.evaluation, defaults=defaults)
        for row in rows
    ]
    decided.rows[key] = found
    decided.values[key] = [shown_values(row_form, row) for row in found]


def shown_values(form: CompiledForm, decided: Decided) -> dict[str, object]:
    """The values of the fields that are not hidden and have one, by key, in document order."""
    return {
        key: decided.values[key]
        for key in form.keys
        if key not in decided.hidden and decided.values.get(key) is not None
    }


def is_empty(value: object) -> bool:
    """Whether a field with this value counts as not filled in."""
    return value is None or value in ("", [], ())


def options_from(value: object) -> tuple[Option, ...]:
    """The options in the value of a `valuesExpression`: texts, or contexts with value, label and `label:<language>`."""
    return tuple(option for option in map(_option, value if isinstance(value, list) else []) if option is not None)


def _option(raw: object) -> Option | None:
    if isinstance(raw, Mapping):
        value = raw.get("value")
        if isinstance(value, str) and value:
            return Option(value=value, label=_label(raw, value))
        return None
    return Option(value=raw, label=Text(default=raw)) if isinstance(raw, str) and raw else None


def _label(raw: Mapping[str, object], value: str) -> Text:
    label = raw.get("label")
    found = ((tag.removeprefix("label:"), text) for tag, text in raw.items() if tag.startswith("label:"))
    translations = tuple((tag, text) for tag, text in found if isinstance(text, str))
    return Text(default=label if isinstance(label, str) else value, translations=translations)
