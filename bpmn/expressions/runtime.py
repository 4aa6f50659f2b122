"""One evaluation: its variables, its clock, its budget and the warnings it leaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from bpmn import limits
from bpmn.expressions.errors import BudgetExhausted
from bpmn.expressions.numbers import from_python
from bpmn.expressions.values import to_feel

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluationWarning:
    """Why a part of an expression became null: a code, where in the text, and the facts (types, names)."""

    code: str
    position: int
    detail: Mapping[str, object] = field(default_factory=dict)


class Env:
    """A scope of local names inside the scope ``parent``; None is the scope of the variables."""

    __slots__ = ("names", "parent")

    def __init__(self, names: Mapping[str, object], parent: "Env | None") -> None:
        self.names = names
        self.parent = parent


class Runtime:
    """What the compiled closures share while they run once. Not shared between threads."""

    __slots__ = ("calls", "converted", "depth", "now", "patterns", "steps", "variables", "warnings")

    def __init__(self, variables: Mapping[str, object], now: datetime, steps: int) -> None:
        self.variables = variables
        self.now = now
        self.steps = steps
        self.calls = 0
        self.depth = 0
        self.warnings: list[EvaluationWarning] = []
        self.converted: dict[str, object] = {}
        self.patterns: dict[tuple[str, str], Any] = {}

    def spend(self, steps: int) -> None:
        """Take steps from the budget.

        Raises:
            BudgetExhausted: when none are left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise BudgetExhausted("steps")

    def text(self, value: str) -> str:
        """Account for a string that was just made."""
        if len(value) > limits.STRING_LENGTH:
            raise BudgetExhausted("size")
        self.spend(1 + len(value) // 64)
        return value

    def items(self, value: list[_T]) -> list[_T]:
        """Account for a list that was just made."""
        if len(value) > limits.LIST_LENGTH:
            raise BudgetExhausted("size")
        self.spend(1 + len(value) // 8)
        return value

    def null(self, code: str, position: int, /, **detail: object) -> object:
        """Note why the value here is null, and return it."""
        if len(self.warnings) < limits.EVALUATION_WARNINGS:
            self.warnings.append(EvaluationWarning(code=code, position=position, detail=detail))
        return None

    def variable(self, name: str, position: int) -> object:
        """The variable as a FEEL value; null with a warning when nothing set it."""
        try:
            raw = self.variables[name]
        except KeyError:
            return self.null("UNKNOWN_NAME", position, name=name)
        return self.value(raw, name)

    def value(self, raw: object, name: str) -> object:
        """A raw value as FEEL; lists and contexts are converted once per evaluation and name."""
        kind = type(raw)
        if kind is str or kind is bool or raw is None:
            return raw
        if kind is int or kind is float:
            return from_python(raw)  # type: ignore[arg-type]
        if name not in self.converted:
            self.spend(size_of(raw) // 8)
            self.converted[name] = to_feel(raw)
        return self.converted[name]


_ENOUGH: Final = limits.LIST_LENGTH * 16


def size_of(raw: object) -> int:
    """How many values are in the data, counted level by level and no further than a bound."""
    size, level = 0, [raw]
    while level and size < _ENOUGH:
        size += len(level)
        below: list[object] = []
        for item in level:
            if isinstance(item, Mapping):
                below.extend(item.values())
            elif isinstance(item, list | tuple):
                below.extend(item)
        level = below
    return size
