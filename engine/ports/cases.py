"""The port through which commands on one ticket load their case and save what they decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from engine.values.actors import Actor, Grant, Person
from engine.values.changes import Changes
from engine.values.events import Upload
from engine.values.processes import RunningDeployment, Service
from engine.values.tickets import Case


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A service and what opening a ticket of it needs; no deployment while the service is bound to none."""

    service: Service
    deployment: RunningDeployment | None
    enabled: bool
    """Whether its process is enabled and its deployment not retired."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Which of the things that answers name exist. Users are active ones, by their names."""

    users: Mapping[str, Person] = field(default_factory=dict)
    businesses: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    uploads: tuple[Upload, ...] = ()


class Cases(Protocol):
    """Tickets with everything that hangs on them."""

    def lock(self, ticket_id: UUID, *, task: int | None = None) -> Case | None:
        """The case as it is at one moment, for a command that will `save` it; with that task even when it has ended.

        The first statement of the command, so it also finds out who is asking. None when there is no such ticket. What
        others commit between this and the commit makes the command run again, then with the ticket's row locked: the
        next event, which `save` writes, has only one place.
        """

    def view(self, ticket_id: UUID, *, task: int | None = None) -> Case | None:
        """The same without a lock, for queries."""

    def opening(self, service: str) -> Opening | None:
        """An active service by its key or id. None when there is no such service."""

    def follower(self, ticket_id: UUID, name: str) -> Person | None:
        """The follower of a ticket with this user name, deactivated or not."""

    def facts(
        self,
        *,
        users: Iterable[str] = (),
        businesses: Iterable[str] = (),
        roles: Iterable[str] = (),
        uploads: Sequence[UUID] = (),
        uploader: UUID,
    ) -> Facts:
        """Which of these exist, in one round trip; of the uploads those that are the uploader's own and unexpired."""

    def candidates(self, wanted: Iterable[tuple[UUID, Iterable[Grant]]]) -> tuple[Person | None, ...]:
        """Each person who is active and holds one of the grants beside them now, else None; in one round trip."""

    def save(self, changes: Changes) -> None:
        """Queue everything that was decided; it is written with the commit, in one round trip."""

    def keep_saved(self, key: str, answers: Mapping[str, object], *, uploads: Sequence[UUID]) -> None:
        """Queue the actor's saved answers under this key; their uploads named here expire no sooner than they do."""

    def drop_saved(self, key: str) -> None:
        """Queue forgetting the actor's saved answers under this key."""


class Work(Protocol):
    """One unit of work: one request, one command, one transaction."""

    @property
    def now(self) -> datetime:
        """The moment of the request, in UTC: the same for everything it writes."""

    @property
    def actor(self) -> Actor:
        """Who is asking; known with the first read.

        Raises: Unauthenticated for an anonymous unit of work.
        """

    @property
    def cases(self) -> Cases:
        """Tickets."""
