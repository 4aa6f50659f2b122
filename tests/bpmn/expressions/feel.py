"""What the expression tests share: one clock, and evaluation to plain Python."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bpmn.expressions import Outcome, compile_expression, to_json

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def outcome(text: str, variables: Mapping[str, object] | None = None, budget: int | None = None) -> Outcome:
    return compile_expression(text).evaluate(variables or {}, now=NOW, budget=budget)


def value(text: str, variables: Mapping[str, object] | None = None) -> object:
    return to_json(outcome(text, variables).value)
