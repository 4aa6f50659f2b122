"""S-15: whatever the text, it is refused or it runs within its budget; nothing else comes out."""

import random
import time
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bpmn.expressions import (
    BudgetExhausted,
    ExpressionRefused,
    compile_unary_tests,
    parse,
    program_of,
    to_feel,
    to_json,
)
from bpmn.expressions.functions import BUILTINS
from tests.bpmn.expressions import test_semantics as semantics
from tests.bpmn.expressions.feel import NOW
from tests.bpmn.expressions.payloads import BOMBS, ESCAPES

GROUPS = ("ARITHMETIC", "LOGIC", "RANGES", "STRUCTURES", "TEXT", "LISTS", "NUMBERS", "TIME")
SEEDS = [text for group in GROUPS for text, _ in getattr(semantics, group)]
SEEDS += [text for table in (ESCAPES, BOMBS) for texts in table.values() for text in texts if len(text) < 500]
BITS = [*"()[]{}<>=!+-*/.,:;?@\"'\\ \n#$%&|~^`€故\u0300\U0001f40e\ud800\x00", "..", "**", "->", "for ", "in ", "if "]
BITS += [" then ", " else ", " return ", " satisfies ", "every ", "function(", " and ", " or ", "null", "1e9", '@"P1D"']
BITS += ["partial", "item", "?", " between ", " instance of ", "list<", "external", "${", "#{", "//", "/*", "*/", "\\u"]
SECONDS = 0.1


CODES = {None, "EXPRESSION_REFUSED", "TOO_LONG", "TOO_DEEP", "EXTERNAL_FUNCTION", "BUDGET_EXHAUSTED"}


def ending(text: str, variables: Mapping[str, object]) -> str | None:
    """Parse and run the text, and give the code it ended with."""
    try:
        to_json(program_of(parse(text)).evaluate(variables, now=NOW).value)
    except (ExpressionRefused, BudgetExhausted) as found:
        return found.code
    return None


def judge(text: str, variables: Mapping[str, object] = semantics.VARIABLES) -> None:
    """Anything but the two ways out is a failure, and so is slowness."""
    started = time.process_time()
    assert ending(text, variables) in CODES
    if time.process_time() - started > SECONDS:
        # A collection of garbage may fall into one run; the text itself is slow only if it is slow again.
        started = time.process_time()
        ending(text, variables)
        assert time.process_time() - started < SECONDS, text


def mutated(chance: random.Random) -> str:
    """A known expression with some characters or pieces taken out, put in, doubled or moved."""
    text = chance.choice(SEEDS)
    for _ in range(chance.randint(1, 6)):
        place, other = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
        match chance.randint(0, 4):
            case 0:
                text = text[:place] + chance.choice(BITS) + text[place:]
            case 1:
                text = text[:place] + text[place + chance.randint(1, 5) :]
            case 2:
                text = text[:other] + text[place:other] + text[other:]
            case 3:
                text = text[:place] + chance.choice(SEEDS) + text[place:]
            case _:
                text = text[:place] + chr(chance.randint(0, 0x10FFFF)) + text[place + 1 :]
    return text[:9_000]


@pytest.mark.parametrize("seed", range(20))
def test_s15_mutated_expressions(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(250):
        judge(mutated(chance))


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(1_000, 1_020))
def test_s15_mutated_expressions_at_length(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(5_000):
        judge(mutated(chance))


LEAVES = st.sampled_from(
    [
        *(
            "1",
            "0",
            "-2.5",
            "1e30",
            "10**6144",
            '"abc"',
            '""',
            "true",
            "null",
            "impact",
            "ticket",
            "tickets",
            "missing",
        ),
        *('@"2024-02-29"', '@"10:00:00@Europe/Paris"', '@"2024-01-01T00:00:00Z"', '@"P1M"', '@"-PT5M"', "[1..5]"),
        *(
            '@"P999999999DT23H"',
            '@"-P999999999Y"',
            '@"-999999999-01-01"',
            '@"0001-01-01T00:00:00+14:00"',
            '@"9999-12-31"',
        ),
        *("(< 3)", "[]", "{}", "[1, null]", "{a: 1}", "function(x) x", "function(x, y) x < y", "?", "item", "partial"),
    ]
)
OPERATORS = st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", ">=", "and", "or", "in"])
NAMES = st.sampled_from(["a", "name", "year", "time offset", "start", "id", "open"])


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    calls = st.builds(
        lambda name, args: f"{name}({', '.join(args)})",
        st.sampled_from(sorted(BUILTINS)),
        st.lists(inner, max_size=4),
    )
    return st.one_of(
        calls,
        calls,
        st.builds("({0} {1} {2})".format, inner, OPERATORS, inner),
        st.builds("{0}[{1}]".format, inner, inner),
        st.builds("({0}).{1}".format, inner, NAMES),
        st.builds("[{0}, {1}]".format, inner, inner),
        st.builds("[{0}..{1})".format, inner, inner),
        st.builds("{{a: {0}, b: {1}, name: b}}".format, inner, inner),
        st.builds("(if {0} then {1} else {2})".format, inner, inner, inner),
        st.builds("(for item in {0} return {1})".format, inner, inner),
        st.builds("(for x in {0}..{1} return {2})".format, inner, inner, inner),
        st.builds("(some x in {0} satisfies {1})".format, inner, inner),
        st.builds("(every x in {0}, y in {1} satisfies x = y)".format, inner, inner),
        st.builds("({0} between {1} and {2})".format, inner, inner, inner),
        st.builds("({0} in (< {1}, {2}))".format, inner, inner, inner),
        st.builds("({0} instance of list<number>)".format, inner),
        st.builds("(-{0})".format, inner),
        st.builds("(function(x: number) {0})({1})".format, inner, inner),
    )


EXPRESSIONS = st.recursive(LEAVES, compound, max_leaves=12)


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(EXPRESSIONS)
def test_s15_generated_expressions(text: str) -> None:
    judge(text)


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(EXPRESSIONS)
def test_s15_generated_expressions_at_length(text: str) -> None:
    judge(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
@example("\ud800")
@example('"\\uD800"')
@example('"\\U110000"')
@example("\x00")
@example("$" * 200)
def test_s15_any_text(text: str) -> None:
    judge(text)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(EXPRESSIONS, EXPRESSIONS)
def test_s15_unary_tests(first: str, second: str) -> None:
    try:
        found = compile_unary_tests(f"{first}, < {second}").test(3, semantics.VARIABLES, now=NOW).value
    except (ExpressionRefused, BudgetExhausted):
        return
    assert found in (True, False, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
@example(10**400)
@example(float("nan"))
@example(5e-324)
def test_json_data_survives_the_way_in_and_out(data: object) -> None:
    once = to_json(to_feel(data))
    assert to_json(to_feel(once)) == once


@settings(max_examples=200, deadline=None)
@given(JSON, EXPRESSIONS)
def test_s15_any_data(data: object, text: str) -> None:
    judge(text, {"impact": data, "ticket": data, "tickets": [data, data]})
