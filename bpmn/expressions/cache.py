"""A cache of what texts compile to, bounded by the characters of all its texts.

A program takes up to some 300 bytes for each character of its text, so counting programs would not bound memory.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


class TextCache(Generic[_K, _V]):
    """The values of the texts used last. Safe from any thread; two threads may make one value twice."""

    def __init__(self, characters: int) -> None:
        self._limit = characters
        self._held = 0
        self._lock = Lock()
        self._values: OrderedDict[_K, tuple[_V, int]] = OrderedDict()

    @property
    def characters(self) -> int:
        """Of all texts held now."""
        return self._held

    def get(self, key: _K, size: int, make: Callable[[], _V]) -> _V:
        """The value of the key, made when it is not held; what ``make`` raises is raised and not held."""
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
                return found[0]
        value = make()
        with self._lock:
            if key not in self._values:
                self._values[key] = value, size + 1
                self._held += size + 1
            while self._held > self._limit:
                self._held -= self._values.popitem(last=False)[1][1]
        return value
