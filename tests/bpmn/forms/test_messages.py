"""Every code that forms can give has a message in both languages, made of the parameters that come with it."""

import re
from pathlib import Path
from string import Formatter

import bpmn.forms
from bpmn.messages.forms import ANSWERS, FINDINGS, MESSAGES
from tests.bpmn.forms.support import check, component, findings_of, form_of

PACKAGE = Path(bpmn.forms.__file__).parent
_NOT_A_CODE = frozenset({"FORM_BYTES", "FORM_COMPONENTS", "FORM_DEPTH"})


def test_the_codes_in_the_package_are_the_codes_with_messages() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py"))

    used = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', source))

    assert used - _NOT_A_CODE == set(MESSAGES)
    assert not set(FINDINGS) & set(ANSWERS)


def test_both_languages_speak_of_the_same_parameters() -> None:
    for code, (chinese, english) in MESSAGES.items():
        assert names_in(chinese) == names_in(english), code


def test_a_message_needs_no_parameter_that_does_not_come_with_its_code() -> None:
    findings = findings_of(
        {"type": "html"},
        component("textfield", "", validate={"pattern": "("}),
        component("textfield", "a.b", readonly="=(", vendor=1),
        component("textfield", "x_outcome", properties={"fd:widget": "?"}),
        component("expression", "e"),
        component("number", "d", defaultValue="x"),
        component("expression", "e", expression="=e"),
        component("number", "date", validate={"min": 2, "max": 1, "minLength": "x"}),
        component("select", "s", values=[{}]),
        {"type": "group", "path": "p"},
        {"type": "text", "text": "[x](javascript:1)"},
        {"type": "text", "text": "<b>"},
        component("textfield", "business"),
    )

    assert {each.code for each in findings} == set(FINDINGS) - {"FORM_MALFORMED", "FORM_TOO_LARGE"}
    for each in findings:
        assert names_in(FINDINGS[each.code][0]) <= each.params.keys(), each


def test_an_error_s_message_needs_no_parameter_that_does_not_come_with_it() -> None:
    limits = {"minLength": 2, "maxLength": 3, "pattern": "^b", "min": 1, "max": 2, "minItems": 2, "maxItems": 2}
    kinds = ("textfield", "number", "datetime", "taglist", "checkbox", "filepicker", "dynamiclist")
    form = form_of(*(component(kind, kind, validate=limits, decimalDigits=0, multiple=True) for kind in kinds))
    values = ("a", "aaa", "aaaa", 0, 3, 1.5, ["z"], ["z", "y"], ["z"] * 3, True, [{}], None)

    errors = [error for kind in kinds for value in values for error in check(form, {kind: value}).errors]

    assert len({each.code for each in errors}) > 12
    for each in errors:
        assert names_in(ANSWERS[each.code][0]) <= each.params.keys(), each


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}
