"""A form-js JSON text read into a Form, with findings for everything in it that we do not do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from bpmn.findings import Finding
from bpmn.forms.components import CONTAINERS, name_of, read_component, type_of
from bpmn.forms.consistency import check_form
from bpmn.forms.model import Field, Form
from bpmn.forms.programs import texts_of
from bpmn.forms.properties import Members
from bpmn.forms.remarks import Remarks, lines_of
from bpmn.limits import FORM_BYTES, FORM_COMPONENTS, FORM_DEPTH, FORM_EXPRESSIONS

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def read_form(text: str, *, form_id: str, line: int = 0) -> tuple[Form | None, tuple[Finding, ...]]:
    """The form of a form-js text and what is to be said about it.

    `line` is the line of the surrounding file on which the text begins (0 for a `.form` file of its own); findings
    carry lines of that file and name the form and the component in `params`. The form is None only where nothing can
    be read: not JSON, not a form, or over a limit. A component with an error is left out or kept as far as it goes,
    so that a draft can still be shown; `Form.source` is always the whole text.
    """
    remarks = Remarks(form=form_id, lines={"": max(line, 1)})
    data = _parsed(text, remarks)
    if data is None:
        return None, tuple(remarks.findings)
    remarks.lines = lines_of(text, line)
    fields = tuple(_fields(data["components"], remarks, depth=0))
    if sum(len(each) for each in texts_of(fields)) > FORM_EXPRESSIONS:
        remarks.add("FORM_TOO_LARGE", limit=FORM_EXPRESSIONS, what="characters of FEEL")
        return None, tuple(remarks.findings)
    form = Form(id=form_id, fields=fields, source=text)
    check_form(form, remarks)
    return form, tuple(remarks.findings)


def _parsed(text: str, remarks: Remarks) -> dict[str, Any] | None:
    if len(text) > FORM_BYTES or len(text.encode("utf-8", "surrogatepass")) > FORM_BYTES:
        remarks.add("FORM_TOO_LARGE", limit=FORM_BYTES, what="bytes")
        return None
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        remarks.add("FORM_MALFORMED", reason=str(error))
        return None
    if _NUL.search(text):
        remarks.add("FORM_MALFORMED", reason="a NUL character, which no database keeps")
        return None
    if not isinstance(data, dict) or not isinstance(data.get("components"), list):
        remarks.add("FORM_MALFORMED", reason="an object with an array `components` is expected")
        return None
    return data if _within_limits(data["components"], remarks) else None


@dataclass
class _Size:
    components: int = 0
    depth: int = 0


def _within_limits(components: list[Any], remarks: Remarks) -> bool:
    size = _measured(components)
    if size.depth > FORM_DEPTH:
        remarks.add("FORM_TOO_LARGE", limit=FORM_DEPTH, what="depth")
        return False
    if size.components > FORM_COMPONENTS:
        remarks.add("FORM_TOO_LARGE", limit=FORM_COMPONENTS, what="components")
        return False
    return True


def _measured(components: list[Any]) -> _Size:
    """Counted level by level, so that a deep form costs no Python stack before it is refused."""
    size, level = _Size(), components
    while level and size.depth <= FORM_DEPTH and size.components <= FORM_COMPONENTS:
        objects = [each for each in level if isinstance(each, dict)]
        size.components += len(level) + sum(len(_array(each, "values")) for each in objects)
        level = [child for each in objects for child in _array(each, "components")]
        size.depth += bool(level)
    return size


def _array(raw: dict[str, Any], member: str) -> list[Any]:
    value = raw.get(member)
    return value if isinstance(value, list) else []


def _fields(components: list[Any], remarks: Remarks, *, depth: int) -> Iterator[Field]:
    for raw in components:
        if not isinstance(raw, dict):
            remarks.add("FORM_MALFORMED", reason="a component must be an object")
            continue
        members = Members(raw, name_of(raw), remarks)
        kind = type_of(members)
        if kind is None:
            remarks.add("FORM_COMPONENT_UNSUPPORTED", members.name, type=str(raw.get("type"))[:100])
            continue
        inner = members.rows("components") if kind in CONTAINERS else []
        yield read_component(members, kind, tuple(_fields(inner, remarks, depth=depth + 1)), remarks)
