"""Tickets and tasks, and the case: everything that a command on one ticket may need to decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from engine.values.actors import Grant, Person
from engine.values.processes import Kind, RunningDeployment


class Phase(StrEnum):
    """Whether a ticket still runs, and if not, how it ended."""

    RUNNING = "running"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """Why the engine cannot move a ticket: a stable code, the element, and what its message needs."""

    code: str
    element_id: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One case running through one deployment. Moments are aware and in UTC."""

    id: UUID
    number: str | None
    """INC20261123000042; None only between deciding to open and the commit that numbers it."""
    kind: Kind
    title: str
    status: str
    """The process's own word (`fd:status`), kept while `suspended` overlays it."""
    phase: Phase = Phase.RUNNING
    suspended: bool = False
    stuck: Stuck | None = None
    priority: str | None = None
    process_id: UUID
    deployment_id: UUID
    service_id: UUID
    business: str | None = None
    """Key of the business the ticket concerns."""
    requester: Person
    opened_at: datetime
    closed_at: datetime | None = None
    halted_by: Person | None = None
    """Who put it on hold or ended it, for whoever comes too late; lists do not ask for it."""
    halted_at: datetime | None = None
    events: int = 0
    """How many events the timeline holds; the newest has this number."""
    last_hash: bytes = b""
    """Hash of the newest event's envelope (empty before the first)."""
    last_seq: int = 0
    """The highest number given to a task, comment or attachment of this ticket."""

    @property
    def shown_status(self) -> str:
        """The status people see: how it ended, ON_HOLD while suspended, else the process's own."""
        if self.phase in (Phase.WITHDRAWN, Phase.CANCELLED):
            return self.phase.value.upper()
        return "ON_HOLD" if self.suspended else self.status


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    """The ticket ended, or the process moved on without it."""


LIVE = frozenset({TaskState.OPEN, TaskState.CLAIMED})


@dataclass(frozen=True, kw_only=True)
class Task:
    """A piece of work in one ticket; its public id is `<ticket id>.<seq>`."""

    ticket_id: UUID
    seq: int
    token: int
    """The runner's number for this live task."""
    element_id: str
    visit: int = 1
    """1 for the first time this element is reached in this ticket, 2 for the next, and so on."""
    state: TaskState = TaskState.OPEN
    candidates: tuple[Grant, ...] = ()
    """Roles whose holders may claim it; a business role stands with the ticket's business."""
    assignee: Person | None = None
    opened_at: datetime
    claimed_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: Person | None = None
    version: int = 1
    """Counts this task's own changes; its ETag."""

    @property
    def public_id(self) -> str:
        """The id that the API and the pages use."""
        return f"{self.ticket_id}.{self.seq}"


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What a running ticket remembers about finished work; bounded by the diagram, not by how often it loops."""

    visits: Mapping[str, int] = field(default_factory=dict)
    """Element id -> how often a task was opened there."""
    performers: Mapping[str, tuple[UUID, ...]] = field(default_factory=dict)
    """Element id -> everyone who completed it, the last one last (`fd:notBy`, send back)."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A ticket with its live tasks, position and variables, as locked by the command that loaded it."""

    ticket: Ticket
    deployment: RunningDeployment
    tasks: tuple[Task, ...]
    """The live ones, by seq, and the one that the command names even when it has ended."""
    state: bytes = b""
    variables: Mapping[str, object] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    followers: frozenset[UUID] = frozenset()
    parties: frozenset[UUID] = frozenset()
    """Whoever holds or held one of its tasks."""
    owners: frozenset[UUID] = frozenset()
    """Owners of its process."""
    attached: frozenset[int] = frozenset()
    """Numbers of its attachments."""

    def task(self, seq: int) -> Task | None:
        """The task with this number, if the case has it."""
        return next((task for task in self.tasks if task.seq == seq), None)

    def live_tasks(self) -> tuple[Task, ...]:
        """The tasks that still can be worked on, by seq."""
        return tuple(task for task in self.tasks if task.state in LIVE)
