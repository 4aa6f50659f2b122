"""The one door from forms to expressions: compiled once per text, evaluated over answers and variables."""

from collections.abc import Mapping
from datetime import datetime

from bpmn.expressions import EvaluationFailed, ExpressionRefused, Program, compile_expression, to_json


def program_of(text: str) -> Program:
    """The compiled program of a FEEL text (a leading `=` is taken off when the form is read).

    Raises: ExpressionRefused when the text is not an expression of the language.
    """
    return compile_expression(text)


def value_of(text: str | None, values: Mapping[str, object], now: datetime) -> object:
    """The text's value as JSON; null where there is no text, it is refused, or it ends over a bound."""
    if text is None:
        return None
    try:
        return to_json(program_of(text).evaluate(values, now=now).value)
    except (ExpressionRefused, EvaluationFailed):
        return None


def holds(text: str | None, values: Mapping[str, object], now: datetime) -> bool:
    """Whether the condition is true: null, which an unanswered field gives, is not (form-js's rule)."""
    return text is not None and value_of(text, values, now) is True
