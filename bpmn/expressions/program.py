"""Compiled expressions: parsed once, kept in a bounded cache, evaluated any number of times, from any thread."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bpmn import limits
from bpmn.expressions import ast
from bpmn.expressions.cache import TextCache
from bpmn.expressions.calls import Code
from bpmn.expressions.compiler import compile_node
from bpmn.expressions.errors import BudgetExhausted, NotBoolean
from bpmn.expressions.parser import parse, parse_unary_tests
from bpmn.expressions.runtime import Env, EvaluationWarning, Runtime
from bpmn.expressions.scope import Reads, Scope
from bpmn.expressions.unary_code import INPUT
from bpmn.expressions.values import to_feel, type_name


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A FEEL value (``to_json`` makes it plain), why parts of it became null, and the steps that it took."""

    value: object
    warnings: tuple[EvaluationWarning, ...]
    steps: int = 0


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Program:
    """``names`` are the variables it reads; ``filter_names`` those in a filter, unless an item has such an entry."""

    text: str
    names: frozenset[str]
    filter_names: frozenset[str]
    code: Code

    def evaluate(self, variables: Mapping[str, object], *, now: datetime, budget: int | None = None) -> Outcome:
        """The value for these variables (JSON-like Python or FEEL values), with ``now`` an aware datetime.

        ``budget`` is a number of steps, CONDITION_STEPS when not given.

        Raises:
            BudgetExhausted: when the evaluation goes over a bound.
        """
        steps = limits.CONDITION_STEPS if budget is None else budget
        rt = Runtime(variables, now, steps)
        return Outcome(value=_run(self.code, rt, None), warnings=tuple(rt.warnings), steps=steps - rt.steps)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class UnaryProgram:
    """The compiled tests of one decision table cell."""

    text: str
    names: frozenset[str]
    code: Code

    def test(
        self, value: object, variables: Mapping[str, object], *, now: datetime, budget: int | None = None
    ) -> Outcome:
        """Whether the input value passes: the outcome's value is True, False or null.

        Raises:
            BudgetExhausted: when the evaluation goes over a bound.
        """
        rt = Runtime(variables, now, limits.CONDITION_STEPS if budget is None else budget)
        answer = _run(self.code, rt, Env({INPUT: to_feel(value)}, None))
        return Outcome(value=answer, warnings=tuple(rt.warnings))


PROGRAMS: Final[TextCache[str | tuple[str, frozenset[str]], Program]] = TextCache(limits.PROGRAM_CACHE)
UNARY_PROGRAMS: Final[TextCache[str, UnaryProgram]] = TextCache(limits.PROGRAM_CACHE)


def _run(code: Code, rt: Runtime, env: Env | None) -> object:
    try:
        return code(rt, env)
    except RecursionError:
        # The bounds keep far from the end of Python's stack, unless the caller is already deep in it.
        raise BudgetExhausted("depth") from None


def compile_expression(text: str, names: Collection[str] = ()) -> Program:
    """The program for a FEEL text, compiled or from the cache; ``names`` as for ``parse``.

    Raises:
        ExpressionRefused: TOO_LONG, EXTERNAL_FUNCTION, TOO_DEEP or EXPRESSION_REFUSED.
    """
    key = (text, frozenset(names)) if names else text
    return PROGRAMS.get(key, len(text), lambda: program_of(parse(text, names), text))


def program_of(node: ast.Node, text: str = "") -> Program:
    """The program for a tree, however it was made."""
    reads = Reads()
    code = compile_node(node, Scope(reads=reads))
    return Program(text=text, names=frozenset(reads.free), filter_names=frozenset(reads.in_filter), code=code)


def compile_unary_tests(text: str) -> UnaryProgram:
    """The program for a decision table cell, compiled or from the cache.

    Raises:
        ExpressionRefused: as ``compile_expression``.
    """
    return UNARY_PROGRAMS.get(text, len(text), lambda: _unary_program(text))


def _unary_program(text: str) -> UnaryProgram:
    reads = Reads()
    code = compile_node(parse_unary_tests(text), Scope(reads=reads))
    return UnaryProgram(text=text, names=frozenset(reads.free - {INPUT}), code=code)


def evaluate_condition(program: Program, variables: Mapping[str, object], *, now: datetime) -> bool:
    """The answer of a condition. Null is not false: it means that nobody knows which way to go.

    Raises:
        BudgetExhausted: when the evaluation goes over a bound.
        NotBoolean: when the value is null or not a boolean; ``params`` tell its type and the first warning.
    """
    outcome = program.evaluate(variables, now=now)
    if isinstance(outcome.value, bool):
        return outcome.value
    cause = outcome.warnings[0] if outcome.warnings else None
    raise NotBoolean(
        {
            "expression": program.text,
            "type": type_name(outcome.value),
            "cause": cause.code if cause else None,
            "detail": dict(cause.detail) if cause else {},
        },
    )
