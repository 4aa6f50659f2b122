"""Rulings: what somebody asks to do, whether they may, and how much of a ticket they see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bpmn.errors import FaultdeskError
from engine.errors import Forbidden


class Action(StrEnum):
    """The verbs on tasks and tickets."""

    CLAIM = "claim"
    RELEASE = "release"
    ASSIGN = "assign"
    TRANSFER = "transfer"
    COMPLETE = "complete"
    WITHDRAW = "withdraw"
    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"
    RETRY = "retry"
    CORRECT = "correct"
    COMMENT = "comment"
    COMMENT_INTERNALLY = "comment_internally"
    FOLLOW = "follow"


TASK_ACTIONS = (Action.CLAIM, Action.RELEASE, Action.ASSIGN, Action.TRANSFER, Action.COMPLETE)
TICKET_ACTIONS = tuple(action for action in Action if action not in TASK_ACTIONS)


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """Allowed or not, and the rule that decided, as a code with its parameters."""

    allowed: bool
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    refusal: type[FaultdeskError] = Forbidden

    def enforce(self) -> None:
        """Return when allowed.

        Raises: Conflict when the state is against it, Forbidden when the person is.
        """
        if not self.allowed:
            raise self.refusal(self.code, self.params)


class Sight(StrEnum):
    """How much of a ticket someone sees."""

    NONE = "none"
    PUBLIC = "public"
    """As requester or follower: without what is internal."""
    FULL = "full"
