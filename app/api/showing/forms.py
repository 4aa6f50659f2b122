"""Forms as they stand now: every component with its label in both languages, its conditions decided."""

from collections.abc import Iterable

from app.api.showing.common import Json, text
from bpmn.forms.model import Form, Option
from bpmn.forms.showing import ShownField
from bpmn.model import Outcome


def form(of: Form, fields: Iterable[ShownField], *, internal: bool) -> Json:
    """A form; `internal` says whether its internal fields are for this reader."""
    return {"id": of.id, "fields": _fields(fields, internal=internal)}


def outcomes(of: Iterable[Outcome]) -> list[Json]:
    """What may be chosen."""
    return [
        {"key": each.key, "label": text(each.label), "kind": each.kind.value, "reason_required": each.reason_required}
        for each in of
    ]


def _fields(fields: Iterable[ShownField], *, internal: bool) -> list[Json]:
    return [_field(each, internal=internal) for each in fields if internal or not each.field.internal]


def _field(of: ShownField, *, internal: bool) -> Json:
    drawn = of.field
    return {
        "key": drawn.key,
        "path": of.path,
        "type": drawn.type.value,
        "label": text(drawn.label),
        "description": text(drawn.description),
        "text": text(of.text),
        "visible": of.visible,
        "required": of.required,
        "readonly": of.readonly,
        "value": of.value,
        "options": [_option(each) for each in of.options],
        "widget": drawn.widget,
        "subtype": drawn.subtype,
        "multiple": drawn.multiple,
        "accept": drawn.accept,
        "editable": drawn.editable,
        "internal": drawn.internal,
        "limits": _limits(of),
        "fields": _fields(of.fields, internal=internal),
        "rows": [_fields(row, internal=internal) for row in of.rows],
        "blank": _fields(of.blank, internal=internal),
    }


def _option(of: Option) -> Json:
    return {"value": of.value, "label": text(of.label)}


def _limits(of: ShownField) -> Json:
    drawn = of.field
    given = {
        "minimum": drawn.minimum,
        "maximum": drawn.maximum,
        "decimal_digits": drawn.decimal_digits,
        "min_length": drawn.min_length,
        "max_length": drawn.max_length,
        "pattern": drawn.pattern,
        "minimum_items": drawn.minimum_items,
        "maximum_items": drawn.maximum_items,
    }
    return {name: value for name, value in given.items() if value is not None}
