"""The port of jobs: work due now or later that is no part of a request, enqueued in the transaction that causes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from bpmn.errors import FaultdeskError
from engine.values.events import NewJob
from engine.values.jobs import JobStanding, JobState

W_co = TypeVar("W_co", covariant=True)
W_contra = TypeVar("W_contra", contravariant=True)
T = TypeVar("T")


class Enqueue(Protocol[W_contra]):
    """How a command leaves work for later."""

    def __call__(self, work: W_contra, job: NewJob) -> UUID:
        """The new job's id. It is written with the caller's commit, or not at all.

        A job whose `dedupe` was taken within the last seven days or still waits is not written again.
        """


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job as its handler gets it. `id` goes outward as Message-ID or Idempotency-Key, the same on every try."""

    id: UUID
    kind: str
    args: Mapping[str, object]
    key: str | None
    attempts: int
    """1 on the first try."""
    created_at: datetime


class Jobs(Protocol):
    """Jobs as somebody looks at them."""

    def page(self, *, state: JobState, before: UUID | None, limit: int) -> tuple[JobStanding, ...]:
        """Those in this state, the last made first, from before that one on."""

    def lock(self, job_id: UUID) -> JobStanding | None:
        """The job with this id, which nobody else changes until the commit."""

    def revive(self, job_id: UUID) -> None:
        """Queue that a dead job is tried again from now, as often as a new one."""


class RunUnit(Protocol[W_co]):
    """How a handler reaches what is remembered: each call is a transaction of its own, run again after a lost race."""

    def __call__(self, act: Callable[[W_co], T]) -> T:
        """What `act` gives, after its queued writes are committed."""


class Handler(Protocol[W_contra]):
    """What a kind of job does. It may run twice for one job (at-least-once), so its effects must bear it."""

    def __call__(self, job: Job, run: RunUnit[W_contra], /) -> Callable[[W_contra], object] | None:
        """Do the job; what is returned is its last unit of work, which is committed together with the job's end.

        Raises: Hopeless when trying again is of no use; anything else means another try after a pause.
        """


class Hopeless(FaultdeskError):
    """This job will never succeed as it is: dead at once."""
