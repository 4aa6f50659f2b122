"""One form-js component read into one Field (form-js schema, versions 16 to 19)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from marshmallow import ValidationError

from bpmn.findings import Severity
from bpmn.forms.answers import clean_of
from bpmn.forms.model import CHOICES, INPUTS, Field, FieldType, Option
from bpmn.forms.properties import Members, translated
from bpmn.forms.remarks import Remarks
from bpmn.text import Text

CONTAINERS = frozenset({FieldType.GROUP, FieldType.DYNAMIC_LIST})
_ONE = frozenset({FieldType.TEXT_FIELD, FieldType.SELECT, FieldType.RADIO})
WIDGETS: Mapping[str, frozenset[FieldType]] = {
    "user": _ONE,
    "users": frozenset({FieldType.TAG_LIST, FieldType.CHECKLIST}),
    "role": _ONE,
    "business": _ONE,
    "image": frozenset({FieldType.FILE_PICKER}),
}
"""The values of `fd:widget` with the components that they go with; elsewhere the bare component is shown."""

_TYPES = {each.value: each for each in FieldType}
_PATTERNS = {"email": r"^[^\s@]+@[^\s@]+\.[^\s@]+$", "phone": r"^\+?[0-9][0-9 ()-]{3,30}$"}
_APPEARANCE_ONLY = frozenset(
    {"layout", "dateLabel", "timeLabel", "use24h", "timeInterval", "timeSerializingFormat", "increment", "action"}
    | {"serializeToString", "searchable", "height", "showOutline", "verticalAlignment", "defaultRepetitions"}
    | {"allowAddRemove", "isRepeating", "disableCollapse", "nonCollapsedItems", "computeOn"}
    | {"description", "components", "properties", "validate"}
)
"""Members that change nothing in what we ask or accept: kept in the source, spoken of by no finding."""
_FD_PROPERTIES = frozenset({"fd:widget", "fd:editable", "fd:internal", "fd:required"})


def type_of(raw: Members) -> FieldType | None:
    """The component's type, or None when it is not one that we render."""
    return _TYPES.get(raw.text("type") or "")


def name_of(raw: dict[str, Any]) -> str:
    """What findings call a component: its key, else its path, else its id."""
    found = (raw.get(member) for member in ("key", "path", "id"))
    return next((name for name in found if isinstance(name, str) and name), "")


def read_component(raw: Members, kind: FieldType, children: tuple[Field, ...], remarks: Remarks) -> Field:
    """The component as a Field; what is wrong or unknown in it becomes findings."""
    properties, validate = raw.inner("properties"), raw.inner("validate")
    conditional, appearance = raw.inner("conditional"), raw.inner("appearance")
    readonly, readonly_when = _switch(raw, "readonly")
    disabled, disabled_when = _switch(raw, "disabled")
    field = Field(
        key=_key(raw, kind),
        type=kind,
        id=raw.text("id") or "",
        label=translated(raw.text("label"), "label", properties),
        description=translated(raw.text("description"), "description", properties),
        required=validate.flag("required"),
        required_when=_condition(properties.text("fd:required")),
        readonly=readonly or disabled,
        readonly_when=readonly_when or disabled_when,
        hidden_when=_condition(conditional.text("hide")),
        minimum=validate.number("min"),
        maximum=validate.number("max"),
        decimal_digits=raw.whole("decimalDigits"),
        min_length=validate.whole("minLength"),
        max_length=validate.whole("maxLength"),
        pattern=_pattern(validate),
        subtype=(raw.text("subtype") or "date") if kind is FieldType.DATE_TIME else None,
        options=_options(raw) if kind in CHOICES else (),
        options_expression=_condition(raw.text("valuesExpression") or raw.text("valuesKey"))
        if kind in CHOICES
        else None,
        expression=_condition(raw.text("expression")) if kind is FieldType.EXPRESSION else None,
        text=translated(raw.text("text"), "text", properties) if kind is FieldType.TEXT else Text(),
        multiple=raw.flag("multiple"),
        accept=raw.text("accept"),
        minimum_items=validate.whole("minItems"),
        maximum_items=validate.whole("maxItems"),
        disallow_past=raw.flag("disallowPassedDates"),
        prefix=appearance.text("prefixAdorner") or "",
        suffix=appearance.text("suffixAdorner") or "",
        widget=_widget(properties, kind),
        editable=properties.flag("fd:editable"),
        internal=properties.flag("fd:internal"),
        fields=children,
        line=remarks.line_of(raw.name),
    )
    _check_subtype(field, remarks)
    default = _default(field, raw.get("defaultValue"), remarks)
    _note_unread(raw, properties, validate, remarks)
    return replace(field, default=default)


