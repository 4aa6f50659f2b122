"""A form in the making: rows added and taken away, fields that follow others, uploads kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from flask import Request, Response, render_template

from app.asking import Ask
from app.web.answers import leaves
from app.web.book import Book
from app.web.posted import Posted, answers_in
from app.web.reader import reading
from app.web.refusals import Refusal
from app.web.translating import gettext
from app.web.words import in_language
from bpmn.forms.model import Field, FieldType, Form
from bpmn.forms.showing import ShownField, describe
from engine.errors import NotFound
from engine.ids import parse_uuid
from engine.values.events import Upload
from engine.zone import at_home
from storage import uploads

STATE = "s."
"""What stands before the names of the fields that remember how a field was shown."""


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """A form as a page shows it."""

    fields: tuple[ShownField, ...]
    refusal: Refusal | None = None
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    """The reader's uploads that the answers name, by id."""
    focus: str = ""
    """The path of the field to go to."""
    follows: bool = False
    """Whether some fields follow what is filled in elsewhere."""

    def label_at(self, path: str) -> str:
        """What the field of this path is called, with the number of its row."""
        return _label_at(self.fields, path) or (gettext("Reason") if path == "reason" else path)


def form_page(
    ask: Ask,
    form: Form,
    posted: Posted | None,
    *,
    saved: Mapping[str, object],
    variables: Mapping[str, object],
    refusal: Refusal | None,
) -> FormPage:
    """The form with what was typed, else with what was saved."""
    answers = saved if posted is None else posted.answers
    fields = describe(form, answers=answers, variables=variables, now=at_home(ask.now))
    return FormPage(
        fields=fields,
        refusal=refusal,
        uploads=_uploads(ask, fields),
        focus=_focus(posted, fields),
        follows=any(_follows(each) for each in form.fields),
    )


def edited(form: Form, posted: Posted) -> Posted:
    """The posted form after one of its own buttons: a row added or taken away, or nothing but a fresh look."""
    keys = {each.key for each in form.inputs() if each.type is FieldType.DYNAMIC_LIST}
    key, _, row = posted.object.partition(":")
    held = posted.answers.get(key)
    rows: list[Any] = list(held) if isinstance(held, list) else []
    if key not in keys:
        return posted
    if posted.verb == "add":
        # A form that shows no row yet shows an empty one, which counts as there.
        rows = [*rows, {}] if rows else [{}, {}]
    elif posted.verb == "remove" and row.isascii() and row.isdigit() and int(row) < len(rows):
        del rows[int(row)]
    return replace(posted, answers={**posted.answers, key: rows})


def changed_fields(ask: Ask, request: Request, form: Form, *, variables: Mapping[str, object], book: Book) -> Response:
    """The fields whose state is another than the page remembers, each to be put in its place."""
    answers = answers_in(request, form, zone=reading().zone, files={})
    fields = describe(form, answers=answers, variables=variables, now=at_home(ask.now))
    known = {name.removeprefix(STATE): value for name, value in request.form.items() if name.startswith(STATE)}
    changed = [each for each in leaves(fields) if each.path in known and state_of(each) != known[each.path]]
    made = FormPage(fields=tuple(changed), uploads=_uploads(ask, tuple(changed)), follows=True)
    html = render_template("parts/fields.html", form=made, book=book)
    return Response(html, content_type="text/html; charset=utf-8")


def state_of(shown: ShownField) -> str:
    """A short digest of how a field is shown, beside what is typed into it.

    A page sends it back, so that only what has changed is replaced under the reader's hands.
    """
    return sha256(repr(_state(shown)).encode()).hexdigest()[:16]


def _state(shown: ShownField) -> tuple[object, ...]:
    computed = shown.value if shown.field.type is FieldType.EXPRESSION else None
    options = tuple(each.value for each in shown.options)
    rows = tuple(_state(each) for row in shown.rows for each in row if _follows(each.field))
    return (shown.visible, shown.required, shown.readonly, options, computed, rows)


def _follows(drawn: Field) -> bool:
    """Whether what is filled in elsewhere decides how this field, or one inside it, is shown."""
    deciding = (drawn.hidden_when, drawn.required_when, drawn.readonly_when, drawn.options_expression, drawn.expression)
    return any(deciding) or any(_follows(inner) for inner in drawn.fields)


def _uploads(ask: Ask, fields: tuple[ShownField, ...]) -> dict[str, Upload]:
    """Those uploads of the reader that the fields name; what has expired meanwhile is left out."""
    found: dict[str, Upload] = {}
    for text in _files(fields):
        upload = parse_uuid(text)
        if upload is None:
            continue
        try:
            found[text] = ask.look(lambda work, wanted=upload: uploads.find(work, wanted))  # type: ignore[misc]
        except NotFound:
            continue
    return found


def _files(fields: tuple[ShownField, ...]) -> Iterator[str]:
    for each in leaves(fields):
        if each.field.type is FieldType.FILE_PICKER and isinstance(each.value, list):
            yield from (value for value in each.value if isinstance(value, str))
        for row in each.rows:
            yield from _files(row)


def _focus(posted: Posted | None, fields: tuple[ShownField, ...]) -> str:
    """The first control of a row that was just added, or the group from which one was taken."""
    if posted is None or posted.verb not in ("add", "remove"):
        return ""
    key = posted.object.partition(":")[0]
    group = next((each for each in leaves(fields) if each.path == key), None)
    if group is None or posted.verb == "remove" or not group.rows or not group.rows[-1]:
        return key
    return group.rows[-1][0].path


def _label_at(fields: tuple[ShownField, ...], path: str) -> str:
    for each in leaves(fields):
        label = in_language(each.field.label) or each.field.key
        if each.path == path:
            return label
        if path.startswith(f"{each.path}."):
            row, _, _ = path.removeprefix(f"{each.path}.").partition(".")
            number = int(row) if row.isascii() and row.isdigit() else 0
            inner = _label_at(each.rows[number], path) if number < len(each.rows) else ""
            return gettext("%(list)s, row %(row)d: %(field)s", list=label, row=number + 1, field=inner)
    return ""
