"""What stands around every page: where one can go, and how much waits there."""

from dataclasses import dataclass

from app.web.translating import lazy_gettext
from engine.queries import tickets as queries
from engine.values.views import InboxView
from storage.store import Store

MOST = 99


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of the navigation."""

    key: str
    address: str
    label: object
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Shell:
    """The navigation of one person."""

    entries: tuple[Entry, ...]
    claimable: int
    mine: int


def shell_of(work: Store) -> Shell:
    """The shell for whoever is asking."""
    counted = queries.counts(work)
    claimable, mine = counted[InboxView.CLAIMABLE], counted[InboxView.MINE]
    entries = (
        Entry(key="inbox", address="/inbox", label=lazy_gettext("Inbox"), count=claimable + mine),
        Entry(key="catalogue", address="/catalogue", label=lazy_gettext("Catalogue")),
        Entry(key="tickets", address="/tickets", label=lazy_gettext("Tickets")),
        Entry(key="mailbox", address="/mailbox", label=lazy_gettext("Mailbox")),
    )
    return Shell(entries=entries, claimable=claimable, mine=mine)


def up_to_99(count: int) -> str:
    """A count as it is shown: counting stops at 100."""
    return str(count) if count <= MOST else f"{MOST}+"
