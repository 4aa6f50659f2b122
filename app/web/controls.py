"""How controls stand on a page: their ids, and which of them take half the width."""

from dataclasses import replace

from bpmn.forms.model import FieldType
from bpmn.forms.showing import ShownField

_SHORT = frozenset(
    {FieldType.NUMBER, FieldType.DATE_TIME, FieldType.SELECT, FieldType.EXPRESSION, FieldType.RADIO, FieldType.CHECKBOX}
)
_MANY_OPTIONS = 4


def control_id(path: str) -> str:
    """The id of the control that answers this path."""
    return "f-" + path.replace(".", "-")


def numbered(shown: ShownField, row: int) -> ShownField:
    """A field of a row that is still to be added, as it stands in the row of this number."""
    return replace(shown, path=shown.path.replace("#", str(row)))


def is_short(shown: ShownField) -> bool:
    """Whether the field reads well beside another."""
    drawn = shown.field
    if drawn.type is FieldType.RADIO:
        return len(shown.options) <= _MANY_OPTIONS
    if drawn.type is FieldType.TEXT_FIELD:
        return drawn.widget in ("user", "business", "role")
    return drawn.type in _SHORT
