"""The one check of a person's answers, shared by the API and the pages."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bpmn.forms.answers import load
from bpmn.forms.compiled import CompiledForm, compiled
from bpmn.forms.deciding import Decided, decide, is_empty
from bpmn.forms.evaluation import Evaluation
from bpmn.forms.judging import Lookup, problems_of
from bpmn.forms.model import FieldType, Form
from bpmn.forms.order import Placed, names_in
from bpmn.forms.problems import FieldError, echoed, located
from bpmn.limits import ANSWER_ERRORS, ANSWER_ROWS, FORM_STEPS

__all__ = ["Checked", "FieldError", "Lookup", "check_answers"]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What became of some answers. With errors nothing of them may be stored."""

    answers: dict[str, object] = field(default_factory=dict)
    """Clean values by key: computed fields and defaults included, hidden fields left out, null for an emptied one."""
    errors: tuple[FieldError, ...] = ()
    files: tuple[str, ...] = ()
    """Ids of the uploads or attachments that the file answers name, in order, each once."""


def check_answers(
    form: Form,
    answers: Mapping[str, object],
    *,
    variables: Mapping[str, object],
    now: datetime,
    lookup: Lookup,
    correcting: frozenset[str] | None = None,
) -> Checked:
    """The answers judged against the form, the ticket's variables and the time (aware).

    Answers are JSON values by field key. A key that is absent takes the field's default, if it has one; null empties
    the field. A read-only or computed field may be sent only with the value the server has for it. With `correcting`
    the answers change only these keys (PATCH answers): everything else comes from the variables, no defaults are
    taken, and beside the changed fields only those are judged whose choices or obligation depend on them.
    """
    ready = compiled(form)
    if _rows_in(ready, answers) > ANSWER_ROWS:
        return Checked(errors=(FieldError(path="", code="TOO_MANY_ROWS", params={"maximum": ANSWER_ROWS}),))
    clean, messages = load(ready.schema, answers)
    evaluation = Evaluation(programs=ready.programs, now=now)
    decided = decide(ready, answers=clean, variables=variables, evaluation=evaluation, defaults=correcting is None)
    judged = ready.fields if correcting is None else tuple(_touched(ready, correcting))
    errors = [*_not_editable(ready, answers, correcting), *_unknown(ready, messages)]
    errors += _judge(ready, judged, answers=clean, messages=messages, decided=decided, lookup=lookup)
    if evaluation.exhausted:
        errors = [FieldError(path="", code="FORM_TOO_COSTLY", params={"maximum": FORM_STEPS})]
    if errors:
        return Checked(errors=tuple(errors[:ANSWER_ERRORS]))
    result = _result(ready, clean, decided, variables, correcting)
    return Checked(answers=result, files=tuple(dict.fromkeys(_files(ready, decided, result))))


def _rows_in(form: CompiledForm, answers: Mapping[str, object]) -> int:
    """How many rows were sent, however deep: counted before any of them costs more than that."""
    count = 0
    for key, row_form in form.rows.items():
        rows = answers.get(key)
        if isinstance(rows, list | tuple):
            count += len(rows) + sum(_rows_in(row_form, row) for row in rows if isinstance(row, Mapping))
    return count


def _touched(form: CompiledForm, correcting: frozenset[str]) -> Iterator[Placed]:
    for each in form.fields:
        field = each.field
        needed = names_in((*each.hidden_by, field.required_when, field.readonly_when, field.options_expression))
        if field.key in correcting or needed & correcting:
            yield each


def _not_editable(
    form: CompiledForm, answers: Mapping[str, object], correcting: frozenset[str] | None
) -> Iterator[FieldError]:
    if correcting is not None:
        known = (key for key in form.keys if key in answers and key not in correcting)
        yield from (FieldError(path=key, code="FIELD_NOT_EDITABLE") for key in known)


def _unknown(form: CompiledForm, messages: Mapping[str, object]) -> Iterator[FieldError]:
    """What is wrong with keys that are no fields of the form; the fields' own messages come with the fields."""
    known = frozenset(form.keys)
    unknown = sorted(key for key in messages if key not in known)
    return (FieldError(path=echoed(key), code="UNKNOWN_FIELD") for key in unknown)


def _judge(
    form: CompiledForm,
    judged: Iterable[Placed],
    *,
    answers: Mapping[str, object],
    messages: Mapping[str, object],
    decided: Decided,
    lookup: Lookup,
    path: str = "",
) -> Iterator[FieldError]:
    """The errors of these fields in document order. What was sent for a hidden field is not looked at."""
    for each in judged:
        key = each.field.key
        place = f"{path}{key}"
        if key in decided.hidden:
            continue
        if key in messages:
            yield from located(messages[key], place)
            continue
        for problem in problems_of(each.field, answers=answers, decided=decided, lookup=lookup):
            yield FieldError(path=place, code=problem.code, params=problem.params)
        if each.field.type is FieldType.DYNAMIC_LIST:
            yield from _judge_rows(form.rows[key], decided.rows.get(key, []), answers, lookup, place)


def _judge_rows(
    form: CompiledForm, rows: list[Decided], answers: Mapping[str, object], lookup: Lookup, place: str
) -> Iterator[FieldError]:
    sent = answers.get(place.rpartition(".")[2])
    clean_rows = sent if isinstance(sent, list) else [{}] * len(rows)
    for at, (clean, decided) in enumerate(zip(clean_rows, rows, strict=True)):
        path = f"{place}.{at}."
        yield from _judge(form, form.fields, answers=clean, messages={}, decided=decided, lookup=lookup, path=path)


def _result(
    form: CompiledForm,
    clean: Mapping[str, object],
    decided: Decided,
    variables: Mapping[str, object],
    correcting: frozenset[str] | None,
) -> dict[str, object]:
    result: dict[str, object] = {}
    for each in form.fields:
        key = each.field.key
        if key in decided.hidden:
            continue
        value = decided.values.get(key)
        if each.field.type is FieldType.EXPRESSION:
            if correcting is None or value != variables.get(key):
                result[key] = value
        elif key in decided.defaulted or (key in clean and key not in decided.readonly):
            result[key] = None if is_empty(value) else value
    return result


def _files(form: CompiledForm, decided: Decided, result: Mapping[str, object]) -> Iterator[str]:
    for each in form.fields:
        key = each.field.key
        value = result.get(key)
        if each.field.type is FieldType.FILE_PICKER and isinstance(value, list):
            yield from value
        elif each.field.type is FieldType.DYNAMIC_LIST and key in result:
            for row in decided.rows.get(key, []):
                yield from _files(form.rows[key], row, row.values)
