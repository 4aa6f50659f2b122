"""The one check of a person's answers: types, conditions, what only the server decides, corrections."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.forms.checking import check_answers
from bpmn.forms.model import Form
from bpmn.forms.showing import describe
from tests.bpmn.forms.support import NOW, Installation, check, component, form_of, refused

OPTIONS = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
REQUIRED = {"required": True}


def answered(kind: str, value: object, **members: Any) -> object:
    """The clean answer of a form with this one field, or the code and params of its error."""
    checked = check(form_of(component(kind, "f", **members)), {"f": value})
    if checked.errors:
        (error,) = checked.errors
        return (error.code, *error.params.values())
    return checked.answers["f"]


def test_an_answer_to_no_question_is_refused_by_name() -> None:
    assert refused(form_of(component("textfield", "a")), {"a": "x", "b": 1, "": 2}) == [
        " UNKNOWN_FIELD",
        "b UNKNOWN_FIELD",
    ]


@pytest.mark.parametrize("key", ["__class__", "Meta", "fields", "load", "opts", "标题"])
def test_a_key_that_is_a_name_of_the_library_is_a_field_like_any_other(key: str) -> None:
    form = form_of(component("textfield", key, validate=REQUIRED))

    assert check(form, {key: "x"}).answers == {key: "x"}
    assert refused(form, {}) == [f"{key} FIELD_REQUIRED"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", "x"),
        (" x ", " x "),
        ("= 1+1", "= 1+1"),
        ("{{7*7}}${7*7}", "{{7*7}}${7*7}"),
        ("", None),
        ("   ", None),
        (None, None),
        ("e\u0301", "é"),
        ("a\nb", ("TEXT_NOT_ONE_LINE",)),
        ("a\u2028b", ("TEXT_NOT_ONE_LINE",)),
        ("a\0b", ("TEXT_NOT_UNICODE",)),
        ("a\ud800", ("TEXT_NOT_UNICODE",)),
        ("x" * 4_000, "x" * 4_000),
        ("x" * 4_001, ("FIELD_TOO_LONG", 4_000, 4_001)),
        ("x" * 70_000, ("FIELD_TOO_LONG", 65_536, 70_000)),
        (1, ("NOT_A_TEXT",)),
        (True, ("NOT_A_TEXT",)),
        ([], ("NOT_A_TEXT",)),
        ({"a": 1}, ("NOT_A_TEXT",)),
    ],
)
def test_a_line_of_text(value: object, expected: object) -> None:
    assert answered("textfield", value) == expected


def test_a_long_text_keeps_its_lines_with_one_kind_of_end() -> None:
    assert answered("textarea", "a\r\nb\rc\nd") == "a\nb\nc\nd"
    assert answered("textarea", "字" * 65_536) == "字" * 65_536


def test_a_tower_of_combining_marks_is_refused_before_it_is_normalised() -> None:
    assert answered("textarea", "a" + "\u0301\u0323" * 20_000) == ("TEXT_TOO_MANY_MARKS", 30)
    assert answered("textarea", "a" + "\u0301" * 30) == "á" + "\u0301" * 29


def test_length_and_pattern_are_of_characters() -> None:
    limits = {"minLength": 2, "maxLength": 3, "pattern": "^[^x]+$"}

    assert answered("textfield", "故", validate=limits) == ("FIELD_TOO_SHORT", 2, 1)
    assert answered("textfield", "故障😀", validate=limits) == "故障😀"
    assert answered("textfield", "故障单据", validate=limits) == ("FIELD_TOO_LONG", 3, 4)
    assert answered("textfield", "xx", validate=limits) == ("PATTERN_NOT_MATCHED", "^[^x]+$")
    assert answered("textfield", "a@b", validate={"validationType": "email"})[0] == "PATTERN_NOT_MATCHED"  # type: ignore[index]


def test_a_pattern_that_backtracks_elsewhere_costs_nothing_here() -> None:
    assert answered("textarea", "a" * 60_000 + "!", validate={"pattern": "^(a+)+$"})[0] == "PATTERN_NOT_MATCHED"  # type: ignore[index]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (3.0, 3),
        (2.5, 2.5),
        (0, 0),
        ("", None),
        (1e-7, ("TOO_MANY_DECIMALS", 2)),
        (0.125, ("TOO_MANY_DECIMALS", 2)),
        (-1, ("NUMBER_TOO_SMALL", 0)),
        (101, ("NUMBER_TOO_LARGE", 100)),
        (10**400, ("NUMBER_TOO_LARGE", 100)),
        (float("inf"), ("NUMBER_TOO_LARGE", 100)),
        (float("nan"), ("NOT_A_NUMBER",)),
        (True, ("NOT_A_NUMBER",)),
        ("3", ("NOT_A_NUMBER",)),
    ],
)
def test_a_number(value: object, expected: object) -> None:
    assert answered("number", value, decimalDigits=2, validate={"min": 0, "max": 100}) == expected


def test_a_number_without_limits_is_still_one_that_json_and_browsers_keep_exactly() -> None:
    assert answered("number", 10**15) == 10**15
    assert answered("number", 10**15 + 1) == ("NUMBER_TOO_LARGE", 10**15)


@pytest.mark.parametrize(
    ("subtype", "value", "expected"),
    [
        ("date", "2026-02-28", "2026-02-28"),
        ("date", "2026-02-29", ("NOT_A_DATE",)),
        ("date", "20260228", ("NOT_A_DATE",)),
        ("date", "２０２６-02-28", ("NOT_A_DATE",)),
        ("date", 20260228, ("NOT_A_DATE",)),
        ("time", "09:30", "09:30:00"),
        ("time", "09:30:15+08:00", "09:30:15+08:00"),
        ("time", "9:30", ("NOT_A_TIME",)),
        ("time", "24:00", ("NOT_A_TIME",)),
        ("datetime", "2026-11-23T09:30+08:00", "2026-11-23T09:30:00+08:00"),
        ("datetime", "2026-11-23t01:30:00z", "2026-11-23T01:30:00+00:00"),
        ("datetime", "2026-11-23T09:30:00.25-03:30", "2026-11-23T09:30:00.250000-03:30"),
        ("datetime", "2026-11-23T09:30:00", ("DATE_TIME_WITHOUT_OFFSET",)),
        ("datetime", "2026-11-23", ("NOT_A_DATE_TIME",)),
        ("datetime", "2026-11-23T09:30:00+08:00 ", ("NOT_A_DATE_TIME",)),
        ("datetime", "2026-13-23T09:30:00+08:00", ("NOT_A_DATE_TIME",)),
        ("datetime", "2026-11-23T09:30:00+25:00", ("NOT_A_DATE_TIME",)),
        ("datetime", "tomorrow", ("NOT_A_DATE_TIME",)),
        ("datetime", {}, ("NOT_A_DATE_TIME",)),
    ],
)
def test_a_date_or_time(subtype: str, value: object, expected: object) -> None:
    assert answered("datetime", value, subtype=subtype) == expected


@pytest.mark.parametrize(
    ("subtype", "value", "expected"),
    [
        ("date", "2026-11-22", ("DATE_IN_THE_PAST",)),
        ("date", "2026-11-23", "2026-11-23"),
        ("datetime", "2026-11-22T23:59:59+00:00", ("DATE_IN_THE_PAST",)),
        ("datetime", "2026-11-23T00:00:00+00:00", "2026-11-23T00:00:00+00:00"),
        ("datetime", "0001-01-01T00:00:00+14:00", ("DATE_IN_THE_PAST",)),
    ],
)
def test_a_field_may_forbid_what_lies_before_today(subtype: str, value: str, expected: object) -> None:
    assert answered("datetime", value, subtype=subtype, disallowPassedDates=True) == expected


@pytest.mark.parametrize("kind", ["select", "radio"])
def test_one_choice_must_be_among_the_options(kind: str) -> None:
    assert answered(kind, "a", values=OPTIONS) == "a"
    assert answered(kind, "c", values=OPTIONS) == ("NOT_AN_OPTION", "c")
    assert answered(kind, ["a"], values=OPTIONS) == ("NOT_A_TEXT",)
    assert answered(kind, "a", values=[]) == ("NOT_AN_OPTION", "a")


@pytest.mark.parametrize("kind", ["checklist", "taglist"])
def test_several_choices_are_a_list_without_repetition(kind: str) -> None:
    assert answered(kind, ["b", "a", "b"], values=OPTIONS) == ["b", "a"]
    assert answered(kind, ["a", "c"], values=OPTIONS) == ("NOT_AN_OPTION", "c")
    assert answered(kind, "a", values=OPTIONS) == ("NOT_A_LIST",)
    assert answered(kind, [], values=OPTIONS) is None
    assert answered(kind, ["a"], values=OPTIONS, validate={"minItems": 2}) == ("TOO_FEW_ITEMS", 2, 1)
    assert answered(kind, ["a"] * 501, values=OPTIONS) == ("TOO_MANY_ITEMS", 500, 501)


def test_a_checkbox_is_true_or_false_and_a_required_one_is_true() -> None:
    assert answered("checkbox", False) is False
    assert answered("checkbox", True, validate=REQUIRED) is True
    assert answered("checkbox", False, validate=REQUIRED) == ("FIELD_REQUIRED",)
    assert answered("checkbox", 1) == ("NOT_A_BOOLEAN",)
    assert answered("checkbox", "true") == ("NOT_A_BOOLEAN",)


def test_files_are_named_by_id_and_counted() -> None:
    form = form_of(component("filepicker", "f", multiple=True), component("filepicker", "one"))

    assert check(form, {"f": ["u2", "u1", "u2"], "one": ["u1"]}).files == ("u2", "u1")
    assert refused(form, {"f": ["../etc/passwd"]}) == ["f NOT_A_FILE"]
    assert refused(form, {"f": [1]}) == ["f NOT_A_FILE"]
    assert refused(form, {"one": ["u1", "u2"]}) == ["one TOO_MANY_ITEMS"]


@pytest.mark.parametrize("empty", [None, "", "  ", "\n"])
def test_a_required_field_is_not_filled_in_by_nothing(empty: object) -> None:
    assert refused(form_of(component("textarea", "a", validate=REQUIRED)), {"a": empty}) == ["a FIELD_REQUIRED"]


def test_a_field_may_be_required_by_what_another_says() -> None:
    form = form_of(
        component("radio", "known", values=[{"value": "yes"}, {"value": "no"}]),
        component("textarea", "cause", properties={"fd:required": '=known = "yes"'}),
    )

    assert refused(form, {"known": "yes"}) == ["cause FIELD_REQUIRED"]
    assert refused(form, {"known": "no"}) == []
    assert refused(form, {}) == []
    assert refused(form, {}, {"known": "yes"}) == ["cause FIELD_REQUIRED"]


def test_what_was_sent_for_a_hidden_field_is_dropped_whatever_it_is() -> None:
    form = form_of(
        component("textfield", "secret", validate=REQUIRED, conditional={"hide": "=flag = true"}),
        component("checkbox", "flag"),
    )

    assert check(form, {"flag": True, "secret": "x"}).answers == {"flag": True}
    assert check(form, {"flag": True, "secret": ["wrong"]}).answers == {"flag": True}
    assert refused(form, {"flag": False}) == ["secret FIELD_REQUIRED"]


def test_a_hidden_group_hides_what_is_in_it_and_a_hidden_field_has_no_value_for_others() -> None:
    form = form_of(
        component("expression", "sum", expression="=if inner = null then 0 else inner"),
        {"type": "group", "conditional": {"hide": "=flag"}, "components": [component("number", "inner")]},
        component("checkbox", "flag"),
    )

    assert check(form, {"flag": False, "inner": 2}).answers == {"sum": 2, "inner": 2, "flag": False}
    assert check(form, {"flag": True, "inner": 2}, {"inner": 7}).answers == {"sum": 0, "flag": True}


def test_a_computed_field_follows_the_answers_and_is_accepted_only_when_it_agrees() -> None:
    form = form_of(
        component("expression", "total", expression="=double + 1"),
        component("expression", "double", expression="=n * 2"),
        component("number", "n"),
    )

    assert check(form, {"n": 4}).answers == {"total": 9, "double": 8, "n": 4}
    assert check(form, {"n": 4, "total": 9.0}).answers["total"] == 9
    assert refused(form, {"n": 4, "total": 10}) == ["total READ_ONLY_FIELD"]
    assert refused(form, {"n": 4, "total": True}) == ["total READ_ONLY_FIELD"]
    assert check(form, {}).answers == {"total": None, "double": None}


def test_a_read_only_field_is_accepted_only_with_the_value_the_server_has() -> None:
    form = form_of(
        component("textfield", "a", readonly=True),
        component("datetime", "b", subtype="datetime", readonly="=locked"),
    )
    held = {"a": "x", "b": "2026-11-23T09:30:00+08:00", "locked": True}

    assert refused(form, {"a": "x", "b": "2026-11-23T09:30+08:00"}, held) == []
    assert refused(form, {"a": "y", "b": None}, held) == ["a READ_ONLY_FIELD", "b READ_ONLY_FIELD"]
    assert check(form, {"a": "x"}, held).answers == {}
    assert check(form, {"b": None}, {"locked": False}).answers == {"b": None}


def test_a_default_stands_in_for_what_was_not_sent_but_not_for_what_was_emptied() -> None:
    form = form_of(component("textfield", "a", defaultValue="x"), component("number", "b", defaultValue=0))

    assert check(form, {}).answers == {"a": "x", "b": 0}
    assert check(form, {"a": None, "b": ""}).answers == {"a": None, "b": None}
    assert check(form, {}, {"a": "held"}).answers == {"b": 0}


def test_a_default_must_be_an_option_too() -> None:
    assert refused(form_of(component("select", "s", values=OPTIONS, defaultValue="z")), {}) == ["s NOT_AN_OPTION"]


def test_options_may_depend_on_another_answer() -> None:
    form = form_of(
        component("select", "s", values=OPTIONS),
        component("select", "t", valuesExpression='=if s = "a" then ["a1", {value: "a2", label: "A2"}] else []'),
        component("select", "u", valuesKey="choices"),
    )

    assert refused(form, {"s": "a", "t": "a2"}) == []
    assert refused(form, {"s": "a", "t": "a1"}) == []
    assert refused(form, {"s": "b", "t": "a1"}) == ["t NOT_AN_OPTION"]
    assert refused(form, {"u": "x"}, {"choices": ["x"]}) == []
    assert refused(form, {"u": "x"}) == ["u NOT_AN_OPTION"]


def test_rows_are_checked_each_by_themselves_with_the_place_in_the_path() -> None:
    form = form_of(
        component(
            "dynamiclist",
            "rows",
            components=[
                component("textfield", "what", validate=REQUIRED),
                component("number", "cost", conditional={"hide": "=free"}),
                component("checkbox", "free"),
                component("expression", "double", expression="=cost * factor"),
            ],
            validate={"maxItems": 3},
        ),
        component("number", "factor"),
    )
    good = check(form, {"factor": 2, "rows": [{"what": "w", "cost": 4}, {"what": "v", "cost": 1, "free": True}]})

    assert good.answers["rows"] == [{"what": "w", "cost": 4, "double": 8}, {"what": "v", "free": True}]
    assert refused(form, {"rows": [{"what": "w"}, {"cost": 1}]}) == ["rows.1.what FIELD_REQUIRED"]
    assert refused(form, {"rows": [{"what": 1}, "x", {"what": "w", "y": 1}]}) == [
        "rows.0.what NOT_A_TEXT",
        "rows.1 NOT_AN_OBJECT",
        "rows.2.y UNKNOWN_FIELD",
    ]
    assert refused(form, {"rows": [{"what": "w"}] * 4}) == ["rows TOO_MANY_ITEMS"]
    assert refused(form, {"rows": {}}) == ["rows NOT_A_LIST"]
    assert refused(form, {"rows": [{"what": "w", "double": 3}]}) == ["rows.0.double READ_ONLY_FIELD"]


def test_a_row_does_not_see_the_ticket_s_variable_of_its_own_field_s_name() -> None:
    form = form_of(component("dynamiclist", "rows", components=[component("textfield", "title", validate=REQUIRED)]))

    assert refused(form, {"rows": [{}]}, {"title": "the ticket's"}) == ["rows.0.title FIELD_REQUIRED"]


def test_rows_may_hold_files_and_rows() -> None:
    inner = component("dynamiclist", "inner", components=[component("filepicker", "f", validate=REQUIRED)])
    form = form_of(component("dynamiclist", "rows", components=[inner]))

    assert check(form, {"rows": [{"inner": [{"f": ["u1"]}]}]}).files == ("u1",)
    assert refused(form, {"rows": [{"inner": [{"f": ["u1"]}, {}]}]}) == ["rows.0.inner.1.f FIELD_REQUIRED"]


@pytest.mark.parametrize(
    ("kind", "widget", "known", "code"),
    [
        ("textfield", "user", "qc", "USER_UNKNOWN"),
        ("select", "business", "website", "BUSINESS_UNKNOWN"),
        ("select", "role", "ops", "ROLE_UNKNOWN"),
    ],
)
def test_a_widget_asks_the_installation_in_place_of_drawn_options(
    kind: str, widget: str, known: str, code: str
) -> None:
    assert answered(kind, known, properties={"fd:widget": widget}) == known
    assert answered(kind, "nobody", properties={"fd:widget": widget}) == (code, "nobody")


def test_each_unknown_user_of_several_is_named() -> None:
    form = form_of(component("taglist", "f", properties={"fd:widget": "users"}))

    assert [error.params["value"] for error in check(form, {"f": ["qc", "x", "y"]}).errors] == ["x", "y"]


class TestCorrecting:
    """PATCH answers: only the named keys change, the rest comes from the variables."""

    @staticmethod
    def form() -> Form:
        return form_of(
            component("textfield", "title", validate=REQUIRED),
            component("textfield", "other", validate=REQUIRED, defaultValue="d"),
            component("select", "category", values=OPTIONS),
            component("select", "sub", valuesExpression='=if category = "a" then ["a1"] else ["b1"]'),
            component("number", "n"),
            component("expression", "double", expression="=n * 2"),
            component("expression", "shown", expression="=category"),
        )

    def test_only_what_changes_is_judged_and_no_default_is_taken(self) -> None:
        checked = check(self.form(), {"title": "new"}, {"title": "old"}, frozenset({"title"}))

        assert (checked.answers, checked.errors) == ({"title": "new"}, ())

    def test_computed_fields_follow_and_those_that_stay_are_left_out(self) -> None:
        held = {"n": 1, "double": 2, "category": "a", "shown": "a"}

        assert check(self.form(), {"n": 5}, held, frozenset({"n"})).answers == {"n": 5, "double": 10}

    def test_a_required_field_cannot_be_emptied(self) -> None:
        errors = check(self.form(), {"title": ""}, {"title": "old"}, frozenset({"title"})).errors

        assert [(each.path, each.code) for each in errors] == [("title", "FIELD_REQUIRED")]

    def test_a_field_whose_choices_change_with_it_is_judged_too(self) -> None:
        held = {"category": "a", "sub": "a1"}

        alone = check(self.form(), {"category": "b"}, held, frozenset({"category"})).errors
        together = check(self.form(), {"category": "b", "sub": "b1"}, held, frozenset({"category", "sub"}))

        assert [(each.path, each.code) for each in alone] == [("sub", "NOT_AN_OPTION")]
        assert together.answers == {"category": "b", "sub": "b1", "shown": "b"}

    def test_a_field_outside_the_correction_is_refused(self) -> None:
        errors = check(self.form(), {"title": "x", "n": 1}, {}, frozenset({"title"})).errors

        assert [(each.path, each.code) for each in errors] == [("n", "FIELD_NOT_EDITABLE")]

    def test_a_computed_field_cannot_be_corrected(self) -> None:
        errors = check(self.form(), {"double": 7}, {"n": 1, "double": 2}, frozenset({"double"})).errors

        assert [(each.path, each.code) for each in errors] == [("double", "READ_ONLY_FIELD")]


def test_with_an_error_nothing_of_the_answers_is_given_back() -> None:
    checked = check(form_of(component("textfield", "a"), component("filepicker", "f")), {"a": 1, "f": ["u1"]})

    assert (checked.answers, checked.files) == ({}, ())


_KINDS = [
    *(
        [
            "textfield",
            "textarea",
            "number",
            "datetime",
            "select",
            "radio",
            "checklist",
            "taglist",
            "checkbox",
            "filepicker",
        ]
    ),
    "expression",
    "dynamiclist",
]
_EVERYTHING = form_of(
    *(component(kind, f"k_{kind}", values=OPTIONS, expression="=k_number") for kind in _KINDS[:-1]),
    component(
        "dynamiclist", "k_dynamiclist", components=[component(kind, f"x_{kind}", expression="=1") for kind in _KINDS]
    ),
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["x_number", "x_textfield", "y"]), inner, max_size=2)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([f"k_{kind}" for kind in _KINDS] + ["z"]), _VALUES, max_size=6))
def test_no_answers_make_the_check_fail_and_what_it_passes_can_be_stored(answers: dict[str, object]) -> None:
    checked = check_answers(_EVERYTHING, answers, variables={}, now=NOW, lookup=Installation())

    assert checked.errors or json.dumps(checked.answers, allow_nan=False, ensure_ascii=False).encode()


@given(st.dictionaries(st.sampled_from([f"k_{kind}" for kind in _KINDS]), _VALUES, max_size=6))
def test_whatever_was_saved_half_filled_can_be_shown(answers: dict[str, object]) -> None:
    shown = describe(_EVERYTHING, answers=answers, variables=answers, now=NOW)

    assert [each.path for each in shown] == [f"k_{kind}" for kind in _KINDS]


def test_data_nested_without_end_is_shown_and_not_followed() -> None:
    deep: object = 1
    for _ in range(1_000):
        deep = [deep]

    assert describe(_EVERYTHING, answers={"k_number": deep}, variables={}, now=NOW)
    assert refused(_EVERYTHING, {"k_number": deep}) == ["k_number NOT_A_NUMBER"]
    assert refused(_EVERYTHING, {"k_expression": deep}) == ["k_expression READ_ONLY_FIELD"]
