"""Reading a form: every member that we use, and a finding for everything else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.canonical import from_json, to_json
from bpmn.findings import Severity
from bpmn.forms.model import FieldType
from bpmn.forms.reading import read_form
from bpmn.limits import FORM_BYTES, FORM_DEPTH
from bpmn.model import ProcessDefinition
from bpmn.text import Text
from tests.bpmn.forms.support import codes_of, component, findings_of, form_of, text_of


def test_each_type_that_we_render_is_read_under_its_own_name() -> None:
    special = {"expression": {"expression": "=1 + 1"}, "text": {"text": "hello"}}
    form = form_of(*(component(kind.value, f"k_{kind.value}", **special.get(kind.value, {})) for kind in FieldType))

    assert [each.type for each in form.fields] == list(FieldType)


def test_a_member_of_form_js_becomes_the_member_of_the_field() -> None:
    raw = component(
        "textfield",
        "title",
        description="help",
        defaultValue="abc",
        readonly="=locked",
        conditional={"hide": "=hidden = true"},
        validate={"required": True, "minLength": 2, "maxLength": "120", "pattern": "^a"},
        appearance={"prefixAdorner": "¥", "suffixAdorner": "/h"},
        properties={"fd:label:en": "Title", "fd:required": "=x > 1", "fd:editable": "true", "fd:internal": True},
    )
    field = form_of(raw).fields[0]

    assert (field.key, field.label.default, field.label.in_language("en")) == ("title", "title", "Title")
    assert (field.required, field.required_when) == (True, "x > 1")
    assert (field.readonly, field.readonly_when, field.hidden_when) == (False, "locked", "hidden = true")
    assert (field.min_length, field.max_length, field.pattern) == (2, 120, "^a")
    assert (field.default, field.prefix, field.suffix) == ("abc", "¥", "/h")
    assert (field.editable, field.internal, field.description.default) == (True, True, "help")


def test_a_choice_has_options_with_labels_in_each_language() -> None:
    field = form_of(component("select", "s", values=[{"value": "a", "label": "甲", "label:en": "A"}])).fields[0]

    assert [(each.value, each.label.default, each.label.in_language("en")) for each in field.options] == [
        ("a", "甲", "A")
    ]


def test_the_source_is_kept_to_the_letter() -> None:
    text = ' {"components" : [ ], "vendor": {"x": 1}}\n'

    form, findings = read_form(text, form_id="f")

    assert form is not None
    assert (form.source, findings) == (text, ())


def test_a_finding_names_the_line_of_the_component_in_the_surrounding_file() -> None:
    text = '{"components": [\n {"type": "textfield", "key": "a"},\n {"type": "html", "key": "b"}\n]}'

    (finding,) = read_form(text, form_id="f", line=40)[1]
    (alone,) = read_form(text, form_id="f")[1]

    assert (finding.code, finding.line, finding.params["key"], finding.params["type"]) == (
        "FORM_COMPONENT_UNSUPPORTED",
        42,
        "b",
        "html",
    )
    assert alone.line == 3


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "html", "content": "<img src=x onerror=alert(1)>"},
        {"type": "iframe", "url": "javascript:alert(1)"},
        {"type": "image", "source": "https://evil.example/x.png"},
        {"type": "table", "dataSource": "=rows"},
        {"type": "documentPreview"},
        {"type": "page"},
        {"type": "constructor"},
        {"type": None},
        {},
    ],
)
def test_a_component_that_we_do_not_render_is_an_error_and_left_out(raw: dict[str, object]) -> None:
    form, findings = read_form(text_of(raw), form_id="f")

    assert form is not None
    assert form.fields == ()
    assert [(each.code, each.severity) for each in findings] == [("FORM_COMPONENT_UNSUPPORTED", Severity.ERROR)]


@pytest.mark.parametrize(
    "text",
    [
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](java\tscript:alert(1))",
        "[a](&#106;avascript:alert(1))",
        '<a href="data:text/html,x">a</a>',
        "[a](vbscript:x)",
        "[a](&#x0000006A;avascript:x)",
        "[a](javascript&colon;x)",
    ],
)
def test_a_link_that_runs_code_is_refused(text: str) -> None:
    assert codes_of({"type": "text", "text": text}) == ["FORM_LINK_REFUSED"]


def test_a_character_reference_of_any_length_is_only_text() -> None:
    assert findings_of({"type": "text", "text": "&#" + "9" * 5_000 + ";[a](x)"}) == ()


def test_plain_text_that_speaks_of_javascript_is_no_link() -> None:
    assert findings_of({"type": "text", "text": "Turn on JavaScript: it is needed."}) == ()


def test_html_in_a_text_is_said_to_be_shown_as_text() -> None:
    assert codes_of({"type": "text", "text": "<b>x</b>"}, severity=Severity.WARNING) == ["FORM_HTML_SHOWN_AS_TEXT"]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "FORM_KEY_MISSING"),
        ("a.b", "FORM_KEY_INVALID"),
        ("1a", "FORM_KEY_INVALID"),
        ("a b", "FORM_KEY_INVALID"),
        ("and", "FORM_KEY_INVALID"),
        ("null", "FORM_KEY_INVALID"),
        ("k" * 65, "FORM_KEY_INVALID"),
        ("Task_Assess_outcome", "FORM_KEY_RESERVED"),
    ],
)
def test_a_key_that_cannot_be_a_variable_is_an_error(key: str, code: str) -> None:
    assert codes_of(component("textfield", key)) == [code]


@pytest.mark.parametrize("key", ["title", "标题", "__class__", "Meta", "fields", "k" * 64])
def test_any_name_that_feel_can_read_is_a_key(key: str) -> None:
    assert findings_of(component("textfield", key)) == ()


def test_a_key_that_expressions_read_as_a_function_is_warned_of() -> None:
    assert codes_of(component("textfield", "date"), severity=Severity.WARNING) == ["FORM_KEY_NAMES_FUNCTION"]


def test_one_key_twice_is_an_error_also_across_groups_but_not_across_rows() -> None:
    field = component("textfield", "a")
    group = {"type": "group", "components": [field]}
    rows = component("dynamiclist", "rows", components=[field])

    assert codes_of(field, group) == ["FORM_KEY_DUPLICATE"]
    assert codes_of(field, rows) == []


def test_a_group_with_a_path_is_refused_because_its_answers_would_be_nested() -> None:
    assert codes_of({"type": "group", "path": "inner", "components": []}) == ["FORM_GROUP_PATH_UNSUPPORTED"]


def test_a_pattern_must_be_one_of_re2() -> None:
    assert codes_of(component("textfield", "a", validate={"pattern": "(a"})) == ["FORM_PATTERN_INVALID"]
    assert codes_of(component("textfield", "a", validate={"pattern": r"(a)\1"})) == ["FORM_PATTERN_INVALID"]
    assert codes_of(component("textfield", "a", validate={"pattern": "x" * 1001})) == ["FORM_PATTERN_INVALID"]


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"conditional": {"hide": '=__import__("os").system("id")'}}, "hide"),
        ({"readonly": "=open('/etc/passwd')"}, "readonly"),
        ({"properties": {"fd:required": "=a &&& b"}}, "required"),
        ({"type": "select", "valuesExpression": "=[1,"}, "values"),
        ({"expression": "=().__class__.__bases__"}, "expression"),
    ],
)
def test_an_expression_outside_the_language_is_refused_with_its_place(members: dict[str, object], place: str) -> None:
    (finding,) = (
        each
        for each in findings_of({**component("expression", "a", expression="=1"), **members})
        if each.severity is Severity.ERROR
    )

    assert (finding.code, finding.params["place"], finding.params["key"]) == ("FORM_EXPRESSION_REFUSED", place, "a")


def test_an_expression_inside_a_text_is_checked_too() -> None:
    assert codes_of({"type": "text", "text": "now {{ 1 + }}"}) == ["FORM_EXPRESSION_REFUSED"]
    assert codes_of({"type": "text", "text": "now {{ 1 + "}) == []


def test_conditions_that_wait_for_each_other_are_an_error() -> None:
    a = component("textfield", "a", conditional={"hide": "=b = null"})
    b = component("textfield", "b", conditional={"hide": "=a = null"})
    c = component("expression", "c", expression="=c + 1")

    assert sorted(codes_of(a, b)) == ["FORM_CONDITION_CYCLE", "FORM_CONDITION_CYCLE"]
    assert codes_of(c) == ["FORM_CONDITION_CYCLE"]
    assert codes_of(a, component("textfield", "b")) == []


def test_a_limit_that_is_no_number_is_an_error_and_not_dropped() -> None:
    (finding,) = findings_of(component("number", "a", validate={"min": "=x", "max": 3}))

    assert (finding.code, finding.params["property"]) == ("FORM_PROPERTY_INVALID", "min")


def test_limits_that_leave_no_answer_are_an_error() -> None:
    assert codes_of(component("number", "a", validate={"min": 3, "max": 2})) == ["FORM_LIMITS_CONTRADICT"]


def test_a_member_without_effect_is_mentioned_and_one_of_layout_is_not() -> None:
    raw = component("textfield", "a", layout={"row": "r"}, vendor=1, properties={"fd:unheard": 1, "camunda": 2})

    found = [each.params["property"] for each in findings_of(raw)]

    assert found == ["vendor", "properties.fd:unheard"]


@pytest.mark.parametrize(
    ("kind", "widget"), [("checkbox", "user"), ("textfield", "users"), ("select", "image"), ("select", "x")]
)
def test_a_widget_that_does_not_go_with_its_component_is_warned_of_and_left_out(kind: str, widget: str) -> None:
    raw = component(kind, "a", properties={"fd:widget": widget})

    assert codes_of(raw, severity=Severity.WARNING) == ["FORM_WIDGET_UNKNOWN"]
    assert form_of(raw).fields[0].widget is None


def test_options_need_values_that_differ() -> None:
    values = [{"label": "x"}, {"value": "a"}, {"value": "a"}, "b"]

    assert codes_of(component("select", "s", values=values)) == ["FORM_OPTION_INVALID"] * 3


@pytest.mark.parametrize(
    ("kind", "default"),
    [("number", "3"), ("textfield", ["x"]), ("checkbox", "yes"), ("checklist", "a"), ("datetime", "soon")],
)
def test_a_default_must_be_an_answer_that_the_field_takes(kind: str, default: object) -> None:
    assert codes_of(component(kind, "a", defaultValue=default)) == ["FORM_DEFAULT_INVALID"]


def test_a_default_is_cleaned_like_an_answer() -> None:
    assert form_of(component("textfield", "a", defaultValue="e\u0301")).fields[0].default == "é"
    assert form_of(component("taglist", "a", defaultValue=["x", "x"])).fields[0].default == ("x",)


@pytest.mark.parametrize(
    "text",
    [
        r'{"components": [], "x": "\u0000"}',
        r'{"components": [], "x": "\\\u0000"}',
        "",
        "x",
        "[]",
        "{}",
        '{"components": {}}',
        '{"components": [}',
        "[" * 100_000,
        '{"components": ["\ud800"]}',
    ],
)
def test_what_is_no_form_is_refused_whole(text: str) -> None:
    form, (finding,) = read_form(text, form_id="f", line=7)

    assert form is None
    assert (finding.code, finding.line) == ("FORM_MALFORMED", 7)


def test_a_form_over_the_limits_is_refused_before_it_is_walked() -> None:
    deep: dict[str, object] = component("textfield", "a")
    for _ in range(FORM_DEPTH + 1):
        deep = {"type": "group", "components": [deep]}
    wide = text_of(*([{"type": "spacer"}] * 20_001))

    assert codes_of(deep) == ["FORM_TOO_LARGE"]
    assert read_form(wide, form_id="f")[0] is None
    assert read_form(" " * FORM_BYTES + "{}", form_id="f")[0] is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_MEMBERS = [
    *(
        [
            "type",
            "key",
            "path",
            "id",
            "label",
            "description",
            "text",
            "readonly",
            "disabled",
            "defaultValue",
            "validate",
            "conditional",
        ]
    ),
    *(
        [
            "properties",
            "values",
            "valuesExpression",
            "valuesKey",
            "components",
            "expression",
            "subtype",
            "multiple",
            "accept",
        ]
    ),
    "decimalDigits",
    "appearance",
    "disallowPassedDates",
]
_COMPONENT = st.dictionaries(
    st.sampled_from(_MEMBERS), _JSON | st.sampled_from([kind.value for kind in FieldType]), max_size=10
)


@given(st.lists(_COMPONENT | _JSON, max_size=4), st.sampled_from([kind.value for kind in FieldType]))
def test_no_json_makes_reading_fail(components: list[object], kind: str) -> None:
    typed = [{**each, "type": kind} if isinstance(each, dict) else each for each in components]
    text = json.dumps({"components": typed})

    read_form(text, form_id="f")


def test_a_form_survives_the_canonical_json_of_its_process() -> None:
    form = form_of(component("taglist", "a", defaultValue=["x"]), component("number", "n", defaultValue=2))
    definition = ProcessDefinition(key="p", name=Text(default="p"), forms=(form,))

    assert from_json(to_json(definition)) == definition


def test_what_a_ticket_knows_itself_by_is_asked_with_the_widget_that_looks_it_up() -> None:
    plain = (component("textfield", "business"), component("taglist", "followers"))
    wrong = component("taglist", "followers", properties={"fd:widget": "business"})
    rows = component("dynamiclist", "rows", components=[component("textfield", "business")])
    right = (
        component("select", "business", properties={"fd:widget": "business"}),
        component("taglist", "followers", properties={"fd:widget": "users"}),
    )

    assert codes_of(*plain) == ["FORM_KEY_NEEDS_WIDGET"] * 2
    assert codes_of(wrong) == ["FORM_KEY_NEEDS_WIDGET"]
    assert codes_of(rows) == codes_of(*right) == []
