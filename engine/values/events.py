"""Events: what happened, past tense, append-only, chained per ticket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from engine.values.actors import Person


class EventType(StrEnum):
    """What can happen to a ticket. One command makes exactly one event."""

    TICKET_OPENED = "ticket_opened"
    TASK_CLAIMED = "task_claimed"
    TASK_RELEASED = "task_released"
    TASK_ASSIGNED = "task_assigned"
    TASK_TRANSFERRED = "task_transferred"
    TASK_COMPLETED = "task_completed"
    TASK_SENT_BACK = "task_sent_back"
    TICKET_SUSPENDED = "ticket_suspended"
    TICKET_RESUMED = "ticket_resumed"
    TICKET_WITHDRAWN = "ticket_withdrawn"
    TICKET_CANCELLED = "ticket_cancelled"
    TICKET_RETRIED = "ticket_retried"
    ANSWERS_CORRECTED = "answers_corrected"
    COMMENT_ADDED = "comment_added"
    FOLLOWER_ADDED = "follower_added"
    FOLLOWER_REMOVED = "follower_removed"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One row of a timeline. `payload` holds codes, ids and answers, never a rendered sentence."""

    ticket_id: UUID
    seq: int
    at: datetime
    type: EventType
    actor: Person | None
    """None when the system acted by itself."""
    payload: Mapping[str, object] = field(default_factory=dict)
    salt: bytes = b""
    hash: bytes = b""
    """SHA-256 over the previous envelope's hash and this envelope (`engine.timeline`)."""


@dataclass(frozen=True, kw_only=True)
class Comment:
    """What someone said on a ticket; an internal one is not shown to requester and followers."""

    ticket_id: UUID
    seq: int
    author: Person
    at: datetime
    internal: bool
    text: str


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file of a ticket. The bytes lie under `sha256` in the attachment store."""

    ticket_id: UUID
    seq: int
    sha256: str
    name: str
    media_type: str
    size: int
    """Bytes."""
    uploader: Person
    at: datetime
    field_key: str | None = None
    task_seq: int | None = None
    comment_seq: int | None = None
    internal: bool = False

    @property
    def public_id(self) -> str:
        """The id that the API and the pages use, and the one that stands in answers."""
        return f"{self.ticket_id}.{self.seq}"


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file in its uploader's own space, for 24 hours or until a command moves it to a ticket."""

    id: UUID
    user_id: UUID
    sha256: str
    name: str
    media_type: str
    size: int
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """Work to be enqueued in the causing transaction. `key` serialises jobs: at most one runs per key."""

    kind: str
    args: Mapping[str, object]
    key: str | None = None
    dedupe: str | None = None
    run_at: datetime | None = None
    """None means now."""
