"""Which flows a token takes when it leaves a node.

Rules: BPMN 2.0.2, 13.3.2 (activities) and 13.4.1 to 13.4.3 (parallel, exclusive, inclusive gateway). A condition is
asked of the ticket's variables; one that gives neither true nor false keeps the token where it is and is never
read as "no".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.runner.values import StuckCode

Condition = Callable[[Mapping[str, object], datetime], bool]
"""Variables and the time -> whether it holds; raises CannotDecide."""


class CannotDecide(Exception):
    """A token cannot leave: a condition gave no answer, or no flow may be taken."""

    def __init__(self, code: StuckCode, params: Mapping[str, str | int]) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Exit:
    """A flow that leaves a node, ready to be taken; `target` is the node spec that it leads to."""

    flow: str
    target: Any
    default: bool = False
    condition: Condition | None = None
    outcome: str | None = None
    """The outcome that must have been named; set on a flow that has an outcome and no condition."""

    @property
    def conditional(self) -> bool:
        """Whether anything must hold for a token to go this way."""
        return self.condition is not None or self.outcome is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What decides for one token: the ticket's variables, the time, the task it comes from and the outcome there."""

    variables: Mapping[str, object]
    now: datetime
    task: str | None = None
    outcome: str | None = None

    def holds(self, way: Exit) -> bool:
        """Whether the token may go this way.

        Raises: CannotDecide when the condition gives no answer.
        """
        if way.condition is not None:
            return way.condition(self.variables, self.now)
        return way.outcome is None or way.outcome == self.named()

    def named(self) -> object:
        """The outcome of the task before: as named in this step, else as the ticket's variable has it."""
        if self.outcome is not None or self.task is None:
            return self.outcome
        return self.variables.get(f"{self.task}_outcome")


Choose = Callable[[Sequence[Exit], Asked], Sequence[Exit]]
"""The exits of a node -> those that a token takes; raises CannotDecide."""


def all_exits(exits: Sequence[Exit], asked: Asked) -> Sequence[Exit]:
    """A parallel gateway: one token on each flow, whatever stands on it (13.4.1)."""
    del asked
    return exits


def first_exit(exits: Sequence[Exit], asked: Asked) -> Sequence[Exit]:
    """An exclusive gateway: the first flow in the file's order whose condition holds, else the default (13.4.2)."""
    for way in exits:
        if not way.default and asked.holds(way):
            return (way,)
    return _or_default(exits, ())


def true_exits(exits: Sequence[Exit], asked: Asked) -> Sequence[Exit]:
    """An inclusive gateway: every flow whose condition holds, else the default (13.4.3)."""
    return _or_default(exits, [way for way in exits if not way.default and asked.holds(way)])


def activity_exits(exits: Sequence[Exit], asked: Asked) -> Sequence[Exit]:
    """An activity or event: every flow without a condition or whose condition holds.

    The default flow is taken when no condition on another flow holds (table 10.3, `default`), so beside a flow
    without a condition too.
    """
    taken = [way for way in exits if not way.default and asked.holds(way)]
    if any(way.conditional for way in taken):
        return taken
    chosen = [way for way in exits if way.default or way in taken]
    return _or_default(exits, chosen)


def _or_default(exits: Sequence[Exit], taken: Sequence[Exit]) -> Sequence[Exit]:
    """The flows taken, else the default; a node without flows is left by none.

    Raises: CannotDecide when there are flows and none may be taken.
    """
    taken = taken or [way for way in exits if way.default]
    if exits and not taken:
        raise CannotDecide(StuckCode.NO_FLOW_TAKEN, {})
    return taken
