"""Where one-time links are kept."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from engine.values.people import Link, LinkPurpose


class Links(Protocol):
    """One-time links, known by the hash of their secret."""

    def get(self, link_hash: bytes) -> Link | None:
        """The link, locked until the transaction ends."""

    def add(self, link: Link) -> None:
        """Queue a new link."""

    def use(self, link_hash: bytes, *, at: datetime) -> None:
        """Queue that it was used."""

    def void(self, purpose: LinkPurpose, user_id: UUID | None, *, at: datetime) -> None:
        """Queue that earlier unused links for the same purpose and person no longer work."""
