"""The stage: run a command as one of the demo's people, at a moment of the demo's past."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from engine.values.actors import Scope
from storage.answer import Answer
from storage.credentials import LocalCredential
from storage.database import Database
from storage.store import Store
from storage.units import perform

T = TypeVar("T")


@dataclass(kw_only=True)
class Stage:
    """The clock moves a few minutes with every command, so that timelines read like a day's work."""

    database: Database
    at: datetime
    step: timedelta = timedelta(minutes=7)

    def do(self, name: str, command: Callable[[Store], T]) -> T:
        """What the command gave, committed in this person's name."""
        results: list[T] = []

        def act(work: Store) -> Answer:
            results.append(command(work))
            return Answer(status=200, body={})

        credential = LocalCredential(name)
        perform(self.database, act, credential=credential, scope=Scope.ADMIN, address="demo", now=self.at)
        self.at += self.step
        return results[-1]