def _key(raw: Members, kind: FieldType) -> str:
    key, path = raw.text("key"), raw.text("path")
    if kind is FieldType.DYNAMIC_LIST:
        return path or ""
    if kind is FieldType.GROUP and path:
        raw.remarks.add("FORM_GROUP_PATH_UNSUPPORTED", raw.name, Severity.ERROR, path=path)
    return (key or "") if kind in INPUTS else ""


def _switch(raw: Members, member: str) -> tuple[bool, str | None]:
    """form-js lets `readonly` and `disabled` be a boolean or a FEEL text."""
    value = raw.get(member)
    if isinstance(value, str) and value.strip() not in ("", "true", "false"):
        return False, _condition(value)
    return raw.flag(member), None


def _condition(text: str | None) -> str | None:
    stripped = (text or "").strip().removeprefix("=").strip()
    return stripped or None


def _default(field: Field, value: Any, remarks: Remarks) -> object:
    """A default is an answer that nobody gave, so it is cleaned like one that somebody gives."""
    if value is None or field.type not in INPUTS:
        return None
    try:
        return clean_of(field)(value) if value != "" else None
    except ValidationError:
        remarks.add("FORM_DEFAULT_INVALID", field.key)
        return None


def _pattern(validate: Members) -> str | None:
    kind, pattern = validate.text("validationType"), validate.text("pattern")
    if kind and kind != "custom" and kind not in _PATTERNS:
        validate.remarks.add("FORM_PROPERTY_INVALID", validate.name, property="validationType", expected="email, phone")
    return pattern or _PATTERNS.get(kind or "")


def _options(raw: Members) -> tuple[Option, ...]:
    options = []
    seen: set[str] = set()
    for row in raw.rows("values"):
        if not isinstance(row, dict):
            raw.remarks.add("FORM_OPTION_INVALID", raw.name)
            continue
        option = _option(Members(row, raw.name, raw.remarks))
        if option is None or option.value in seen:
            raw.remarks.add("FORM_OPTION_INVALID", raw.name)
            continue
        seen.add(option.value)
        options.append(option)
    return tuple(options)


def _option(row: Members) -> Option | None:
    value = row.text("value")
    if not value:
        return None
    labels = [(tag.removeprefix("fd:").removeprefix("label:"), tag) for tag in row.raw if "label:" in tag]
    translations = tuple((language, row.text(member) or "") for language, member in labels)
    return Option(value=value, label=Text(default=row.text("label") or value, translations=translations))


def _widget(properties: Members, kind: FieldType) -> str | None:
    widget = properties.text("fd:widget")
    if not widget or kind in WIDGETS.get(widget, ()):
        return widget or None
    properties.remarks.add("FORM_WIDGET_UNKNOWN", properties.name, Severity.WARNING, widget=widget, type=kind.value)
    return None


def _check_subtype(field: Field, remarks: Remarks) -> None:
    if field.subtype not in (None, "date", "time", "datetime"):
        remarks.add("FORM_PROPERTY_INVALID", field.key, property="subtype", expected="date, time, datetime")


def _note_unread(raw: Members, properties: Members, validate: Members, remarks: Remarks) -> None:
    left = [member for member in raw.unread() if member not in _APPEARANCE_ONLY]
    left += [f"validate.{member}" for member in validate.unread()]
    left += [
        f"properties.{member}"
        for member in properties.unread()
        if member.startswith("fd:") and member not in _FD_PROPERTIES
    ]
    for member in left:
        remarks.add("FORM_PROPERTY_UNREAD", raw.name, Severity.INFO, property=member)
