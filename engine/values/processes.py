"""From process to service: the nouns of designers and admins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bpmn.model import ProcessDefinition
from engine.values.actors import Person


class Kind(StrEnum):
    """What sort of ticket a process makes."""

    INCIDENT = "incident"
    REQUEST = "request"
    CHANGE = "change"
    PROBLEM = "problem"


PREFIX: Mapping[Kind, str] = {Kind.INCIDENT: "INC", Kind.REQUEST: "REQ", Kind.CHANGE: "CHG", Kind.PROBLEM: "PRB"}


class Withdrawal(StrEnum):
    """How long the requester may withdraw a ticket."""

    NEVER = "never"
    BEFORE_FIRST_CLAIM = "before_first_claim"
    BEFORE_TASK = "before_task"
    ANY_TIME = "any_time"


@dataclass(frozen=True, kw_only=True)
class NotificationPolicy:
    """Which events are announced, by which channels, and how often."""

    events: tuple[str, ...] = ("task_opened",)
    """`task_opened`: a task waits for its candidates, or was handed to somebody."""
    channels: tuple[str, ...] = ("email",)
    frequency: str = "once"
    """`once` for each announcement."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Set when a process is enabled; read when used, so that a change reaches running tickets at once."""

    notification: NotificationPolicy = field(default_factory=NotificationPolicy)
    withdrawal: Withdrawal = Withdrawal.BEFORE_FIRST_CLAIM
    withdrawal_task: str | None = None
    """Element id, for BEFORE_TASK: withdrawing ends once a task of this element has opened."""
    urging: bool = False
    """Whether people may urge whoever holds a task on; not offered yet."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """A name in both languages of the interface; the second falls back to the first."""

    zh: str
    en: str = ""

    def in_language(self, language: str) -> str:
        """The name for a reader of this language."""
        return self.zh if language.startswith("zh") or not self.en else self.en


@dataclass(frozen=True, kw_only=True)
class Process:
    """A named flow that designers maintain, known by its key."""

    id: UUID
    key: str
    names: Names
    descriptions: Names = field(default_factory=lambda: Names(zh=""))
    kind: Kind = Kind.INCIDENT
    needs_business: bool = False
    owners: tuple[Person, ...] = ()
    enabled: bool = False
    policy: Policy = field(default_factory=Policy)
    latest_version: int = 0
    created_at: datetime
    revision: int = 1
    """Counts configuration changes; its ETag."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """One imported text, never edited. `hash` is the SHA-256 (hex) of the canonical definition."""

    process_id: UUID
    process_key: str
    number: int
    hash: str
    file_name: str
    verdict: str
    findings: tuple[Mapping[str, object], ...] = ()
    imported_by: Person
    imported_at: datetime
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A version that an admin has put into service: immutable and numbered within its process."""

    id: UUID
    process_id: UUID
    process_key: str
    number: int
    version: int
    role_bindings: Mapping[str, str] = field(default_factory=dict)
    """Node id -> role key, for tasks whose role the file left open."""
    deployed_by: Person
    deployed_at: datetime
    message: str = ""
    retired_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RunningDeployment:
    """What a ticket's command needs of its deployment: the frozen definition and the policy of this moment."""

    id: UUID
    process_id: UUID
    process_key: str
    kind: Kind
    number: int
    version: int
    definition: ProcessDefinition
    role_bindings: Mapping[str, str]
    business_roles: frozenset[str]
    """Keys of the roles that are held per business, as of now."""
    policy: Policy
    needs_business: bool


@dataclass(frozen=True, kw_only=True)
class Category:
    """A node of the service catalogue's tree."""

    id: UUID
    names: Names
    parent_id: UUID | None = None
    position: int = 0
    revision: int = 1


@dataclass(frozen=True, kw_only=True)
class Service:
    """What a requester can ask for; bound to exactly one deployment, or to none while it is being set up."""

    id: UUID
    key: str
    names: Names
    purposes: Names = field(default_factory=lambda: Names(zh=""))
    category_id: UUID
    deployment_id: UUID | None = None
    active: bool = True
    position: int = 0
    revision: int = 1
