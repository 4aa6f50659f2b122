"""Jobs as somebody looks at them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class JobState(StrEnum):
    """Where a job stands."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    """Tried often enough; waits for a person."""


@dataclass(frozen=True, kw_only=True)
class JobStanding:
    """A job without its arguments, which may hold what only its handler is to read."""

    id: UUID
    kind: str
    state: JobState
    ticket_id: UUID | None
    """The ticket that it is about, if any."""
    attempts: int
    error: str | None
    """The code of the last failure."""
    created_at: datetime
    ended_at: datetime | None
