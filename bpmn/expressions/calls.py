"""Calling functions: user-defined ones with their own scope, built-in ones by their forms."""

from collections.abc import Callable, Sequence
from typing import Final

from bpmn import limits
from bpmn.expressions.ast import TypeRef
from bpmn.expressions.conformance import coerced
from bpmn.expressions.errors import BudgetExhausted, Null
from bpmn.expressions.registry import Builtin, FunctionValue
from bpmn.expressions.runtime import Env, Runtime
from bpmn.expressions.values import type_name

Code = Callable[[Runtime, Env | None], object]
FRAMES_PER_CALL: Final = 3


class Closure(FunctionValue):
    """A function literal with the scope it was made in."""

    __slots__ = ("body", "depth", "env", "params", "size", "types")

    def __init__(
        self,
        params: tuple[str, ...],
        types: tuple[TypeRef | None, ...],
        body: Code,
        env: Env | None,
        measure: tuple[int, int],
    ) -> None:
        self.params = params
        self.types = types
        self.body = body
        self.env = env
        self.size, self.depth = measure

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
        rt.calls += 1
        rt.depth += self.depth + FRAMES_PER_CALL
        try:
            return self.body(rt, Env(bound, self.env))
        finally:
            rt.calls -= 1
            rt.depth -= self.depth + FRAMES_PER_CALL

    def _bind(self, rt: Runtime, args: Sequence[object], names: Sequence[str] | None) -> dict[str, object]:
        if len(args) != len(self.params) or (names is not None and set(names) != set(self.params)):
            raise Null("ARGUMENTS", function="function", types=[type_name(arg) for arg in args][:8])
        given = dict(zip(names or self.params, args, strict=True))
        for name, wanted in zip(self.params, self.types, strict=True):
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
