"""Pages by key: no offset, so that a page costs the same however far one has turned."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

LIMIT = 100
"""The most items of one page."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """Some items; `next` is what to ask for the following ones with, None on the last page."""

    items: tuple[T, ...]
    next: str | None = None


def page_of(read: Callable[[int], tuple[T, ...]], *, limit: int, key: Callable[[T], str]) -> Page[T]:
    """A page of at most `limit` (1 to 100) items; `read` is asked for one more, to learn whether there is one."""
    bounded = max(1, min(limit, LIMIT))
    found = read(bounded + 1)
    more = len(found) > bounded
    items = found[:bounded]
    return Page(items=items, next=key(items[-1]) if more else None)
