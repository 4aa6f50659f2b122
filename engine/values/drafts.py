"""Drafts: process texts being edited; they may be unsound and are never deployed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from engine.values.actors import Person


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A text being edited. `process_key` is the BPMN process id, None while the text has none."""

    id: UUID
    process_key: str | None
    file_name: str
    verdict: str
    findings: tuple[Mapping[str, object], ...] = ()
    author: Person
    created_at: datetime
    updated_at: datetime
    revision: int = 1
