"""Answers out of what an HTML form posts: texts under names, made the JSON values that the one check judges."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from bpmn.forms.model import Field, FieldType
from bpmn.forms.order import placed
from bpmn.limits import FORM_DEPTH

_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?", re.ASCII)
_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?", re.ASCII)
_ROW = re.compile(r"\d{1,6}", re.ASCII)
_BETWEEN_NAMES = re.compile(r"[\s,;,、;]+")
_SEVERAL = frozenset({FieldType.CHECKLIST, FieldType.TAG_LIST, FieldType.FILE_PICKER})

_Tree = dict[str, Any]


def answers_from_post(
    fields: tuple[Field, ...], posted: Mapping[str, Sequence[str]], *, zone: tzinfo
) -> dict[str, object]:
    """The answers in posted names and texts; judging them is left to `check_answers`.

    Names are paths, as in `FieldError` and `ShownField` (`rows.0.what`). A control that posts nothing when it is
    empty (check boxes, multiple choices) stands beside an empty text of the same name; a name that is absent is not
    answered. A row in which nothing is filled in is left out. A local date-time gets the offset of `zone`, the
    person's. What cannot be converted stays the text it is, so that the check names the field; unknown names stay.
    """
    return _answers(fields, _tree(posted), zone)


def _tree(posted: Mapping[str, Sequence[str]]) -> _Tree:
    root: _Tree = {}
    # Short names first, so that the rows of a list take the place of the empty text beside them.
    for name in sorted(posted, key=len):
        *above, last = name.split(".", 2 * FORM_DEPTH)
        place = root
        for part in above:
            if not isinstance(place.get(part), dict):
                place[part] = {}
            place = place[part]
        place[last] = list(posted[name])
    return root


def _answers(fields: tuple[Field, ...], tree: _Tree, zone: tzinfo) -> dict[str, object]:
    known = {each.field.key: each.field for each in placed(fields)}
    return {
        key: _value(known[key], held, zone) if key in known else (held[-1] if isinstance(held, list) and held else held)
        for key, held in tree.items()
    }


def _value(field: Field, held: Any, zone: tzinfo) -> object:
    if field.type is FieldType.DYNAMIC_LIST:
        return _rows(field, held, zone) if isinstance(held, dict) else []
    if not isinstance(held, list):
        return held
    if field.type in _SEVERAL:
        texts = [text for text in held if text]
        return _names(texts) if field.widget == "users" else texts
    if field.type is FieldType.CHECKBOX:
        return any(text in ("true", "on") for text in held)
    return _converted(field, held[-1].strip() if field.type is not FieldType.TEXT_AREA else held[-1], zone)


def _rows(field: Field, held: _Tree, zone: tzinfo) -> list[dict[str, object]]:
    numbers = sorted((number for number in held if _ROW.fullmatch(number)), key=int)
    rows = (_answers(field.fields, held[number], zone) for number in numbers if isinstance(held[number], dict))
    return [row for row in rows if any(value not in ("", None, [], False) for value in row.values())]


def _names(texts: list[str]) -> list[str]:
    """Several names may be typed into one line."""
    return [name for text in texts for name in _BETWEEN_NAMES.split(text) if name]


def _converted(field: Field, text: str, zone: tzinfo) -> object:
    if field.type is FieldType.NUMBER and _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    if field.subtype == "datetime" and _LOCAL.fullmatch(text):
        return _in_zone(text, zone)
    return text


def _in_zone(text: str, zone: tzinfo) -> str:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).isoformat()
    except (ValueError, OverflowError):
        return text
