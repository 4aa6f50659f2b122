"""Where drafts are kept."""

from typing import Protocol
from uuid import UUID

from engine.values.drafts import Draft


class Drafts(Protocol):
    """Texts being edited."""

    def get(self, draft_id: UUID, *, lock: bool = False) -> Draft | None:
        """The draft with this id."""

    def content(self, draft_id: UUID) -> bytes | None:
        """Its text."""

    def page(self, *, before: UUID | None, limit: int, process_key: str | None = None) -> tuple[Draft, ...]:
        """The newest drafts first; only those of one process, when named."""

    def add(self, draft: Draft, *, content: bytes) -> None:
        """Queue a new draft."""

    def save(self, draft: Draft, *, content: bytes) -> None:
        """Queue a draft's new text."""

    def remove(self, draft_id: UUID) -> None:
        """Queue its deletion."""
