"""Pages of lists: keyset pages, in one direction, with what the next one begins after."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

T = TypeVar("T")
At = TypeVar("At")

LARGEST_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a page begins: after this row. `at` orders, the ids make the order total."""

    at: datetime | None = None
    id: UUID | None = None
    seq: int = 0


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T, At]):
    """Some rows and what to ask for the following ones with: a place, a key or a number."""

    items: tuple[T, ...]
    after: At | None = None
    """None on the last page."""
