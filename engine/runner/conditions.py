"""Conditions of flows, compiled once by bpmn.expressions."""

from collections.abc import Mapping
from datetime import datetime

from bpmn.expressions import (
    EvaluationFailed,
    ExpressionRefused,
    Program,
    compile_expression,
    evaluate_condition,
)
from bpmn.model import Flow
from engine.runner.errors import NotRunnable
from engine.runner.exits import CannotDecide, Condition
from engine.runner.values import StuckCode

_TOLD = ("type", "cause", "limit")
"""What of an evaluation's own facts goes into the stored state; the text is found by the flow."""


def compile_condition(flow: Flow) -> Condition | None:
    """What decides about a flow that has a condition; None for one that has none.

    Raises: NotRunnable(CONDITION_REFUSED) when the text is no expression that we evaluate.
    """
    if flow.condition is None:
        return None
    if flow.condition.language != "feel":
        raise NotRunnable("CONDITION_REFUSED", {"element_id": flow.id, "reason": flow.condition.language})
    try:
        program = compile_expression(flow.condition.text)
    except ExpressionRefused as error:
        raise NotRunnable("CONDITION_REFUSED", {"element_id": flow.id, "reason": error.reason}) from error
    return _asking(flow.id, program)


def _asking(flow_id: str, program: Program) -> Condition:
    def holds(variables: Mapping[str, object], now: datetime) -> bool:
        try:
            return evaluate_condition(program, variables, now=now)
        except EvaluationFailed as error:
            told = {name: str(error.params[name]) for name in _TOLD if error.params.get(name) is not None}
            raise CannotDecide(StuckCode(error.code), {"flow": flow_id} | told) from error

    return holds
