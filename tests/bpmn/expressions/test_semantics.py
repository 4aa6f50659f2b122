"""What FEEL expressions mean: each line is a rule of DMN 1.4 chapter 10 or of this language's own."""

import pytest

from bpmn.expressions import to_json
from tests.bpmn.expressions.feel import outcome, value

VARIABLES = {
    "priority": "high",
    "impact": 5,
    "rate": 0.1,
    "优先级": "高",
    "工单 标题": "断电",
    "nothing": None,
    "ticket": {"impact": 5, "tags": ["a", "b"], "owner": {"name": "Li"}},
    "tickets": [{"id": 1, "open": True}, {"id": 2, "open": False}, {"id": 3, "open": True}],
    "name": "variable",
}

ARITHMETIC = [
    ("1 + 2 * 3", 7),
    ("10-2-3", 5),
    ("2 ** 3 ** 2", 64),
    ("-5 ** 2", 25),
    ("7 / 2", 3.5),
    ("1 / 3 * 3 = 1", False),
    ("0.1 + 0.2 = 0.3", True),
    ("rate + 0.2 = 0.3", True),
    (".5 + 1.5e3", 1500.5),
    ("- -3", 3),
    ("1 / 0", None),
    ("1 + null", None),
    ('1 + "a"', None),
    ('"a" + "b"', "ab"),
    ("true + 1", None),
    ("9 ** 9 ** 9 ** 9 ** 9", None),
    ("10 ** 6144 * 10", None),
    ("10 ** 19", 1e19),
    ("impact - 2", 3),
]
LOGIC = [
    ('priority = "high" and impact > 3', True),
    ("true and null", None),
    ("false and null", False),
    ("null and false", False),
    ("true or null", True),
    ("false or null", None),
    ('false and "a"', False),
    ('true or "a"', True),
    ('true and "a"', None),
    ("not(null)", None),
    ("not(false)", True),
    ("1 < null", None),
    ('1 < "a"', None),
    ('1 = "1"', None),
    ("null = null", True),
    ("1 = null", False),
    ("nothing = null", True),
    ("missing = null", True),
    ("missing > 3", None),
    ("[1, 2] = [1, 2]", True),
    ("[1, 2] = [2, 1]", False),
    ("{a: 1, b: 2} = {b: 2, a: 1}", True),
    ("1.0 = 1", True),
    ("2 > 1.5", True),
    ("3 between 1 and 3", True),
    ("3 between null and 3", None),
    ('优先级 = "高"', True),
    ('工单 标题 = "断电"', True),
]
RANGES = [
    ("3 in [1..3]", True),
    ("3 in [1..3)", False),
    ("3 in ]3..5[", False),
    ("3 in (1, 2, 3)", True),
    ("3 in (< 2, > 4)", False),
    ("3 in (< 2, >= 3)", True),
    ("3 in [1, 2]", False),
    ("3 in [[1..2], [3..4]]", True),
    ('"b" in ["a".."c"]', True),
    ('3 in ["a".."c"]', None),
    ("[1..3].start", 1),
    ("[1..3].end included", True),
    ("[1..3] = [1..3]", True),
    ("before([1..3], [4..5])", True),
    ("overlaps([1..3], [3..5])", True),
    ("includes([1..5], 3)", True),
    ("during(3, [1..2])", False),
    ("meets([1..3], [3..5])", True),
    ("coincides(3, 3)", True),
    ('range("[1..5]").end', 5),
    ('range("[5..1]")', None),
]
STRUCTURES = [
    ("if impact > 3 then 1 else 2", 1),
    ("if null then 1 else 2", 2),
    ("if false then 1 else if true then 2 else 3", 2),
    ("ticket.impact", 5),
    ("ticket.owner.name", "Li"),
    ("ticket.missing", None),
    ("nothing.x", None),
    ("tickets.id", [1, 2, 3]),
    ("tickets[open].id", [1, 3]),
    ("tickets[id > 1 and open].id", [3]),
    ("tickets[1].id", 1),
    ("tickets[-1].id", 3),
    ("tickets[4]", None),
    ("[1, 2, 3][item > 1]", [2, 3]),
    ("[1, 2, 3][0]", None),
    ("5[1]", 5),
    ("{a: 1, b: a + 1}.b", 2),
    ("{a: 1, name: 2}.name", 2),
    ('{"any text": 1}.any text', 1),
    ("{a-b: 3, c: a-b + 1}.c", 4),
    ("for x in [1, 2] return x * 2", [2, 4]),
    ("for x in 1..3 return x", [1, 2, 3]),
    ("for x in 3..1 return x", [3, 2, 1]),
    ("for x in [1, 2], y in [10, 20] return x + y", [11, 21, 12, 22]),
    ("for i in 1..4 return if i = 1 then 1 else i * partial[-1]", [1, 2, 6, 24]),
    ("for x in null return x", None),
    ("some x in tickets satisfies x.open", True),
    ("every x in tickets satisfies x.open", False),
    ("every x in [] satisfies false", True),
    ("some x in [1, null] satisfies x > 1", None),
    ("(function(a, b) a + b)(1, 2)", 3),
    ("{f: function(n: number) n * 2, r: f(n: 4)}.r", 8),
    ('{f: function(n: number) n, r: f("a")}.r', None),
    ("{fact: function(n) if n <= 1 then 1 else n * fact(n - 1), r: fact(10)}.r", 3628800),
    ("1 instance of number", True),
    ('"a" instance of number', False),
    ("null instance of number", False),
    ("[1, 2] instance of list<number>", True),
    ('[1, "a"] instance of list<number>', False),
    ("{a: 1} instance of context<a: number>", True),
    ('@"P1D" instance of days and time duration', True),
    ("is defined(ticket.owner)", True),
    ("is defined(ticket.missing)", False),
    ("is defined(nothing)", True),
    ("is defined(missing)", False),
    ("get or else(missing, 3)", 3),
    ("1 // a comment\n + /* another */ 2", 3),
]
TEXT = [
    (r'"\u4f60\U01F40E\n\"\\"', '你🐎\n"\\'),
    (r'string length("\ud83d\udc0e")', 1),
    ('string length("故障")', 2),
    ('substring("foobar", 3)', "obar"),
    ('substring("foobar", -2, 1)', "a"),
    ('substring(string: "foobar", start position: 3, length: 2)', "ob"),
    ('substring("foobar", 7)', None),
    ("substring(3, 1)", None),
    ('upper case("aß")', "ASS"),
    ('substring before("foobar", "bar")', "foo"),
    ('substring after("foobar", "ob")', "ar"),
    ('contains("foobar", "ob")', True),
    ('starts with("foobar", "foo")', True),
    ('ends with("foobar", "foo")', False),
    ('matches("foobar", "^fo*b")', True),
    ('matches("FOO", "foo", "i")', True),
    ('matches("a", "(a)\\1")', None),
    ('matches("a", "[")', None),
    ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
    ('replace("a.b", ".", "-", "q")', "a-b"),
    ('replace("abc", "x*", "-")', None),
    ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
    ('string join(["a", null, "b"], "-")', "a-b"),
    ("string(1.50)", "1.50"),
    ('string([1, "a", null, {b: true}])', '[1, "a", null, {b: true}]'),
    ('number("1 000,5", " ", ",")', 1000.5),
    ('number("1e3")', 1000),
    ('number("abc")', None),
    ('trim("  a ")', "a"),
]
LISTS = [
    ("list contains([1, null], null)", True),
    ("count([1, 2])", 2),
    ("count(null)", 1),
    ("min(3, 1, 2)", 1),
    ('max(["a", "c", "b"])', "c"),
    ("sum([])", None),
    ("sum(1, 2.5)", 3.5),
    ("mean([1, 2, 6])", 3),
    ("median(8, 2, 5, 3, 4)", 4),
    ("mode([6, 3, 9, 6, 6, 3, 3])", [3, 6]),
    ("stddev(2, 4, 7, 5)", 2.0816659994661326),
    ("product([2, 3])", 6),
    ("all([true, null])", None),
    ("all([false, null])", False),
    ("any([true, null])", True),
    ("sublist([1, 2, 3], 2, 2)", [2, 3]),
    ("append([1], 2, 3)", [1, 2, 3]),
    ("concatenate([1], [2, 3])", [1, 2, 3]),
    ("insert before([1, 3], 2, 2)", [1, 2, 3]),
    ("remove([1, 2, 3], 2)", [1, 3]),
    ("reverse([1, 2])", [2, 1]),
    ("index of([1, 2, 1], 1)", [1, 3]),
    ("union([1, 2], [2, 3])", [1, 2, 3]),
    ('distinct values([1, 1.0, true, "1"])', [1, True, "1"]),
    ("flatten([[1, [2]], 3])", [1, 2, 3]),
    ("list replace([1, 2, 3], 2, 5)", [1, 5, 3]),
    ("list replace([1, 2, 3], function(item, newItem) item > 1, 0)", [1, 0, 0]),
    ("sort([3, 1, 2], function(x, y) x < y)", [1, 2, 3]),
    ("sort([3, 1, 2], function(x, y) x > y)", [3, 2, 1]),
    ("duplicate values([1, 2, 1, 1])", [1]),
    ("partition([1, 2, 3], 2)", [[1, 2], [3]]),
    ("is empty([])", True),
    ('get value({a: {b: 1}}, ["a", "b"])', 1),
    ("get entries({a: 1})", [{"key": "a", "value": 1}]),
    ('context([{key: "a", value: 1}])', {"a": 1}),
    ('context put({a: {b: 1}}, ["a", "c"], 2)', {"a": {"b": 1, "c": 2}}),
    ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
]
NUMBERS = [
    ("decimal(1.005, 2)", 1.00),
    ("decimal(2.5, 0)", 2),
    ("floor(-1.5)", -2),
    ("ceiling(1.21, 1)", 1.3),
    ("round up(5.5, 0)", 6),
    ("round down(-5.5, 0)", -5),
    ("round half up(-2.5, 0)", -3),
    ("round half down(5.5, 0)", 5),
    ("abs(-3)", 3),
    ("modulo(-12, 5)", 3),
    ("modulo(12, -5)", -3),
    ("modulo(1, 0)", None),
    ("sqrt(16)", 4),
    ("sqrt(-1)", None),
    ("log(exp(2))", 2),
    ("odd(5)", True),
    ("even(2)", True),
    ("floor(1, 99999999999)", None),
]
TIME = [
    ('date("2024-02-29")', "2024-02-29"),
    ('date("2023-02-29")', None),
    ('date("2024-01-31") + duration("P1M")', "2024-02-29"),
    ('date("2024-03-01") - date("2024-02-01")', "P29D"),
    ('@"2024-01-01T00:00:00Z" < @"2024-01-01T00:30:00-01:00"', True),
    ('@"2024-01-01T00:00:00" < @"2024-01-01T00:00:00Z"', None),
    ('date and time("2024-03-30T12:00:00@Europe/Paris") + duration("P1D")', "2024-03-31T13:00:00@Europe/Paris"),
    ('@"2024-03-31T12:00:00@Europe/Paris" - @"2024-03-30T12:00:00@Europe/Paris"', "PT23H"),
    ('time("23:00:00") + duration("PT2H")', "01:00:00"),
    ('time("10:00:00Z") = time("11:00:00+01:00")', True),
    ('duration("P1DT2H") * 2', "P2DT4H"),
    ('duration("P1Y") / 2', "P6M"),
    ('duration("PT4H") / duration("PT2H")', 2),
    ('duration("P1Y") = duration("P12M")', True),
    ('duration("P1Y1D")', None),
    ('years and months duration(date("2011-12-22"), date("2013-08-24"))', "P1Y8M"),
    ('date("2024-11-23").weekday', 6),
    ('@"2024-01-01T10:11:12.5+08:00".second', 12.5),
    ('@"2024-01-01T10:11:12+08:00".time offset', "PT8H"),
    ('@"2024-01-01T10:11:12@Asia/Shanghai".timezone', "Asia/Shanghai"),
    ('duration("-P1DT2H").hours', -2),
    ('day of week(date("2024-11-23"))', "Saturday"),
    ('day of year(@"2024-12-31")', 366),
    ('week of year(@"2005-01-01")', 53),
    ('month of year(@"2024-11-23")', "November"),
    ('last day of month(@"2024-02-01")', "2024-02-29"),
    ("now()", "2026-11-23T09:30:00Z"),
    ("today()", "2026-11-23"),
    ('is(@"10:00:00Z", @"10:00:00")', False),
    ('for d in @"2024-02-28"..@"2024-03-01" return d.day', [28, 29, 1]),
    ('date("9999-12-31") + duration("P1D")', None),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [*ARITHMETIC, *LOGIC, *RANGES, *STRUCTURES, *TEXT, *LISTS, *NUMBERS, *TIME],
)
def test_an_expression_means(text: str, expected: object) -> None:
    found = value(text, VARIABLES)
    assert found == expected
    assert isinstance(found, bool) == isinstance(expected, bool)


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("1 + missing", "UNKNOWN_NAME", 4),
        ('1 + "a"', "TYPE_MISMATCH", 2),
        ("1 / 0", "DIVISION_BY_ZERO", 2),
        ('1 < "a"', "NOT_COMPARABLE", 2),
        ("ticket.x", "NO_ENTRY", 6),
        ("[1][2]", "OUT_OF_RANGE", 3),
        ("floor(true)", "ARGUMENTS", 5),
        ('matches("a", "[")', "PATTERN", 7),
        ("for x in null return x", "NOT_ITERABLE", 4),
        ("10 ** 9999", "OUT_OF_RANGE", 3),
    ],
)
def test_null_by_error_says_why_and_where(text: str, code: str, position: int) -> None:
    found = outcome(text, {"ticket": {}})
    assert found.value is None
    assert (found.warnings[0].code, found.warnings[0].position) == (code, position)


def test_null_that_was_asked_for_leaves_no_warning() -> None:
    assert outcome("{a: null, b: nothing}", {"nothing": None}).warnings == ()


def test_a_local_name_hides_a_variable_and_a_variable_hides_a_function() -> None:
    assert value("for name in [1] return name", VARIABLES) == [1]
    assert value("count + 1", {"count": 2}) == 3
    assert value("count([1, 2, 3])", {"count": 2}) == 3


def test_values_of_one_evaluation_are_not_changed_by_it() -> None:
    variables: dict[str, object] = {"xs": [1, 2], "c": {"a": 1}}
    value('[append(xs, 3), context put(c, "a", 2), reverse(xs)]', variables)
    assert variables == {"xs": [1, 2], "c": {"a": 1}}


def test_a_result_that_is_a_function_has_no_json_form() -> None:
    assert to_json(outcome("function(x) x").value) is None
