"""Calling functions: user-defined ones with their own scope, built-in ones by their forms."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bpmn import limits
from bpmn.expressions.ast import FunctionLiteral, measure
from bpmn.expressions.conformance import coerced
from bpmn.expressions.errors import BudgetExhausted, Null
from bpmn.expressions.registry import Builtin, FunctionValue
from bpmn.expressions.runtime import Env, Runtime
from bpmn.expressions.values import type_name

Code = Callable[[Runtime, Env | None], object]
FRAMES_PER_CALL: Final = 3


class Closure(FunctionValue):
    """A function literal with the scope and the variables it was made among."""

    __slots__ = ("body", "depth", "env", "literal", "size", "variables")

    def __init__(self, literal: FunctionLiteral, body: Code, env: Env | None, variables: Mapping[str, object]) -> None:
        self.literal = literal
        self.body = body
        self.env = env
        self.variables = variables
        self.size, self.depth = measure(literal.body)

    @property
    def params(self) -> tuple[str, ...]:
        return self.literal.params

    def call(self, rt: Runtime, args: Sequence[object], names: Sequence[str] | None) -> object:
        """The value of the body with the arguments bound.

        Raises:
            Null: when the arguments do not fit the parameters.
            BudgetExhausted: when too many calls are open or the budget is spent.
        """
        bound = self._bind(rt, args, names)
        rt.spend(1 + self.size)
        if rt.calls >= limits.CALL_DEPTH or rt.depth + self.depth > limits.EVALUATION_DEPTH:
            raise BudgetExhausted("depth")
        outer = rt.variables, rt.converted
        if self.variables is not rt.variables:
            # A function from another evaluation keeps the variables it was made among.
            rt.variables, rt.converted = self.variables, {}
        rt.calls += 1
        rt.depth += self.depth + FRAMES_PER_CALL
        try:
            value = self.body(rt, Env(bound, self.env))
            return value if self.literal.result is None else coerced(rt, value, self.literal.result)
        finally:
            rt.calls -= 1
            rt.depth -= self.depth + FRAMES_PER_CALL
            rt.variables, rt.converted = outer

    def _bind(self, rt: Runtime, args: Sequence[object], names: Sequence[str] | None) -> dict[str, object]:
        if len(args) != len(self.params) or (names is not None and set(names) != set(self.params)):
            raise Null("ARGUMENTS", function="function", types=[type_name(arg) for arg in args][:8])
        given = dict(zip(names or self.params, args, strict=True))
        for name, wanted in zip(self.params, self.literal.types, strict=True):
            if wanted is not None:
                given[name] = coerced(rt, given[name], wanted)
        return given


def invoke(
    rt: Runtime, position: int, function: object, args: Sequence[object], names: Sequence[str] | None = None
) -> object:
    """Call a function value; null with a warning when it is none or does not take the arguments."""
    if not isinstance(function, Builtin | Closure):
        return rt.null("NOT_A_FUNCTION", position, type=type_name(function))
    try:
        return function.call(rt, args, names)
    except Null as null:
        return rt.null(null.code, position, **null.detail)
