"""Conditions of flows, compiled once by bpmn.expressions."""

from collections.abc import Mapping
from datetime import datetime

from bpmn.model import Flow
from engine.runner.errors import NotRunnable
from engine.runner.exits import CannotDecide, Condition
from engine.runner.values import StuckCode


def compile_condition(flow: Flow) -> Condition | None:
    """What decides about a flow that has a condition; None for one that has none.

    Raises: NotRunnable(CONDITION_REFUSED) when the text is no expression that we evaluate.
    """
    if flow.condition is None:
        return None
    from bpmn.expressions import compile_expression, evaluate_condition
    from bpmn.expressions.errors import EvaluationFailed, ExpressionRefused

    text = flow.condition.text
    try:
        program = compile_expression(text)
    except ExpressionRefused as error:
        raise NotRunnable("CONDITION_REFUSED", {"element_id": flow.id, "reason": error.reason}) from error

    def holds(variables: Mapping[str, object], now: datetime) -> bool:
        try:
            return evaluate_condition(program, variables, now=now)
        except EvaluationFailed as error:
            raise CannotDecide(StuckCode(error.code), {"flow": flow.id, "text": text}) from error

    return holds
