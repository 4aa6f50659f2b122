"""The load: several clients at work at once."""

import random
import threading
import time

from tests.crash.clients import Client
from tests.crash.ledger import Ledger
from tests.crash.people import Cast


class Load:
    """Several clients at work at once."""

    def __init__(self, cast: list[Cast], port: int, *, seed: int) -> None:
        self._stop = threading.Event()
        self._clients = [
            Client(name=f"c{number}", cast=each, port=port, stop=self._stop, chance=random.Random(f"{seed}.{number}"))
            for number, each in enumerate(cast)
        ]
        self._threads = [threading.Thread(target=each.run, name=each.name, daemon=True) for each in self._clients]
        self.ledger = Ledger(pages=[each.page for each in self._clients])

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float = 60.0) -> None:
        """Begin nothing more, and wait until everything begun is answered: the server must be up."""
        self._stop.set()
        deadline = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0.0))
        late = [thread.name for thread in self._threads if thread.is_alive()]
        assert not late, f"{late} still wait for an answer after {patience} s"

    @property
    def acknowledged(self) -> int:
        """How many changes were acknowledged so far."""
        return sum(len(page.changes) for page in self.ledger.pages)
