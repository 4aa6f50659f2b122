"""Form and Field: a form-js schema as frozen values, with the source kept so that form-js opens it without loss."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from bpmn.text import Text


class FieldType(StrEnum):
    """The form-js component types that we render (form-js schema version 16 and later)."""

    TEXT_FIELD = "textfield"
    TEXT_AREA = "textarea"
    NUMBER = "number"
    DATE_TIME = "datetime"
    SELECT = "select"
    RADIO = "radio"
    CHECKLIST = "checklist"
    TAG_LIST = "taglist"
    CHECKBOX = "checkbox"
    FILE_PICKER = "filepicker"
    EXPRESSION = "expression"
    """A computed field: its value is a FEEL expression over the answers and variables; never taken from a person."""
    GROUP = "group"
    DYNAMIC_LIST = "dynamiclist"
    """A repeating group: its answer is a list of objects."""
    TEXT = "text"
    SEPARATOR = "separator"
    SPACER = "spacer"
    BUTTON = "button"


INPUTS = frozenset(FieldType) - {
    FieldType.GROUP,
    FieldType.TEXT,
    FieldType.SEPARATOR,
    FieldType.SPACER,
    FieldType.BUTTON,
}
"""The types that carry an answer under a key (DYNAMIC_LIST under its `path`)."""


CHOICES = frozenset({FieldType.SELECT, FieldType.RADIO, FieldType.CHECKLIST, FieldType.TAG_LIST})
"""The types whose answer is one or several of the options."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """One choice of a select, radio, checklist or tag list."""

    value: str
    label: Text


@dataclass(frozen=True, kw_only=True)
class Field:
    """One component. Conditions are FEEL texts, with or without a leading `=`, over the answers and the variables."""

    key: str
    """The variable it answers; empty for a component without an answer."""
    type: FieldType
    id: str = ""
    label: Text = field(default_factory=Text)
    description: Text = field(default_factory=Text)
    required: bool = False
    required_when: str | None = None
    """`fd:required` property: a FEEL condition that makes the field required."""
    readonly: bool = False
    readonly_when: str | None = None
    hidden_when: str | None = None
    """form-js `conditional.hide`: where true the field is not shown and what was sent for it is dropped."""
    default: object = None
    """JSON value offered when nothing is filled in."""
    minimum: float | None = None
    maximum: float | None = None
    decimal_digits: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    subtype: str | None = None
    """datetime: `date`, `time` or `datetime`."""
    options: tuple[Option, ...] = ()
    options_expression: str | None = None
    """form-js `valuesExpression`: FEEL giving a list of {label, value} or of strings."""
    expression: str | None = None
    """EXPRESSION: the FEEL text."""
    text: Text = field(default_factory=Text)
    """TEXT: what is shown, with `{{ feel }}` parts; plain text and Markdown emphasis only."""
    multiple: bool = False
    accept: str | None = None
    """FILE_PICKER: as HTML's accept attribute."""
    disallow_past: bool = False
    """datetime with a date: nothing before today (form-js `disallowPassedDates`)."""
    prefix: str = ""
    """What stands before the control (form-js `appearance.prefixAdorner`), such as a currency."""
    suffix: str = ""
    minimum_items: int | None = None
    maximum_items: int | None = None
    widget: str | None = None
    """`fd:widget` property: a richer control on this base: user, users, role, business, image, ..."""
    editable: bool = False
    """`fd:editable`: may be corrected later through PATCH answers."""
    internal: bool = False
    """`fd:internal`: hidden from someone who sees the ticket only as requester or follower."""
    fields: tuple["Field", ...] = ()
    """Children of a GROUP or DYNAMIC_LIST."""
    line: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        # JSON knows lists only; a frozen value holds a tuple, wherever it was read from.
        if isinstance(self.default, list):
            object.__setattr__(self, "default", tuple(self.default))


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form with its components in order; `source` is the form-js JSON text as imported."""

    id: str
    fields: tuple[Field, ...] = ()
    source: str = ""

    def inputs(self) -> Iterator[Field]:
        """The fields that carry an answer at the top level of the answers, groups flattened."""
        return _inputs(self.fields)


def _inputs(fields: tuple[Field, ...]) -> Iterator[Field]:
    for each in fields:
        if each.type is FieldType.GROUP:
            yield from _inputs(each.fields)
        elif each.type in INPUTS and each.key:
            yield each
