"""One marshmallow field for each component type: what an answer must be whatever the other answers are."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from bpmn.forms.model import Field, FieldType
from bpmn.forms.numbers import number_of
from bpmn.forms.order import placed
from bpmn.forms.patterns import compile_pattern
from bpmn.forms.problems import Problem, refusal
from bpmn.forms.texts import clean_text
from bpmn.forms.times import clean_date, clean_date_time, clean_time
from bpmn.limits import ANSWER_ITEMS, ID_LENGTH, TEXT_AREA, TEXT_FIELD

_FILE_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")

Clean = Callable[[Any], Any]


class Answer(fields.Field[Any]):
    """A marshmallow field around one cleaning function; null and an empty answer are the same."""

    def __init__(self, clean: Clean) -> None:
        super().__init__(allow_none=True)
        self._clean = clean

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        return None if value == "" else self._clean(value)


class AnswerSchema(Schema):
    """A schema that knows no field but its own."""

    # Declared as marshmallow declares it: an instance variable with a default on the class.
    error_messages = {"unknown": "UNKNOWN_FIELD", "type": "NOT_AN_OBJECT"}  # noqa: RUF012

    class Meta:
        unknown = RAISE
        register = False


def schema_of(form_fields: tuple[Field, ...]) -> AnswerSchema:
    """The schema of the answers under these fields; what it loads is keyed by the fields' keys."""
    keyed = {each.field.key: Answer(clean_of(each.field)) for each in placed(form_fields)}
    for answer, key in zip(keyed.values(), keyed, strict=True):
        # The class attribute has a name of our own, so that a field called `fields` or `Meta` cannot shadow the class.
        answer.data_key = key
    named = {f"answer_{at}": answer for at, answer in enumerate(keyed.values())}
    schema: AnswerSchema = type("FormAnswers", (AnswerSchema,), named)()
    return schema


def load(schema: AnswerSchema, answers: Mapping[str, object]) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """The answers that are right by themselves, and marshmallow's messages about the others, by key."""
    keys = {name: answer.data_key or name for name, answer in schema.fields.items()}
    try:
        loaded, messages = schema.load(answers), {}
    except ValidationError as error:
        loaded = error.valid_data if isinstance(error.valid_data, dict) else {}
        messages = error.messages_dict
    return {keys[name]: value for name, value in loaded.items()}, messages


def clean_of(field: Field) -> Clean:
    """The function that makes a raw JSON value the clean answer of this field or raises ValidationError."""
    return _CLEANERS[field.type](field)


def _text(field: Field) -> Clean:
    one_line = field.type is FieldType.TEXT_FIELD
    longest = min(field.max_length or (TEXT_FIELD if one_line else TEXT_AREA), TEXT_AREA)
    matches = compile_pattern(field.pattern) if field.pattern else None

    def clean(value: Any) -> str | None:
        text = clean_text(value, one_line=one_line)
        if not text.strip():
            return None
        if len(text) > longest:
            raise refusal("FIELD_TOO_LONG", maximum=longest, actual=len(text))
        if len(text) < (field.min_length or 0):
            raise refusal("FIELD_TOO_SHORT", minimum=field.min_length, actual=len(text))
        if matches is not None and not matches(text):
            raise refusal("PATTERN_NOT_MATCHED", pattern=field.pattern)
        return text

    return clean


def _moment(field: Field) -> Clean:
    return {"time": clean_time, "datetime": clean_date_time}.get(field.subtype or "date", clean_date)


def _one_choice(value: Any) -> str | None:
    text = clean_text(value, one_line=True)
    if len(text) > ID_LENGTH:
        raise refusal("FIELD_TOO_LONG", maximum=ID_LENGTH, actual=len(text))
    return text or None


def _choices(field: Field) -> Clean:
    most = min(field.maximum_items or ANSWER_ITEMS, ANSWER_ITEMS)

    def clean(value: Any) -> list[str]:
        _check_list(value, most)
        found = dict.fromkeys(choice for choice in map(_one_choice, value) if choice)
        return _long_enough(list(found), field.minimum_items)

    return clean


def _files(field: Field) -> Clean:
    most = min(field.maximum_items or ANSWER_ITEMS, ANSWER_ITEMS) if field.multiple else 1

    def clean(value: Any) -> list[str]:
        _check_list(value, most)
        if not all(isinstance(each, str) and _FILE_ID.fullmatch(each) for each in value):
            raise refusal("NOT_A_FILE")
        return _long_enough(list(dict.fromkeys(value)), field.minimum_items)

    return clean


def _rows(field: Field) -> Clean:
    most = min(field.maximum_items or ANSWER_ITEMS, ANSWER_ITEMS)
    schema = schema_of(field.fields)

    def clean(value: Any) -> list[dict[str, Any]]:
        _check_list(value, most)
        rows: list[dict[str, Any]] = []
        wrong: dict[str | int, Any] = {}
        for at, row in enumerate(value):
            if not isinstance(row, Mapping):
                wrong[at] = [Problem(code="NOT_AN_OBJECT")]
                continue
            loaded, messages = load(schema, row)
            rows.append(loaded)
            wrong.update({at: messages} if messages else {})
        if wrong:
            raise ValidationError(wrong)
        return _long_enough(rows, field.minimum_items)

    return clean


def _check_list(value: Any, most: int) -> None:
    if not isinstance(value, list | tuple):
        raise refusal("NOT_A_LIST")
    if len(value) > most:
        raise refusal("TOO_MANY_ITEMS", maximum=most, actual=len(value))


def _long_enough(found: list[Any], least: int | None) -> list[Any]:
    if found and len(found) < (least or 0):
        raise refusal("TOO_FEW_ITEMS", minimum=least, actual=len(found))
    return found


def _checkbox(value: Any) -> bool:
    if not isinstance(value, bool):
        raise refusal("NOT_A_BOOLEAN")
    return value


def _computed(value: Any) -> Any:
    """What a person sends for a computed field is only compared with the server's value."""
    return value


_CLEANERS: Mapping[FieldType, Callable[[Field], Clean]] = {
    FieldType.TEXT_FIELD: _text,
    FieldType.TEXT_AREA: _text,
    FieldType.NUMBER: number_of,
    FieldType.DATE_TIME: _moment,
    FieldType.SELECT: lambda _: _one_choice,
    FieldType.RADIO: lambda _: _one_choice,
    FieldType.CHECKLIST: _choices,
    FieldType.TAG_LIST: _choices,
    FieldType.CHECKBOX: lambda _: _checkbox,
    FieldType.FILE_PICKER: _files,
    FieldType.EXPRESSION: lambda _: _computed,
    FieldType.DYNAMIC_LIST: _rows,
}
