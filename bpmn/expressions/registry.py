"""Built-in functions: their names, parameters and types, and how a call finds the right form (DMN 1.4 10.3.4).

A signature is a text such as ``"string:s, start position:n, length:n?"``. A type ending in ``?`` may be left
out, with ``~`` it may be null; ``*list`` takes one list or any number of arguments. A value where a list is
asked for counts as a list of one, and a list of one where a single value is asked for counts as that value
(DMN 1.4 section 10.3.2.9.4).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from inspect import signature

from bpmn.expressions.eras import Far
from bpmn.expressions.errors import Null
from bpmn.expressions.iso import YearsMonths
from bpmn.expressions.runtime import Runtime
from bpmn.expressions.values import Range, type_name

_TYPES: dict[str, tuple[type, ...]] = {
    "s": (str,),
    "n": (Decimal,),
    "b": (bool,),
    "l": (list,),
    "c": (dict,),
    "d": (date,),
    "t": (time,),
    "dt": (datetime,),
    "span": (timedelta,),
    "months": (YearsMonths,),
    "r": (Range,),
}


class _NoMatch(Exception):
    pass


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    name: str
    kind: str
    optional: bool
    nullable: bool
    variadic: bool

    def accept(self, value: object) -> object:
        """The value as this parameter takes it."""
        if self.kind == "a" or (value is None and self.nullable):
            return value
        wanted = _TYPES.get(self.kind)
        if wanted is None:
            if isinstance(value, FunctionValue):
                return value
            raise _NoMatch
        if type(value.inside if isinstance(value, Far) else value) in wanted:
            return value
        if self.kind == "l" and value is not None:
            return [value]
        if type(value) is list and len(value) == 1 and type(value[0]) in wanted:
            return value[0]
        raise _NoMatch


class FunctionValue:
    """A function value."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    params: tuple[Parameter, ...]
    run: Callable[..., object]
    with_runtime: bool

    def positional(self, args: Sequence[object]) -> list[object]:
        """The arguments in the types of the parameters."""
        params = self.params
        if params and params[-1].variadic:
            fixed = len(params) - 1
            rest = list(args[fixed:])
            if not fixed and len(rest) == 1 and type(rest[0]) is list:
                rest = rest[0]
            if len(args) < fixed or (len(args) == fixed):
                raise _NoMatch
            head = [param.accept(value) for param, value in zip(params[:-1], args[:fixed], strict=True)]
            return [*head, rest]
        if len(args) > len(params) or any(not param.optional for param in params[len(args) :]):
            raise _NoMatch
        return [param.accept(value) for param, value in zip(params, args, strict=False)]

    def named(self, args: Sequence[object], names: Sequence[str]) -> list[object]:
        """The arguments in the order of the parameters; one left out before the last given is null."""
        given = dict(zip(names, args, strict=True))
        if not given.keys() <= {param.name for param in self.params}:
            raise _NoMatch
        if any(param.name not in given and not param.optional for param in self.params):
            raise _NoMatch
        if self.params and self.params[-1].variadic and type(given[self.params[-1].name]) is not list:
            raise _NoMatch
        last = max((place for place, param in enumerate(self.params, 1) if param.name in given), default=0)
        return self.positional([given.get(param.name) for param in self.params[:last]])


class Builtin(FunctionValue):
    """A built-in function with one or more forms."""

    __slots__ = ("forms", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.forms: tuple[Form, ...] = ()

    def call(self, rt: Runtime, args: Sequence[object], names: Sequence[str] | None) -> object:
        """The result of the first form whose parameters fit.

        Raises:
            Null: when no form fits, or the function is not defined for these values.
            BudgetExhausted: when the work or the result goes over a bound.
        """
        for arg in args:
            if type(arg) is list or type(arg) is str:
                rt.spend(len(arg) // 32)
        rt.spend(1)
        for form in self.forms:
            try:
                bound = form.positional(args) if names is None else form.named(args, names)
            except _NoMatch:
                continue
            return form.run(rt, *bound) if form.with_runtime else form.run(*bound)
        raise Null("ARGUMENTS", function=self.name, types=[type_name(arg) for arg in args][:8])


BUILTINS: dict[str, Builtin] = {}


def feel(name: str, *signatures: str) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Register a form of the built-in function; more signatures are other names for the same parameters.

    A function whose first parameter is called ``rt`` gets the evaluation, for its clock and its budget.
    """

    def register(run: Callable[..., object]) -> Callable[..., object]:
        builtin = BUILTINS.setdefault(name, Builtin(name))
        with_runtime = next(iter(signature(run).parameters), "") == "rt"
        builtin.forms += tuple(
            Form(params=_parameters(text), run=run, with_runtime=with_runtime) for text in signatures
        )
        return run

    return register


def _parameters(text: str) -> tuple[Parameter, ...]:
    found = []
    for part in filter(None, text.split(", ")):
        name, _, kind = part.partition(":")
        found.append(
            Parameter(
                name=name.lstrip("*"),
                kind=kind.rstrip("?~") or "a",
                optional="?" in kind,
                nullable="~" in kind,
                variadic=name.startswith("*"),
            )
        )
    return tuple(found)
