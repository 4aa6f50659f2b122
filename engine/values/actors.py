"""Who is asking: users, their permissions, and the roles they hold."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Permission(StrEnum):
    """What someone may do with the system; no permission implies a role, and no role a permission."""

    DESIGNER = "designer"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Scope(StrEnum):
    """What a bearer token may be used for; a session cookie has every scope."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"
    """The verbs of designers and admins; the person must hold the permission as well."""


@dataclass(frozen=True, kw_only=True, order=True)
class Grant:
    """A role held by someone: general (`business` None) or for one business (its key)."""

    role: str
    business: str | None = None


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The person behind a request, as read by its first statement: never cached across requests."""

    id: UUID
    name: str
    display_name: str
    language: str | None = None
    time_zone: str | None = None
    permissions: frozenset[Permission] = frozenset()
    grants: frozenset[Grant] = frozenset()
    scopes: frozenset[Scope] = frozenset(Scope)
    session: bytes | None = None
    """Hash of the session id when the request came with the cookie, None for a bearer token."""

    @property
    def is_admin(self) -> bool:
        """Whether the actor administers the system."""
        return Permission.ADMIN in self.permissions

    def holds(self, grant: Grant) -> bool:
        """Whether the actor holds this candidate role; a business role held for another business does not count."""
        return grant in self.grants

    @property
    def person(self) -> "Person":
        """The actor as shown beside what they did."""
        return Person(id=self.id, name=self.name, display_name=self.display_name)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Another user as shown beside what they did."""

    id: UUID
    name: str
    display_name: str
