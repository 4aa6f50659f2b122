"""Units of work that nobody asked for: jobs, schedules and the command line."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from engine.hashing import Hashing, settling
from storage.database import Database
from storage.retrying import run_again
from storage.store import Store

T = TypeVar("T")


def in_background(database: Database, act: Callable[[Store], T], *, now: datetime, writing: bool = True) -> T:
    """What `act` gives, after its queued writes are committed. `act` may run up to three times, and once
    more for each password that it has hashed.

    A commit whose answer was lost is tried again too, so what `act` writes must bear being written twice. With
    `writing` False it sees one moment of the database, so that a check never takes a moving ticket for a broken one.

    Raises: what `act` raises, Busy.
    """

    passwords = Hashing()

    def once(sent: Callable[[], None]) -> T:
        with database.channel(writing=writing, snapshot=not writing) as channel:
            work = Store(channel, gate=None, now=now, passwords=passwords)
            result = act(work)
            sent()
            work.commit()
            return result

    return run_again(lambda sent: settling(lambda: once(sent)), repeatable=True)
