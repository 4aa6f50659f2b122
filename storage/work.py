"""The unit of work: one request, one command, one transaction, and who is asking found out by its first statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from engine.errors import Unauthenticated
from engine.values.actors import Actor
from storage.channel import Channel, Parameters, Statement, Together


class Gate(Protocol):
    """What must be asked and judged before anything else: authentication, the route's permission, a repeated key."""

    def statements(self) -> Sequence[Statement]:
        """Sent in one round trip with the command's first read, and after it, to see what its locks waited for."""

    def judge(self, rows: Sequence[list[Any]], *, now: datetime) -> Actor | None:
        """Who is asking.

        Raises: Unauthenticated, Forbidden, or Replayed when this very request was answered before.
        """


class Work:
    """Reads at once, writes with the commit. `now` is the moment of the request, in UTC, the same for all it writes."""

    def __init__(self, channel: Channel, *, gate: Gate | None, now: datetime, lock_cases: bool = True) -> None:
        self._channel = channel
        self._gate = gate
        self._actor: Actor | None = None
        self._writes: list[Statement | Together] = []
        self._last: list[Statement] = []
        self.now = now
        self.lock_cases = lock_cases
        """Whether a command that loads a case locks its ticket, or leaves it to the commit to notice a race."""

    @property
    def actor(self) -> Actor:
        """Who is asking.

        Raises: Unauthenticated for an anonymous unit of work.
        """
        self.admit()
        if self._actor is None:
            raise Unauthenticated("NOT_SIGNED_IN")
        return self._actor

    @property
    def asker(self) -> Actor | None:
        """Who is asking, or None for an anonymous unit of work."""
        self.admit()
        return self._actor

    def admit(self) -> None:
        """Let the gate judge now, when no read did it before.

        Raises: what `Gate.judge` raises.
        """
        if self._gate is not None:
            self.read()

    def read(self, *statements: Statement) -> list[list[Any]]:
        """The rows of each statement, in one round trip. The first read passes the gate.

        Raises: what `Gate.judge` raises, before any row is handed out.
        """
        gate, self._gate = self._gate, None
        guards = gate.statements() if gate is not None else ()
        if not statements and not guards:
            return []
        rows = self._channel.ask([*statements, *guards])
        if gate is not None:
            self._actor = gate.judge(rows[len(statements) :], now=self.now)
        return rows[: len(statements)]

    def write(self, clause: Any, parameters: Parameters | Sequence[Parameters] = ()) -> None:
        """Queue a statement for the commit."""
        self._writes.append(Statement(clause, parameters))

    def write_together(self, statements: Sequence[Statement]) -> None:
        """Queue statements that may be written as one (see Together)."""
        if statements:
            self._writes.append(Together(statements))

    def write_last(self, clause: Any, parameters: Parameters = {}) -> None:  # noqa: B006 - never changed
        """Queue a statement to run after all others, directly before COMMIT (the number counter's short lock)."""
        self._last.append(Statement(clause, parameters))

    def commit(self) -> list[list[Any]]:
        """Write and COMMIT in one round trip; the rows of the statements queued with `write_last`.

        Raises: what `Gate.judge` raises when nothing was read before.
        """
        self.admit()
        if not self._writes and not self._last:
            return []
        rows = self._channel.commit([*self._writes, *self._last])
        taken = rows[len(self._writes) :]
        self._writes, self._last = [], []
        return taken
