"""The port through which queries read lists of tickets and what hangs on one of them."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from engine.ports.cases import Work
from engine.values.actors import Actor
from engine.values.events import Attachment, Comment, Event
from engine.values.pages import Page, Place
from engine.values.processes import Names
from engine.values.views import InboxView, TaskRow, TicketFilter, TicketRow


class Inbox(Protocol):
    """What the actor may claim, holds and did; keyset pages."""

    def page(self, view: InboxView, *, after: Place | None, limit: int) -> Page[TaskRow, Place]:
        """A page of the actor's inbox: oldest first, or (done) newest first."""

    def counts(self) -> dict[InboxView, int]:
        """How many tasks the actor may claim now, none of a ticket on hold, and holds; counting stops at 100."""


class TicketLists(Protocol):
    """Lists of tickets, and what hangs on one of them."""

    def tickets(self, wanted: TicketFilter, *, after: Place | None, limit: int) -> Page[TicketRow, Place]:
        """A page of tickets that the actor sees, newest first."""

    def names(self, ticket_id: UUID) -> tuple[str, Names, Names | None]:
        """The service's key and name and the business's name of a ticket that exists."""

    def events(self, ticket_id: UUID, *, after: int, limit: int) -> tuple[Event, ...]:
        """At most `limit` events after this number, in order."""

    def comments(self, ticket_id: UUID, *, after: int, limit: int) -> tuple[Comment, ...]:
        """At most `limit` comments after this number, in order."""

    def attachments(self, ticket_id: UUID) -> tuple[Attachment, ...]:
        """All attachments of a ticket, in order."""

    def saved(self, key: str) -> tuple[dict[str, object], datetime] | None:
        """The actor's saved answers under this key with their moment, if there are some."""

    def actor_named(self, name: str) -> Actor | None:
        """Another active user as an actor, with the roles they hold now (for `why`)."""


class Reading(Work, Protocol):
    """A unit of work that can read lists too."""

    @property
    def inbox(self) -> Inbox:
        """The actor's inbox."""

    @property
    def lists(self) -> TicketLists:
        """Lists of tickets."""
