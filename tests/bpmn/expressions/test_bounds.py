"""The S-lines of the security bar that concern the language itself; each test names its line."""

import time
import tracemalloc
from collections.abc import Callable
from decimal import Decimal

import pytest

from bpmn import limits
from bpmn.expressions import (
    BudgetExhausted,
    ExpressionRefused,
    NotBoolean,
    compile_expression,
    evaluate_condition,
    parse,
    parse_unary_tests,
    program_of,
    to_json,
)
from tests.bpmn.expressions.feel import NOW, outcome, value
from tests.bpmn.expressions.payloads import BOMBS, ESCAPES

MEMORY = 20 * 1024 * 1024


def refusal(text: str) -> ExpressionRefused:
    with pytest.raises(ExpressionRefused) as caught:
        parse(text)
    return caught.value


def cpu(act: Callable[[], object], runs: int = 5) -> float:
    """Seconds of CPU of the best of some runs."""
    taken = []
    for _ in range(runs):
        start = time.process_time()
        act()
        taken.append(time.process_time() - start)
    return min(taken)


def test_s02_a_python_condition_is_refused() -> None:
    found = refusal('__import__("os").popen("id").read()')
    assert (found.code, found.reason, found.params["position"]) == (
        "EXPRESSION_REFUSED",
        "unknown function __import__",
        0,
    )


def test_s03_a_python_timer_is_refused() -> None:
    assert refusal('__import__("os").system("id") or "PT1S"').code == "EXPRESSION_REFUSED"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "${''.getClass().forName('java.lang.Runtime').getMethods()[6].invoke(null)}",
            "method call .getClass()",
        ),
        ("${T(java.lang.Runtime)}", "function call T"),
        ("#{bean.delete()}", "method call .delete()"),
        ("${amount > 3}", "JUEL expression"),
        ('ticket.delete("x")', "method call .delete()"),
        ("T(java.lang.Runtime)", "unknown function T"),
        ("a == 1", "operator =="),
        ("a && b", "operator &&"),
        ("!a", "operator !"),
        ("not a", "operator not without brackets"),
        ("a is None", "operator is"),
        ("a eq 1", "operator eq"),
        ("a % 2", "operator %"),
        ("'a'", "operator '"),
        ("a ? 1 : 2", "unexpected 1"),
        ('优先级＝"高"', "character ＝"),
    ],
)
def test_s04_other_languages_are_refused_by_what_gives_them_away(text: str, reason: str) -> None:
    found = refusal(text)
    assert (found.code, found.reason) == ("EXPRESSION_REFUSED", reason)


def test_s05_an_external_function_is_refused() -> None:
    found = refusal('= {f: function(a) external {java:{class:"java.lang.Runtime"}}}')
    assert found.code == "EXTERNAL_FUNCTION"


@pytest.mark.parametrize("text", [text for texts in ESCAPES.values() for text in texts])
def test_s06_an_escape_is_refused_or_null(text: str) -> None:
    try:
        found = outcome(text, {"data": {"a": [1]}, "secret": None})
    except ExpressionRefused:
        return
    # A member that no context has is null; text in quotes is only text.
    assert found.value in (None, False, [None], "{data.__class__}")


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in BOMBS.items() for text in texts])
def test_s06_a_bomb_stays_within_time_and_memory(kind: str, text: str) -> None:
    def attempt() -> None:
        try:
            program = program_of(parse(text))
            to_json(program.evaluate({}, now=NOW).value)
        except (ExpressionRefused, BudgetExhausted):
            pass

    assert cpu(attempt) < 0.1
    tracemalloc.start()
    try:
        attempt()
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


def test_s07_an_endless_loop_ends_with_its_budget() -> None:
    program = compile_expression("= for i in 1..10000000000 return i")

    def attempt() -> None:
        with pytest.raises(BudgetExhausted) as caught:
            program.evaluate({}, now=NOW)
        assert (caught.value.code, caught.value.params) == ("BUDGET_EXHAUSTED", {"limit": "steps"})

    assert cpu(attempt) < 0.1


