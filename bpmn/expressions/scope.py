"""What the compiler knows about names before anything runs."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, kw_only=True, slots=True)
class Reads:
    """Names the program takes from the variables: surely, or only if the item of a filter has no such entry."""

    free: set[str] = field(default_factory=set)
    in_filter: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """``bound`` are the local names; in a filter (``dynamic``) an item's entries are local names too."""

    reads: Reads
    bound: frozenset[str] = frozenset()
    dynamic: bool = False

    def binding(self, names: Iterable[str]) -> "Scope":
        return replace(self, bound=self.bound | frozenset(names))

    def filtering(self) -> "Scope":
        return replace(self, bound=self.bound | {"item"}, dynamic=True)

    @property
    def local(self) -> bool:
        """Whether there is any scope between here and the variables."""
        return self.dynamic or bool(self.bound)
