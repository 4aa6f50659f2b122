"""Where processes are kept."""

from typing import Protocol
from uuid import UUID

from engine.values.processes import Process


class Processes(Protocol):
    """Processes with their owners and policy."""

    def get(self, key: str, *, lock: bool = False) -> Process | None:
        """The process with this key; `lock` makes other commands on it wait until the transaction ends."""

    def page(self, *, after: str | None, limit: int, owner: UUID | None = None) -> tuple[Process, ...]:
        """Processes by key, from after this key on; only those of one owner, when named."""

    def keys(self) -> frozenset[str]:
        """The keys of all processes."""

    def add(self, process: Process) -> None:
        """Queue a new process."""

    def save(self, process: Process) -> None:
        """Queue all that can change about a process, its owners included."""
