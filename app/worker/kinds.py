"""What a kind of job is, and what is enqueued by the clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.ports.jobs import Handler
from engine.values.events import NewJob
from storage.store import Store

_DAY_ONE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """A handler with the time it may take.

    Past `timeout` the try counts as failed and its late result is disregarded, but Python cannot stop it: a handler
    that waits for something outside bounds its own waiting below this.
    """

    handler: Handler[Store]
    timeout: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Recurring:
    """A job enqueued once in each period, by whichever worker comes first."""

    kind: str
    every: timedelta

    def due(self, now: datetime) -> NewJob:
        """The job of the period in which `now` lies: its dedupe key is the same for all workers."""
        return NewJob(kind=self.kind, args={}, key=self.kind, dedupe=f"{self.kind}:{(now - _DAY_ONE) // self.every}")


@dataclass(frozen=True, kw_only=True)
class Duties:
    """Everything a worker can do."""

    kinds: Mapping[str, JobKind]
    recurring: tuple[Recurring, ...] = field(default=())
