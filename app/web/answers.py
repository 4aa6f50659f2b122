"""Answers as they are read: each with its label, choices by their labels, files by their names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.web.book import Book
from app.web.moments import from_text, moment
from app.web.translating import gettext
from app.web.words import in_language
from bpmn.forms.model import Field, FieldType, Form
from bpmn.forms.showing import ShownField, describe
from engine.values.events import Attachment
from engine.zone import at_home

_NAMING = ("user", "users")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer as it is read; exactly one of text, files and rows says something."""

    label: str
    text: str = ""
    is_long: bool = False
    """Whether it wants the whole width."""
    files: tuple[Attachment, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def answers_read(form: Form, answers: Mapping[str, object], book: Book, *, at: datetime) -> tuple[Answer, ...]:
    """The answers that somebody gave in this form, in its order; those to nothing are left out."""
    shown = describe(form, answers=answers, variables=answers, now=at_home(at))
    filled = (each for each in leaves(shown) if answers.get(each.field.key) not in (None, "", [], ()))
    return tuple(_answer(each, answers[each.field.key], book) for each in filled)


def leaves(fields: Iterable[ShownField]) -> Iterator[ShownField]:
    """The fields that carry an answer, groups flattened."""
    for each in fields:
        if each.field.type is FieldType.GROUP:
            yield from leaves(each.fields)
        elif each.path:
            yield each


def people_in(form: Form, answers: Mapping[str, object]) -> Iterator[str]:
    """The user names in these answers."""
    for each in form.inputs():
        value = answers.get(each.key)
        if each.widget in _NAMING:
            yield from (str(name) for name in (value if isinstance(value, list) else [value] if value else []))
        elif each.type is FieldType.DYNAMIC_LIST and isinstance(value, list):
            keys = [inner.key for inner in each.fields if inner.widget in _NAMING]
            yield from (str(row[key]) for row in value if isinstance(row, Mapping) for key in keys if row.get(key))


def value_read(field: ShownField, value: object, book: Book) -> str:
    """One value as a person reads it."""
    drawn = field.field
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list | tuple):
        return gettext(", ").join(_one(field, each, book) for each in value)
    if drawn.type is FieldType.DATE_TIME and drawn.subtype == "datetime":
        found = from_text(value)
        return moment(found) if isinstance(found, datetime) else str(value)
    return _one(field, value, book)


def _answer(field: ShownField, value: object, book: Book) -> Answer:
    label = in_language(field.field.label) or field.field.key
    if field.field.type is FieldType.FILE_PICKER:
        files = value if isinstance(value, list) else []
        return Answer(label=label, files=tuple(book.files[each] for each in files if each in book.files), is_long=True)
    if field.field.type is FieldType.DYNAMIC_LIST:
        return _table(field, label, book)
    text = value_read(field, value, book)
    return Answer(label=label, text=text, is_long=field.field.type is FieldType.TEXT_AREA or len(text) > 60)


def _table(field: ShownField, label: str, book: Book) -> Answer:
    columns = [each for each in field.blank if each.field.key]
    rows = []
    for row in field.rows:
        cells = {each.field.key: value_read(each, each.value, book) if each.value else "" for each in row}
        rows.append(tuple(cells.get(each.field.key, "") for each in columns))
    head = tuple(_label(each.field) for each in columns)
    return Answer(label=label, head=head, rows=tuple(rows), is_long=True)


def _label(field: Field) -> str:
    return in_language(field.label) or field.key


def _one(field: ShownField, value: object, book: Book) -> str:
    match field.field.widget:
        case "user" | "users":
            return book.person(value)
        case "business":
            return book.business(value)
        case "role":
            return book.role(value)
    found = next((each.label for each in field.options if each.value == value), None)
    return in_language(found) if found is not None else str(value)
