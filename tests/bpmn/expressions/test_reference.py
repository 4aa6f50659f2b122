"""The page about expressions says what the code does."""

import re
from pathlib import Path

from bpmn import limits
from bpmn.expressions.functions import BUILTINS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "expressions.md").read_text("utf-8")


def test_the_page_lists_exactly_the_built_in_functions() -> None:
    section = PAGE.split("## Built-in functions")[1].split("## Bounds")[0]
    assert set(re.findall(r"`([a-z ]+)`", section.replace("\n", " "))) == set(BUILTINS)


def test_the_page_gives_the_bounds_of_the_code() -> None:
    given = {int(found.replace(",", "")) for found in re.findall(r"\| ([\d,]+) \|", PAGE)}
    assert given == {
        limits.EXPRESSION_SOURCE,
        limits.EXPRESSION_NESTING,
        limits.CONDITION_STEPS,
        limits.SCRIPT_STEPS,
        limits.CALL_DEPTH,
        limits.STRING_LENGTH,
        limits.LIST_LENGTH,
        limits.REGEX_PATTERN,
    }
