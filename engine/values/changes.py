"""Changes: what a command on one ticket decided, to be saved in one transaction and as few round trips as possible."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from engine.values.events import Attachment, Comment, Event, NewJob
from engine.values.tickets import Memory, Task, Ticket


@dataclass(frozen=True, kw_only=True)
class Position:
    """The engine's state, the ticket's variables and its memory: written together when the process moved."""

    state: bytes
    variables: Mapping[str, object]
    memory: Memory


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Whole values of what is new or different; what is not named stays as it is."""

    ticket: Ticket
    event: Event
    opening: bool = False
    """The ticket is new: insert it and give it its number as the last statement before COMMIT."""
    position: Position | None = None
    tasks_opened: tuple[Task, ...] = ()
    tasks_changed: tuple[Task, ...] = ()
    comment: Comment | None = None
    attachments: tuple[Attachment, ...] = ()
    uploads_taken: tuple[UUID, ...] = ()
    parties: tuple[UUID, ...] = ()
    """Users who hold a task of the ticket from now on."""
    followers_added: tuple[tuple[UUID, UUID], ...] = ()
    """(user, added by) pairs."""
    followers_removed: tuple[UUID, ...] = ()
    saved_answers_dropped: tuple[str, ...] = ()
    """Keys (`task:<id>`, `service:<id>`) of the actor's saved answers that this command makes superfluous."""
    jobs: tuple[NewJob, ...] = ()
