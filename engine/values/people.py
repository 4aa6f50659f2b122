"""Users, roles and businesses as they are administered, and what lets somebody in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from engine.values.actors import Grant, Permission, Person, Scope
from engine.values.processes import Names


@dataclass(frozen=True, kw_only=True)
class User:
    """A person with an account. The password's hash is not part of the value, so that it is never shown by mistake."""

    id: UUID
    name: str
    """What they sign in with; never changed."""
    display_name: str
    email: str | None = None
    language: str | None = None
    """`zh-CN` or `en`; None follows the browser."""
    time_zone: str | None = None
    """An IANA name; None follows the installation."""
    permissions: frozenset[Permission] = frozenset()
    grants: frozenset[Grant] = frozenset()
    active: bool = True
    created_at: datetime
    revision: int = 1

    @property
    def person(self) -> Person:
        """The user as shown beside what they did."""
        return Person(id=self.id, name=self.name, display_name=self.display_name)


@dataclass(frozen=True, kw_only=True)
class Role:
    """What someone may be asked to do in a ticket; held in general or for one business at a time."""

    key: str
    names: Names
    per_business: bool = False
    revision: int = 1


@dataclass(frozen=True, kw_only=True)
class Member:
    """That somebody holds a role; `business` is None for a general one."""

    role: str
    business: str | None
    person: Person
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class Business:
    """A business line that tickets concern."""

    key: str
    names: Names
    active: bool = True
    revision: int = 1


@dataclass(frozen=True, kw_only=True)
class Token:
    """A bearer token; its secret is shown once, when it is made."""

    id: UUID
    user_id: UUID
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    SETUP = "setup"
    """The first admin chooses name and password."""
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of a purpose


@dataclass(frozen=True, kw_only=True)
class Link:
    """A one-time link, known by the hash of its secret."""

    hash: bytes
    purpose: LinkPurpose
    user_id: UUID | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Session:
    """A browser that is signed in, known by the hash of its cookie."""

    hash: bytes
    user_id: UUID
    created_at: datetime
    expires_at: datetime
    address: str | None = None
    agent: str | None = None


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """Failed attempts to sign in under one key, counted since a moment."""

    key: str
    failures: int = 0
    window_started_at: datetime
    blocked_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RoleMembers:
    """How many active people hold a role: per business key, or under '' for a general one."""

    role: Role
    members: Mapping[str, int] = field(default_factory=dict)
