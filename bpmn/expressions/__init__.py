"""Expressions of process texts: FEEL (DMN 1.4 chapter 10), read and evaluated within known bounds.

Everything a file can say runs through here: nothing of it is Python, nothing does input or output, and what
an evaluation may cost is bounded before it starts (``bpmn.limits``).
"""

from bpmn.expressions.ast import Node
from bpmn.expressions.errors import BudgetExhausted, EvaluationFailed, ExpressionRefused, NotBoolean
from bpmn.expressions.parser import parse, parse_unary_tests
from bpmn.expressions.program import (
    Outcome,
    Program,
    UnaryProgram,
    compile_expression,
    compile_unary_tests,
    evaluate_condition,
    program_of,
)
from bpmn.expressions.runtime import EvaluationWarning
from bpmn.expressions.values import to_feel, to_json

__all__ = [
    "BudgetExhausted",
    "EvaluationFailed",
    "EvaluationWarning",
    "ExpressionRefused",
    "Node",
    "NotBoolean",
    "Outcome",
    "Program",
    "UnaryProgram",
    "compile_expression",
    "compile_unary_tests",
    "evaluate_condition",
    "parse",
    "parse_unary_tests",
    "program_of",
    "to_feel",
    "to_json",
]
