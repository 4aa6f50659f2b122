"""Where imported texts are kept."""

from typing import Protocol
from uuid import UUID

from bpmn.model import ProcessDefinition
from engine.values.processes import Version


class Versions(Protocol):
    """Imported texts; none is ever changed."""

    def get(self, process_id: UUID, number: int) -> Version | None:
        """The version with this number."""

    def by_hash(self, process_id: UUID, version_hash: str) -> Version | None:
        """The version that means the same."""

    def content(self, process_id: UUID, number: int) -> bytes | None:
        """The bytes first imported."""

    def definition(self, version: Version) -> ProcessDefinition:
        """What the version means; decoded once per process."""

    def page(self, process_id: UUID, *, before: int | None, limit: int) -> tuple[Version, ...]:
        """The newest versions first, from before this number on."""

    def add(self, version: Version, *, content: bytes, definition: bytes) -> None:
        """Queue a new version with its bytes and its definition's canonical JSON; its process remembers the number."""

    def remove(self, process_id: UUID, number: int) -> None:
        """Queue its deletion; its number is not given again."""
