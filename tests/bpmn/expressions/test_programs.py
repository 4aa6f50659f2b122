"""What callers get: free names, conditions, unary tests, the way in and out of JSON, and the cache."""

import threading
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

import pytest

from bpmn import limits
from bpmn.errors import FaultdeskError
from bpmn.expressions import (
    BudgetExhausted,
    ExpressionRefused,
    compile_expression,
    compile_unary_tests,
    evaluate_condition,
    parse,
    to_feel,
    to_json,
)
from bpmn.expressions.cache import TextCache
from bpmn.expressions.iso import YearsMonths
from bpmn.expressions.program import PROGRAMS
from tests.bpmn.expressions.feel import NOW, value


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('priority = "high" and impact > 3', {"priority", "impact"}),
        ("ticket.owner.name", {"ticket"}),
        ("for x in xs, y in x.ys return x + y + z", {"xs", "z"}),
        ("some x in xs satisfies x = y", {"xs", "y"}),
        ("{a: b, c: a + 1}.c", {"b"}),
        ("(function(x) x + y)(z)", {"y", "z"}),
        ("count(xs) + sum(1, 2)", {"xs"}),
        ("sort(xs, function(a, b) a < b)", {"xs"}),
        ("for i in 1..3 return partial", set()),
        ("date and time(start) > now()", {"start"}),
        ("full name + other", {"full name", "other"}),
        ("is defined(x)", set()),
        ("tickets[open and priority = wanted]", {"tickets"}),
        ("x in (< y, z)", {"x", "y", "z"}),
    ],
)
def test_names_are_the_variables_that_are_read(text: str, names: set[str]) -> None:
    assert compile_expression(text).names == names


def test_names_in_a_filter_may_be_entries_of_its_items() -> None:
    assert compile_expression("tickets[open and item.id = wanted]").filter_names == {"open", "wanted"}


def test_names_with_signs_and_reserved_words_are_read_when_declared() -> None:
    variables = {"a-b": 1, "terms and conditions": 2, "a": 10, "b": 3}
    assert value("a-b", variables) == 7
    program = compile_expression("a-b + terms and conditions", names=("a-b", "terms and conditions"))
    assert program.evaluate(variables, now=NOW).value == 3


def test_unknown_functions_are_refused_unless_something_in_scope_has_the_name() -> None:
    assert value("{twice: function(x) x * 2, r: twice(4)}.r") == 8
    assert value("(function(f) f(4))(function(x) x + 1)") == 5
    with pytest.raises(ExpressionRefused) as caught:
        parse("{r: twice(4), twice: function(x) x * 2}")
    assert caught.value.reason == "unknown function twice"


def test_a_refusal_is_of_the_one_error_tree() -> None:
    with pytest.raises(FaultdeskError) as caught:
        parse("1 +")
    assert caught.value.code == "EXPRESSION_REFUSED"
    assert caught.value.params == {"reason": "unexpected end of text", "position": 3}


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("", 0, "unexpected end of text"),
        ("= ", 2, "unexpected end of text"),
        ("1 1", 2, "unexpected 1"),
        ("(1", 2, "expected ), found end of text"),
        ('"open', 0, 'character "'),
        ("if a then b", 11, "expected else, found end of text"),
        ("{a: 1, a: 2}", 7, "key a twice"),
        ("f(a: 1, a: 2)", 0, "unknown function f"),
        ("abs(n: 1, n: 2)", 15, "argument named twice"),
        ("function(a, a) a", 15, "parameter named twice"),
        ("1 instance of thing", 14, "unknown type thing"),
        ("a.1", 1, "unexpected .1"),
    ],
)
def test_a_refusal_says_where_and_why(text: str, position: int, reason: str) -> None:
    with pytest.raises(ExpressionRefused) as caught:
        parse(text)
    assert (caught.value.position, caught.value.reason) == (position, reason)


def test_a_leading_equals_sign_is_dropped_and_positions_stay() -> None:
    assert parse("= 1 + 2") == parse("1 + 2")
    assert parse("= a").position == 2


def test_a_program_is_compiled_once_and_the_cache_is_bounded() -> None:
    assert compile_expression("1 + 41") is compile_expression("1 + 41")
    for number in range(100):
        compile_expression(f"{number}" + " " * 4_000)
        assert PROGRAMS.characters <= limits.PROGRAM_CACHE
    assert compile_expression("1 + 41").evaluate({}, now=NOW).value == 42


