"""Store: the unit of work with a repository for each noun, made when first asked for."""

from datetime import datetime
from functools import cached_property

from engine.values.actors import Actor
from storage.cases import CaseStore
from storage.channel import Channel
from storage.ticket_lists import TicketLists
from storage.work import Gate, Work


class Store(Work):
    """One request's door to everything that is remembered. `address` is where the request came from, for the audit."""

    def __init__(self, channel: Channel, *, gate: Gate | None, now: datetime, address: str | None = None) -> None:
        super().__init__(channel, gate=gate, now=now)
        self.address = address

    @property
    def admitted(self) -> Actor | None:
        """Who was let in so far; asks nothing."""
        return self._actor

    @cached_property
    def cases(self) -> CaseStore:
        """Tickets with everything that hangs on them."""
        return CaseStore(self)

    @cached_property
    def lists(self) -> TicketLists:
        """Lists of tickets and tasks."""
        return TicketLists(self)
