"""How statements reach the database, whichever it is: what is asked in one go, and what is committed with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

Parameters = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Statement:
    """A Core statement with its parameters: one mapping, or a sequence of them for several rows."""

    clause: sa.Executable
    parameters: Parameters | Sequence[Parameters] = ()

    @property
    def rows(self) -> list[Parameters]:
        """The parameters of each row; one empty mapping where there are none."""
        if isinstance(self.parameters, Mapping):
            return [self.parameters]
        return list(self.parameters) or [{}]


@dataclass(frozen=True, slots=True)
class Together:
    """Writes of which none depends on another and no two touch one row: their order is of no matter, and they give no
    rows. Where the database can do so, they are one statement."""

    statements: Sequence[Statement]


class Channel(Protocol):
    """One connection in one transaction."""

    def ask(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """Run the statements in one round trip; the rows of each (empty where it gives none).

        Those that write or lock run in order; what only reads may run after all of them.
        """

    def commit(self, writes: Sequence[Statement | Together]) -> list[list[Any]]:
        """Run the writes in order and COMMIT, one round trip; the rows of each."""

    def close(self) -> None:
        """Roll back what was not committed."""
