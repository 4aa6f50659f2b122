"""A service over an SQLite file, which can be stopped, killed and started again."""

import os
import signal
from contextlib import ExitStack
from pathlib import Path

from tests.race.disks import processes_of
from tests.race.drawings import LINE, line
from tests.race.stage import put_in_service, staged
from tests.scenario.serving import served


class Premises:
    """A service over a file in this directory, which can be stopped, killed and started again."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._running = ExitStack()
        self.stage = self._running.enter_context(staged(url_in(directory), directory))
        put_in_service(self.stage, LINE, LINE, line("V1"))

    @property
    def log(self) -> Path:
        """The write-ahead log."""
        return self.directory / "faultdesk.db-wal"

    def stop(self) -> None:
        """As an operator does."""
        self.stage.database.dispose()
        self._running.close()

    def kill(self) -> None:
        """As a power cut does."""
        self.stage.database.dispose()
        for pid in processes_of(self.stage.service.pid):
            os.kill(pid, signal.SIGKILL)
        self._running.close()

    def start(self) -> None:
        """Serve the same file again."""
        self.stage = self.stage.moved(self._running.enter_context(served(url_in(self.directory), self.directory)))


def url_in(directory: Path) -> str:
    """The database's address."""
    return f"sqlite:///{directory / 'faultdesk.db'}"
