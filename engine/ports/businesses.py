"""Where business lines are kept."""

from typing import Protocol

from engine.values.people import Business


class Businesses(Protocol):
    """Business lines."""

    def get(self, key: str, *, lock: bool = False) -> Business | None:
        """The business with this key."""

    def all(self) -> tuple[Business, ...]:
        """Every business by key."""

    def add(self, business: Business) -> None:
        """Queue a new business."""

    def save(self, business: Business) -> None:
        """Queue all that can change about a business."""
