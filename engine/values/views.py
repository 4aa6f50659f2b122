"""Views: tickets and tasks as people read them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bpmn.forms.model import Form
from bpmn.forms.showing import ShownField
from bpmn.model import Outcome
from bpmn.text import Text
from engine.values.processes import Names
from engine.values.rulings import Action, Ruling, Sight
from engine.values.tickets import Case, Task, Ticket


class InboxView(StrEnum):
    """The parts of an inbox."""

    CLAIMABLE = "claimable"
    MINE = "mine"
    DONE = "done"


@dataclass(frozen=True, kw_only=True)
class TicketRow:
    """A ticket in a list."""

    ticket: Ticket
    service_key: str
    service: Names
    business: Names | None = None


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """A task in an inbox, with its ticket and its name."""

    task: Task
    row: TicketRow
    name: Text


@dataclass(frozen=True, kw_only=True)
class TicketView:
    """A ticket as one asker sees it: answers without what is internal when they see only what is public."""

    case: Case
    sight: Sight
    service_key: str
    service: Names
    business: Names | None
    answers: Mapping[str, object]
    rulings: Mapping[Action, Ruling]


@dataclass(frozen=True, kw_only=True)
class TaskView:
    """A task with what its form asks, what may be chosen, and what the asker may do with it."""

    ticket: TicketView
    task: Task
    name: Text
    form: Form
    fields: tuple[ShownField, ...]
    outcomes: tuple[Outcome, ...]
    rulings: Mapping[Action, Ruling]
    saved: Mapping[str, object] | None = None
    """The asker's saved answers, when there are some."""
    saved_at: datetime | None = None


class TicketScope(StrEnum):
    """Whose tickets a list shows."""

    ALL = "all"
    """All that the actor sees."""
    MINE = "mine"
    """Those that the actor opened."""
    FOLLOWED = "followed"


@dataclass(frozen=True, kw_only=True)
class TicketFilter:
    """Which tickets a list shows; None means all. Texts match literally."""

    scope: TicketScope = TicketScope.ALL
    text: str | None = None
    """Part of the title, or the beginning of a number."""
    kind: str | None = None
    phase: str | None = None
    status: str | None = None
    service: str | None = None
    business: str | None = None
    priority: str | None = None
    stuck: bool | None = None


@dataclass(frozen=True, kw_only=True)
class StartView:
    """What opening a ticket of a service asks."""

    service_key: str
    service: Names
    purpose: Names
    form: Form
    fields: tuple[ShownField, ...]
    saved: Mapping[str, object] = field(default_factory=dict)
