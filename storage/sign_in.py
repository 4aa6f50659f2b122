"""Signing in as one call: count, verify without a transaction, keep what came of it."""

from datetime import datetime
from typing import TypeVar

from bpmn.errors import FaultdeskError
from engine.commands import sign_in as commands
from engine.commands.sign_in import SignedIn
from engine.passwords import verify
from storage.answer import Answer
from storage.database import Database
from storage.store import Store
from storage.units import perform

T = TypeVar("T")


def sign_in(
    database: Database,
    *,
    name: str,
    password: str,
    address: str | None,
    agent: str | None,
    now: datetime,
    previous: bytes | None = None,
) -> SignedIn:
    """A new session for whoever has this name and password. `previous` is the hash of the session that came along.

    Raises: TooMany `SIGN_IN_THROTTLED`, Unauthenticated `CREDENTIALS_WRONG`, Busy.
    """
    begun: list[commands.Attempt] = []
    done: list[SignedIn] = []

    def begin(work: Store) -> Answer | FaultdeskError:
        return _kept(commands.begin(work, name=name), begun)

    perform(database, begin, now=now, address=address)
    attempt = begun[-1]
    verified = verify(attempt.password_hash, password)

    def finish(work: Store) -> Answer | FaultdeskError:
        outcome = commands.finish(work, attempt, password=password, verified=verified, agent=agent, previous=previous)
        return _kept(outcome, done)

    perform(database, finish, now=now, address=address)
    return done[-1]


def _kept(outcome: T | FaultdeskError, results: list[T]) -> Answer | FaultdeskError:
    if isinstance(outcome, FaultdeskError):
        return outcome
    results.append(outcome)
    return Answer(status=200)
