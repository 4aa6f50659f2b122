"""What must hold of a form as a whole: keys, patterns, expressions, links, and that no condition waits for itself."""

import html
import re
from collections.abc import Iterator

from bpmn.expressions import ExpressionRefused
from bpmn.expressions.cursor import RESERVED
from bpmn.findings import Severity
from bpmn.forms.model import INPUTS, Field, FieldType, Form
from bpmn.forms.order import cycle_in
from bpmn.forms.patterns import compile_pattern
from bpmn.forms.programs import expressions_of, program_of
from bpmn.forms.remarks import Remarks
from bpmn.limits import FIELD_KEY

_KEY = re.compile(r"[^\W\d]\w*")
_WIDGET_OF = {"business": "business", "followers": "users"}
"""Reserved keys whose answer names something of the installation, with the widget that looks it up."""
_ACTIVE_LINK = re.compile(r"(?:javascript|vbscript|data):", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#0*[0-9]{1,7}|#[xX]0*[0-9a-fA-F]{1,6}|[A-Za-z]{1,32});?")
_LINKED_TEXT = re.compile(r"\]\(|href|src|<\s*\w")


def check_form(form: Form, remarks: Remarks) -> None:
    """Add the findings about the form as a whole; one about a repeating group's rows speaks of their fields."""
    _check_scope(form.fields, remarks)
    for field in form.inputs():
        wanted = _WIDGET_OF.get(field.key)
        if wanted is not None and field.widget != wanted:
            remarks.add("FORM_KEY_NEEDS_WIDGET", field.key, widget=wanted)
    for name in cycle_in(form.fields):
        remarks.add("FORM_CONDITION_CYCLE", name)


def _check_scope(fields: tuple[Field, ...], remarks: Remarks) -> None:
    """Keys are unique within the answers, and again within each row of a repeating group."""
    seen: set[str] = set()
    for field in _flattened(fields):
        if field.type in INPUTS:
            _check_key(field, seen, remarks)
        _check_pattern(field, remarks)
        _check_expressions(field, remarks)
        _check_text(field, remarks)
        _check_meaning(field, remarks)
        if field.type is FieldType.DYNAMIC_LIST:
            _check_scope(field.fields, remarks)


def _flattened(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        if field.type is FieldType.GROUP:
            yield from _flattened(field.fields)


def _check_key(field: Field, seen: set[str], remarks: Remarks) -> None:
    key = field.key
    if not key:
        remarks.add("FORM_KEY_MISSING", field.id, type=field.type.value)
    elif len(key) > FIELD_KEY or not _KEY.fullmatch(key) or key in RESERVED:
        remarks.add("FORM_KEY_INVALID", key, limit=FIELD_KEY)
    elif key.endswith("_outcome"):
        # `<taskId>_outcome` is what decides the way on: a field of that name could say it in a person's stead.
        remarks.add("FORM_KEY_RESERVED", key)
    elif key in seen:
        remarks.add("FORM_KEY_DUPLICATE", key)
    elif not _is_variable(key):
        remarks.add("FORM_KEY_NAMES_FUNCTION", key, Severity.WARNING)
    seen.add(key)


def _is_variable(key: str) -> bool:
    """Whether expressions read the key as a variable: `date` is the name of a function there."""
    try:
        return program_of(key).names == {key}
    except ExpressionRefused:
        return False


def _check_pattern(field: Field, remarks: Remarks) -> None:
    if field.pattern is not None and compile_pattern(field.pattern) is None:
        remarks.add("FORM_PATTERN_INVALID", field.key, pattern=field.pattern[:200])


def _check_expressions(field: Field, remarks: Remarks) -> None:
    for place, text in expressions_of(field):
        try:
            program_of(text)
        except ExpressionRefused as refused:
            remarks.add(
                "FORM_EXPRESSION_REFUSED",
                field.key or field.id,
                place=place,
                text=text[:200],
                reason=refused.reason,
                position=refused.position,
            )


def _check_text(field: Field, remarks: Remarks) -> None:
    for each in (field.text.default, *(text for _, text in field.text.translations)):
        if _ACTIVE_LINK.search(_as_a_browser_reads(each)) and _LINKED_TEXT.search(each):
            remarks.add("FORM_LINK_REFUSED", field.key or field.id)
        elif re.search(r"<\s*[a-zA-Z/!]", each):
            remarks.add("FORM_HTML_SHOWN_AS_TEXT", field.key or field.id, Severity.WARNING)


def _as_a_browser_reads(text: str) -> str:
    """Character references resolved, blanks and control characters taken out, as a browser does with a link."""
    short = _REFERENCE.sub(lambda found: html.unescape(found.group()), text)
    return re.sub(r"[\x00-\x20\x7f]", "", short)


def _check_meaning(field: Field, remarks: Remarks) -> None:
    """What a component of this type cannot do without, and limits that leave no answer possible."""
    if field.type is FieldType.EXPRESSION and not field.expression:
        remarks.add("FORM_EXPRESSION_MISSING", field.key)
    pairs = (
        (field.minimum, field.maximum),
        (field.min_length, field.max_length),
        (field.minimum_items, field.maximum_items),
    )
    if any(low is not None and high is not None and low > high for low, high in pairs):
        remarks.add("FORM_LIMITS_CONTRADICT", field.key)