def test_the_cache_forgets_what_was_used_longest_ago() -> None:
    cache: TextCache[str, object] = TextCache(30)
    made = {text: cache.get(text, len(text), object) for text in ("a" * 9, "b" * 9, "c" * 9)}
    assert cache.get("a" * 9, 9, object) is made["a" * 9]
    cache.get("d" * 9, 9, object)
    assert cache.get("a" * 9, 9, object) is made["a" * 9]
    assert cache.get("b" * 9, 9, object) is not made["b" * 9]
    assert cache.characters == 30


def test_one_program_runs_in_many_threads() -> None:
    program = compile_expression("sum(for x in xs return x * x) = want")
    wrong: list[int] = []

    def run(number: int) -> None:
        for _ in range(50):
            variables = {"xs": list(range(number)), "want": sum(x * x for x in range(number))}
            if not evaluate_condition(program, variables, now=NOW):
                wrong.append(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_function_value_keeps_the_variables_it_was_made_among() -> None:
    made = compile_expression("function(x) x + base").evaluate({"base": 1}, now=NOW).value
    found = compile_expression("f(10) + base", names=("f",)).evaluate({"f": made, "base": 100}, now=NOW)
    assert found.value == 111


@pytest.mark.parametrize(
    ("cell", "given", "expected"),
    [
        ("-", 1, True),
        ("5", 5, True),
        ("< 5", 5, False),
        ("< 5, > 10", 11, True),
        ("[1..5)", 5, False),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ('not("a", "b")', "c", True),
        ("not(5)", 4, True),
        ("? > 3 and ? < 5", 4, True),
        ("limit", 3, True),
        ("[1, 2, 3]", 2, True),
        ("null", None, True),
        ("> 5", None, None),
        ("true", True, True),
        ("false", True, False),
        ('contains(?, "b")', "abc", True),
        ('date("2024-01-01")', date(2024, 1, 1), True),
        ('> duration("PT1H")', timedelta(hours=2), True),
    ],
)
def test_unary_tests(cell: str, given: object, expected: object) -> None:
    assert compile_unary_tests(cell).test(given, {"limit": 3}, now=NOW).value is expected


def test_the_names_of_unary_tests_leave_out_the_input() -> None:
    assert compile_unary_tests("? > low, < high").names == {"low", "high"}


class Level(StrEnum):
    HIGH = "high"


def test_json_becomes_feel() -> None:
    assert to_feel({"a": [1, 0.1, True, None, "x"]}) == {"a": [Decimal(1), Decimal("0.1"), True, None, "x"]}
    assert to_feel((1,)) == [Decimal(1)]
    assert to_feel(MappingProxyType({"a": 1})) == {"a": Decimal(1)}
    assert type(to_feel(Level.HIGH)) is str
    assert to_feel(date(2024, 1, 1)) == date(2024, 1, 1)
    assert to_feel(float("inf")) is None
    assert to_feel(float("nan")) is None
    assert to_feel(10**7000) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Decimal("3.00"), 3),
        (Decimal(2**63 - 1), 2**63 - 1),
        (Decimal("0.1"), 0.1),
        (Decimal("1e30"), 1e30),
        (Decimal("1e400"), "1E+400"),
        (Decimal("1e-400"), "1E-400"),
        (timedelta(days=1, hours=2), "P1DT2H"),
        (-timedelta(seconds=1, microseconds=500_000), "-PT1.5S"),
        (timedelta(0), "PT0S"),
        (YearsMonths(14), "P1Y2M"),
        (YearsMonths(-1), "-P1M"),
        (date(2024, 1, 1), "2024-01-01"),
    ],
)
def test_feel_becomes_json(given: object, expected: object) -> None:
    found = to_json(given)
    assert found == expected
    assert type(found) is type(expected)


def test_data_nested_beyond_the_bound_ends_the_evaluation() -> None:
    data: object = 1
    for _ in range(limits.DATA_DEPTH + 2):
        data = [data]
    with pytest.raises(BudgetExhausted):
        value("count(data)", {"data": data})


def test_large_data_costs_budget_but_a_path_into_it_does_not() -> None:
    data = {"rows": [{"id": number} for number in range(200_000)], "open": True}
    assert value("data.open", {"data": data}) is True
    with pytest.raises(BudgetExhausted):
        value("count(data.rows)", {"data": data})


def test_a_deep_caller_gets_budget_exhausted_instead_of_a_recursion_error() -> None:
    program = compile_expression("{f: function(n) if n = 0 then 0 else 1 + f(n - 1), r: f(38)}.r")

    def deeper(left: int) -> object:
        return deeper(left - 1) if left else program.evaluate({}, now=NOW).value

    import sys

    room = sys.getrecursionlimit() - len(_frames()) - 40
    with pytest.raises(BudgetExhausted) as caught:
        deeper(room)
    assert caught.value.params == {"limit": "depth"}


def _frames() -> list[object]:
    import inspect

    return list(inspect.stack(0))
