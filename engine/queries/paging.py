"""Pages by key: no offset, so that a page costs the same however far one has turned."""

from collections.abc import Callable
from typing import TypeVar

from engine.values.pages import LARGEST_PAGE, Page

T = TypeVar("T")


def page_of(read: Callable[[int], tuple[T, ...]], *, limit: int, key: Callable[[T], str]) -> Page[T, str]:
    """A page of at most `limit` (1 to 100) items; `read` is asked for one more, to learn whether there is one."""
    bounded = max(1, min(limit, LARGEST_PAGE))
    found = read(bounded + 1)
    more = len(found) > bounded
    items = found[:bounded]
    return Page(items=items, after=key(items[-1]) if more else None)
