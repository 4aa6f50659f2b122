"""Where roles and their members are kept."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from engine.values.people import Member, Role, RoleMembers


class Roles(Protocol):
    """Roles and who holds them."""

    def get(self, key: str, *, lock: bool = False) -> Role | None:
        """The role with this key."""

    def all(self) -> tuple[RoleMembers, ...]:
        """Every role by key, with the number of its active members."""

    def add(self, role: Role) -> None:
        """Queue a new role."""

    def save(self, role: Role) -> None:
        """Queue all that can change about a role."""

    def remove(self, key: str) -> None:
        """Queue its deletion."""

    def has_members(self, key: str) -> bool:
        """Whether anybody holds the role, active or not."""

    def deployments_with(self, key: str) -> tuple[str, ...]:
        """The processes with a deployment, retired or not, in which the role is a candidate."""

    def members(self, key: str, *, after: tuple[str, str] | None, limit: int) -> tuple[Member, ...]:
        """Members by (business, user name), from after this pair on."""

    def holders(self, key: str, business: str | None, user_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Those of these people who hold the role (for this business)."""

    def add_members(self, key: str, business: str | None, user_ids: Iterable[UUID]) -> None:
        """Queue that these people hold the role."""

    def remove_member(self, key: str, business: str | None, user_id: UUID) -> None:
        """Queue that this person no longer holds the role."""
