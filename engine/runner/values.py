"""What the runner gives back: live and ended tasks, what keeps it from moving, one step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class LiveTask:
    """A token at a user, manual or plain task; `token` is its number, never given twice within one ticket."""

    token: int
    element_id: str


class EndReason(StrEnum):
    """Why a task is no longer live."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    """A terminate end event took its token away."""


@dataclass(frozen=True, kw_only=True)
class EndedTask:
    """A task that was live before this step and is not after it."""

    token: int
    element_id: str
    reason: EndReason


class StuckCode(StrEnum):
    """Why the engine cannot move a token."""

    EXPRESSION_NOT_BOOLEAN = "EXPRESSION_NOT_BOOLEAN"
    """A condition gave null or something that is neither true nor false; params: `flow`, `type`, `cause`."""
    BUDGET_EXHAUSTED = "BUDGET_EXHAUSTED"
    """A condition took more steps or memory than one may; params: `flow`, `limit`."""
    NO_FLOW_TAKEN = "NO_FLOW_TAKEN"
    """No condition holds and there is no default flow (BPMN 2.0.2, 13.4.2 and 13.4.3 call it an exception)."""
    STEP_LIMIT = "STEP_LIMIT"
    """More nodes were entered than one command may; params: `limit`, `at` (the node it was given up at)."""
    TOKEN_LIMIT = "TOKEN_LIMIT"  # noqa: S105
    """More tokens would be at rest than a ticket may have; params: `limit`."""
    JOIN_NEVER_FIRES = "JOIN_NEVER_FIRES"
    """Nobody has anything to do and the tokens left wait at joins that can never fire."""


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """A token that an admin must help, the node where it stands and the facts its message needs."""

    code: StuckCode
    element_id: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one start, completion or retry did, and the position after it."""

    state: bytes
    """The position, to be stored as it is."""
    opened: tuple[LiveTask, ...] = ()
    """Tasks live now that were not before, in order of entry."""
    ended: tuple[EndedTask, ...] = ()
    """The completed task first, then those that a terminate end took away, in order of entry."""
    live: tuple[LiveTask, ...] = ()
    """Every task live now, in order of entry."""
    entered: tuple[str, ...] = ()
    """Ids of the nodes entered, in order; a join is entered when it fires."""
    flows: tuple[str, ...] = ()
    """Ids of the flows taken, in order."""
    finished: bool = False
    """No token is left: the process has ended."""
    status: str | None = None
    """`fd:status` to give the ticket; None leaves the ticket's status as it is."""
    variables: Mapping[str, object] = field(default_factory=dict)
    """The ticket's variables after the step."""
    stuck: Stuck | None = None
    """Of several tokens that cannot move, the one that came first."""
