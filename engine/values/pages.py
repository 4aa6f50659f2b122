"""Pages of lists: keyset pages, in one direction, with the place where the next one begins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

T = TypeVar("T")

LARGEST_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a page begins: after this row. `at` orders, the ids make the order total."""

    at: datetime | None = None
    id: UUID | None = None
    seq: int = 0


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """Some rows and the place after them; `after` is None on the last page."""

    items: tuple[T, ...]
    after: Place | None = None
