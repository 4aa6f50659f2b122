"""Where configuration and sign-in events go."""

from typing import Protocol
from uuid import UUID

from engine.values.audit import AuditEvent


class Audit(Protocol):
    """Append-only: there is no way to change or remove an event."""

    def add(self, event: AuditEvent) -> None:
        """Queue an event."""

    def page(self, *, before: UUID | None, limit: int, subject: str | None = None) -> tuple[AuditEvent, ...]:
        """The newest events first, from before that one on; of one subject only, when named."""
