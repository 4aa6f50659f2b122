"""What a command or query may refuse, by what the asker can do about it. Codes are stable; see `engine.messages`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bpmn.errors import FaultdeskError


class NotFound(FaultdeskError):
    """There is no such thing, or the asker may not know of it: the two are told apart for nobody."""

    def __init__(self, noun: str) -> None:
        super().__init__("NOT_FOUND", {"noun": noun})


class Unauthenticated(FaultdeskError):
    """Nobody we know is asking, or the session or token has ended."""


class Forbidden(FaultdeskError):
    """The asker is known and may see the thing, but not do this."""


class Conflict(FaultdeskError):
    """Somebody else was faster, or the state no longer allows it; params say who did what and when."""


class PreconditionFailed(FaultdeskError):
    """If-Match named another version than the present one."""


class PreconditionRequired(FaultdeskError):
    """This change needs an If-Match."""


class Gone(FaultdeskError):
    """A one-time link that was used or has expired."""


class TooMany(FaultdeskError):
    """A limit on how often was reached; params carry `retry_after` in seconds."""


class TooLarge(FaultdeskError):
    """A body, file or collection is over its limit."""


class Busy(FaultdeskError):
    """The database or a lock did not answer in time: nothing changed, try again after `retry_after` seconds."""


@dataclass(frozen=True, kw_only=True)
class FieldProblem:
    """What is wrong with one field; `path` is dotted ("improvement_actions.0.who")."""

    path: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class Invalid(FaultdeskError):
    """The request is readable but wrong. `problems` name the fields."""

    def __init__(
        self, code: str, params: Mapping[str, object] | None = None, *, problems: Sequence[FieldProblem] = ()
    ) -> None:
        super().__init__(code, params)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        named = "; ".join(f"{each.path}: {each.code}" for each in self.problems)
        return f"{super().__str__()} [{named}]" if named else super().__str__()
