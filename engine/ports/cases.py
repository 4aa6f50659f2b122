"""The port through which commands on one ticket load their case and save what they decided."""

from collections.abc import Iterable, Sequence
from typing import Protocol
from uuid import UUID

from engine.values.actors import Actor, Grant, Person
from engine.values.changes import Changes
from engine.values.events import Upload
from engine.values.processes import RunningDeployment, Service
from engine.values.tickets import Case


class Cases(Protocol):
    """Tickets with everything that hangs on them."""

    def lock(self, ticket_id: UUID, *, task: int | None = None) -> Case | None:
        """The case, its ticket row locked until the transaction ends; with that task even when it has ended.

        The first statement of the command, so it also finds out who is asking. None when there is no such ticket.
        """

    def opening(self, service: str) -> tuple[Service, RunningDeployment | None] | None:
        """A service (by key or id) and the deployment it is bound to. None when there is no such active service."""

    def save(self, changes: Changes) -> None:
        """Queue everything that was decided; it is written with the commit, in one round trip."""

    def uploads(self, user_id: UUID, ids: Sequence[UUID]) -> tuple[Upload, ...]:
        """Those of the ids that are this user's own unexpired uploads."""

    def still_candidates(self, users: Iterable[UUID], candidates: Iterable[Grant]) -> dict[UUID, Person]:
        """Those of the users who are active and hold one of the grants now."""


class Work(Protocol):
    """One unit of work: one request, one command, one transaction."""

    @property
    def actor(self) -> Actor:
        """Who is asking; known after the first read.

        Raises: Unauthenticated for an anonymous unit of work.
        """

    @property
    def cases(self) -> Cases:
        """Tickets."""
