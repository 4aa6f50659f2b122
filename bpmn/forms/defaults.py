"""The forms that are asked where a process draws none: title and description to open, one comment to complete."""

from functools import cache
from typing import Any

import orjson

from bpmn.forms.model import Form
from bpmn.forms.reading import read_form

TITLE_LENGTH = 120
"""Characters of a ticket's title, wherever it is asked."""

_TITLE = {
    "type": "textfield",
    "id": "Field_title",
    "key": "title",
    "label": "标题",
    "validate": {"required": True, "maxLength": TITLE_LENGTH},
    "properties": {"fd:label:en": "Title", "fd:editable": "true"},
}
_DESCRIPTION = {
    "type": "textarea",
    "id": "Field_description",
    "key": "description",
    "label": "描述",
    "properties": {"fd:label:en": "Description"},
}
_COMMENT = {
    "type": "textarea",
    "id": "Field_comment",
    "key": "comment",
    "label": "备注",
    "properties": {"fd:label:en": "Comment"},
}


@cache
def default_start_form() -> Form:
    """The form of a start event that has none: title (required) and description."""
    return _form("default-start", [_TITLE, _DESCRIPTION])


@cache
def default_task_form() -> Form:
    """The form of a task that has none, or whose form is only a reference: one optional comment."""
    return _form("default-task", [_COMMENT])


def _form(form_id: str, components: list[dict[str, Any]]) -> Form:
    document = {"type": "default", "id": form_id, "schemaVersion": 19, "components": components}
    form, findings = read_form(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode(), form_id=form_id)
    if form is None or findings:
        raise ValueError(f"the built-in form {form_id} does not read clean: {findings}")
    return form
