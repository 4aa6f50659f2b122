"""The ledger: every change that a client was told has taken place, in the order in which it was told."""

from dataclasses import dataclass, field
from uuid import UUID

from engine.values.events import EventType
from tests.crash.moment import Moment
from tests.crash.wire import Reply, Request, Try


@dataclass(frozen=True, kw_only=True)
class Change:
    """An acknowledged change of one ticket."""

    request: Request
    by: UUID
    type: EventType
    ticket: str
    """The ticket's id."""
    task: int | None = None
    """The task's number within the ticket, where the change is about one."""
    reply: Reply


@dataclass(kw_only=True)
class Page:
    """One client's part. Only that client writes it, and only while it works."""

    changes: list[Change] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    """The content of each file that the server said to have taken, by the id of its upload."""
    attached: dict[str, list[str]] = field(default_factory=dict)
    """The uploads that acknowledged changes moved to a ticket, by the ticket's id."""
    tries: list[Try] = field(default_factory=list)
    """Sendings of changes, without the repetitions of those already acknowledged."""
    repeats: int = 0
    """Acknowledged requests that were sent once more."""
    complaints: list[str] = field(default_factory=list)
    """What the client itself found wrong."""

    @property
    def broken(self) -> int:
        """Sendings that were never answered."""
        return sum(each.reply is None for each in self.tries)

    @property
    def answers_lost(self) -> int:
        """Changes that took place although the sending that made them was never answered."""
        return sum(change.reply.replayed for change in self.changes)


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """All clients' pages."""

    pages: list[Page]

    @property
    def changes(self) -> list[Change]:
        """Every acknowledged change."""
        return [change for page in self.pages for change in page.changes]

    def of_tickets(self) -> dict[str, list[Change]]:
        """The acknowledged changes of each ticket, in order: a ticket belongs to one client."""
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            found.setdefault(change.ticket, []).append(change)
        return found

    def in_flight(self, moment: Moment) -> int:
        """How many requests had been sent and not been answered at this moment."""
        return sum(each.is_open_at(moment) for page in self.pages for each in page.tries)

    def total(self, name: str) -> int:
        """The sum of a page's figure."""
        return sum(getattr(page, name) for page in self.pages)
