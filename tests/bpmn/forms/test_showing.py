"""What a page or an API client is shown of a form."""

from bpmn.forms.showing import ShownField, describe
from tests.bpmn.forms.support import NOW, component, form_of


def shown(*components: object, answers: dict[str, object] | None = None, **variables: object) -> tuple[ShownField, ...]:
    return describe(form_of(*components), answers=answers or {}, variables=variables, now=NOW)


def test_a_field_shows_what_is_filled_in_before_the_ticket_s_value_before_its_default() -> None:
    field = component("textfield", "a", defaultValue="default")

    assert shown(field, answers={"a": "mine"}, a="held")[0].value == "mine"
    assert shown(field, a="held")[0].value == "held"
    assert shown(field)[0].value == "default"
    assert shown(field, answers={"a": None}, a="held")[0].value is None


def test_conditions_are_answered_for_what_is_filled_in_so_far() -> None:
    (field, computed) = shown(
        component(
            "textfield", "a", readonly="=n > 1", conditional={"hide": "=n > 2"}, properties={"fd:required": "=n > 0"}
        ),
        component("expression", "b", expression="=n + 1"),
        answers={"n": 2},
        n=0,
    )

    assert (field.visible, field.required, field.readonly) == (True, False, False)
    assert (computed.value, computed.readonly, computed.required) == (1, True, False)


def test_a_hidden_field_is_listed_as_not_visible() -> None:
    fields = shown(
        component("number", "n"),
        component("textfield", "a", conditional={"hide": "=n > 2"}),
        {"type": "group", "conditional": {"hide": "=n > 2"}, "components": [component("textfield", "b")]},
        {"type": "text", "text": "x", "conditional": {"hide": "=n > 2"}},
        answers={"n": 3},
    )

    assert [each.visible for each in fields] == [True, False, False, False]
    assert fields[2].fields[0].visible is False


def test_options_are_those_of_the_moment_in_each_language() -> None:
    expression = '=if s = "a" then [{value: "x", label: "甲", "label:en": "X"}, "y"] else []'
    form = (component("textfield", "s"), component("select", "t", valuesExpression=expression))

    found = shown(*form, answers={"s": "a"})[1].options

    assert [(each.value, each.label.default, each.label.in_language("en")) for each in found] == [
        ("x", "甲", "X"),
        ("y", "y", "y"),
    ]
    assert shown(*form)[1].options == ()


def test_a_repeating_group_shows_its_rows_and_a_blank_one() -> None:
    rows = component(
        "dynamiclist", "rows", components=[component("textfield", "what", defaultValue="d"), component("number", "n")]
    )

    (field,) = shown(rows, answers={"rows": [{"what": "w"}, {"n": 1}]}, what="the ticket's")

    assert [[(each.path, each.value) for each in row] for row in field.rows] == [
        [("rows.0.what", "w"), ("rows.0.n", None)],
        [("rows.1.what", "d"), ("rows.1.n", 1)],
    ]
    assert [(each.path, each.value) for each in field.blank] == [("rows.#.what", "d"), ("rows.#.n", None)]


def test_a_text_is_plain_with_its_expressions_evaluated() -> None:
    (text,) = shown(
        {"type": "text", "text": "{{n}} of {{ names }}: {{none}}<b>", "properties": {"fd:text:en": "N is {{n + 1}}"}},
        n=2,
        names=["a", "b"],
        none=None,
    )

    assert text.text.default == "2 of a, b: <b>"
    assert text.text.in_language("en") == "N is 3"


def test_an_answer_that_reads_like_an_expression_is_shown_to_the_letter() -> None:
    (field, text) = shown(
        component("textfield", "a"), {"type": "text", "text": "{{a}}"}, answers={"a": "{{7*7}} = 1+1 ${7*7}"}
    )

    assert field.value == "{{7*7}} = 1+1 ${7*7}"
    assert text.text.default == "{{7*7}} = 1+1 ${7*7}"


def test_answers_of_the_wrong_kind_are_shown_and_break_nothing() -> None:
    rows = component("dynamiclist", "rows", components=[component("textfield", "what")])

    (number, field) = shown(component("number", "n"), rows, answers={"n": {"x": []}, "rows": [1, {"what": 2}]})

    assert number.value == {"x": []}
    assert [[each.value for each in row] for row in field.rows] == [[2]]
