"""Where users are kept."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from engine.values.people import User


class People(Protocol):
    """Users, their permissions, and the hashes of their passwords."""

    def get(self, user_id: UUID, *, lock: bool = False) -> User | None:
        """The user with this id."""

    def by_name(self, name: str, *, lock: bool = False) -> User | None:
        """The user with this name."""

    def by_names(self, names: Iterable[str]) -> tuple[User, ...]:
        """Those of the named users who exist."""

    def page(self, *, after: str | None, limit: int, active: bool | None = None) -> tuple[User, ...]:
        """Users by name, from after this name on."""

    def active_admins(self) -> int:
        """How many active users are admins."""

    def had_admin(self) -> bool:
        """Whether there is, or ever was, an admin."""

    def add(self, user: User, *, password_hash: str | None) -> None:
        """Queue a new user. The first admin is remembered for ever."""

    def save(self, user: User) -> None:
        """Queue all that can change about a user but the password."""

    def password_hash(self, user_id: UUID) -> str | None:
        """The hash of the password; None while none is set."""

    def set_password(self, user_id: UUID, password_hash: str) -> None:
        """Queue a new hash."""
