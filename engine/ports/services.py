"""Where the catalogue is kept."""

from typing import Protocol
from uuid import UUID

from engine.values.catalogue import BoundService
from engine.values.processes import Category, Service


class Services(Protocol):
    """Services and the tree of their categories."""

    def get(self, key: str, *, lock: bool = False) -> Service | None:
        """The service with this key, active or not."""

    def add(self, service: Service) -> None:
        """Queue a new service."""

    def save(self, service: Service) -> None:
        """Queue all that can change about a service."""

    def all(self) -> tuple[BoundService, ...]:
        """Every service with what it is bound to, by position and key."""

    def bound(self, key: str) -> BoundService | None:
        """One service with what it is bound to."""

    def category(self, category_id: UUID, *, lock: bool = False) -> Category | None:
        """The category with this id."""

    def categories(self) -> tuple[Category, ...]:
        """Every category, by position and name."""

    def add_category(self, category: Category) -> None:
        """Queue a new category."""

    def save_category(self, category: Category) -> None:
        """Queue all that can change about a category."""

    def remove_category(self, category_id: UUID) -> None:
        """Queue its deletion."""

    def in_category(self, category_id: UUID) -> int:
        """How many services stand directly in a category."""
