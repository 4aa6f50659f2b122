"""Where sessions and attempts to sign in are kept."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from engine.values.people import Attempts, Session


class Sessions(Protocol):
    """Sessions of browsers, and how often somebody failed to begin one."""

    def add(self, session: Session) -> None:
        """Queue a new session."""

    def end(self, session_hash: bytes) -> None:
        """Queue that a session ends."""

    def end_all(self, user_id: UUID) -> None:
        """Queue that all sessions of a user end."""

    def attempts(self, keys: Iterable[str]) -> dict[str, Attempts]:
        """The counts under these keys, locked; keys never counted are absent."""

    def count(self, attempts: Attempts) -> None:
        """Queue a count."""

    def forget(self, key: str) -> None:
        """Queue that a count begins anew."""
