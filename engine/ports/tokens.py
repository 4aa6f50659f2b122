"""Where bearer tokens are kept."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from engine.values.people import Token


class Tokens(Protocol):
    """Bearer tokens, known by the hash of their secret."""

    def get(self, token_id: UUID) -> Token | None:
        """The token with this id."""

    def of(self, user_id: UUID) -> tuple[Token, ...]:
        """A user's tokens, the newest first, revoked and expired ones too."""

    def add(self, token: Token, *, secret_hash: bytes) -> None:
        """Queue a new token."""

    def revoke(self, token_id: UUID, *, at: datetime) -> None:
        """Queue that it ends."""

    def revoke_all(self, user_id: UUID, *, at: datetime) -> None:
        """Queue that all of a user's tokens end."""