def test_s08_a_regular_expression_takes_linear_time() -> None:
    program = compile_expression('= matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab","^(a+)+$")')
    assert program.evaluate({}, now=NOW).value is False
    assert cpu(lambda: program.evaluate({}, now=NOW)) < 0.005


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1" + " " * 8_192, "TOO_LONG"),
        ("9" * 60_000, "TOO_LONG"),
        ("(" * 65 + "1" + ")" * 65, "TOO_DEEP"),
        ("[" * 65 + "]" * 65, "TOO_DEEP"),
        ("{a:" * 65 + "1" + "}" * 65, "TOO_DEEP"),
        ("-" * 5_000 + "1", "TOO_DEEP"),
        ("a" + ".b" * 1_000, "TOO_DEEP"),
        ("a" + "[1]" * 1_000, "TOO_DEEP"),
        ("1" + "=1" * 1_000, "TOO_DEEP"),
        ("(" * 5_000, "TOO_DEEP"),
        ("function() " * 600 + "1", "TOO_DEEP"),
        ("if true then " * 600 + "1", "TOO_DEEP"),
        ("x in (" * 600 + "1" + ")" * 600, "TOO_DEEP"),
        ("x instance of " + "list<" * 600 + "number" + ">" * 600, "TOO_DEEP"),
    ],
)
def test_s09_too_long_and_too_deep_texts_are_refused(text: str, code: str) -> None:
    assert refusal(text).code == code


def test_s09_the_bounds_themselves_are_allowed() -> None:
    assert value("(" * 64 + "1" + ")" * 64) == 1
    assert value("1" + " " * 8_191) == 1
    assert value("+".join(["1"] * 4_000)) == 4_000
    assert value(" and ".join(["true"] * 900)) is True
    assert value("if false then 1 else " * 300 + "2") == 2


def test_s09_a_power_tower_is_a_finite_number() -> None:
    found = outcome("9**9**9**9").value
    assert isinstance(found, Decimal)
    assert found.is_finite()
    assert len(found.as_tuple().digits) <= 34


def test_s10_a_condition_without_an_answer_is_neither_true_nor_false() -> None:
    with pytest.raises(NotBoolean) as caught:
        evaluate_condition(compile_expression("= missing > 3"), {}, now=NOW)
    assert caught.value.code == "EXPRESSION_NOT_BOOLEAN"
    assert caught.value.params == {
        "expression": "= missing > 3",
        "type": "null",
        "cause": "UNKNOWN_NAME",
        "detail": {"name": "missing"},
    }


@pytest.mark.parametrize("text", ["1", '"true"', "null", "[true]", "function() true"])
def test_s10_only_a_boolean_is_an_answer(text: str) -> None:
    with pytest.raises(NotBoolean):
        evaluate_condition(compile_expression(text), {}, now=NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('priority = "high" and impact > 3', True),
        ("10-2-3", 5),
        ("0.1+0.2=0.3", True),
        ('优先级 = "高"', True),
    ],
)
def test_s11_ordinary_expressions_are_right(text: str, expected: object) -> None:
    assert value(text, {"priority": "high", "impact": 5, "优先级": "高"}) == expected


def test_calls_nest_to_the_bound_and_no_further() -> None:
    text = "{f: function(n) if n = 0 then 0 else 1 + f(n - 1), r: f(%d)}.r"
    assert value(text % (limits.CALL_DEPTH - 1)) == limits.CALL_DEPTH - 1
    with pytest.raises(BudgetExhausted) as caught:
        value(text % limits.CALL_DEPTH)
    assert caught.value.params == {"limit": "depth"}


def test_the_budget_can_be_larger_for_scripts() -> None:
    text = "count(for i in 1..5000 return i)"
    with pytest.raises(BudgetExhausted):
        outcome(text)
    assert outcome(text, budget=limits.SCRIPT_STEPS).value == 5_000


def test_warnings_are_bounded() -> None:
    found = outcome("for i in 1..100 return missing")
    assert len(found.warnings) == limits.EVALUATION_WARNINGS


def test_unary_tests_are_bounded_too() -> None:
    with pytest.raises(ExpressionRefused) as caught:
        parse_unary_tests("not(" * 65 + "1" + ")" * 65)
    assert caught.value.code == "TOO_DEEP"
    with pytest.raises(ExpressionRefused):
        parse_unary_tests('__import__("os")')
