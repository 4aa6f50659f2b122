"""The one place where a transaction begins and ends: `perform` runs a command, `look` a query.

A command may run again from the start (`storage.retrying`), so it must have no effect but its queued writes.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import TypeVar

from bpmn.errors import FaultdeskError
from engine.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed, Unauthenticated
from engine.hashing import Hashing, settling
from engine.values.actors import Actor, Permission, Scope
from storage import idempotency as keys
from storage.answer import Answer, Replayed
from storage.channel import Statement
from storage.credentials import Credential
from storage.database import Database
from storage.failures import ERRORS
from storage.gate import Door
from storage.idempotency import IdempotencyKey
from storage.retrying import run_again
from storage.store import Store

T = TypeVar("T")
Act = Callable[[Store], Answer | FaultdeskError]
OnRefusal = Callable[[FaultdeskError], Answer]

_KEPT_REFUSALS = (Forbidden, NotFound, Conflict, PreconditionFailed, Invalid)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Who asks, what the route requires of them, and from where."""

    credential: Credential | None = None
    require: frozenset[Permission] | None = None
    scope: Scope = Scope.READ
    idempotency: IdempotencyKey | None = None
    address: str | None = None
    now: datetime
    passwords: Hashing = field(default_factory=Hashing)

    def door(self) -> Door | None:
        """The gate for one run; None lets an anonymous request through where the route asks nothing of it.

        Raises: Unauthenticated when the route asks for a permission and nobody is asking.
        """
        if self.credential is None:
            if self.require is not None:
                raise Unauthenticated("NOT_SIGNED_IN")
            return None
        return Door(
            credential=self.credential,
            require=self.require,
            scope=self.scope,
            idempotency=self.idempotency,
            now=self.now,
        )


def perform(  # noqa: PLR0913 - everything but `database` and `act` is named by the caller
    database: Database,
    act: Act,
    *,
    credential: Credential | None = None,
    require: frozenset[Permission] | None = None,
    scope: Scope = Scope.WRITE,
    idempotency: IdempotencyKey | None = None,
    address: str | None = None,
    now: datetime,
    on_refusal: OnRefusal | None = None,
) -> Answer:
    """Run a command in one transaction and give its answer, or the one given before to the same keyed request.

    `act` may run up to three times, and once more for each password that it has hashed or verified: that is done
    while no transaction is open (`engine.hashing`). A refusal it raises undoes everything it did; one it *returns* is
    raised after its writes are committed (a wrong password is both refused and counted). With an idempotency key and
    `on_refusal`, a refusal by the domain (403, 404, 409, 412, 422) is rendered, kept and answered instead of raised.

    Raises: Unauthenticated, Forbidden, Invalid `KEY_REUSED` (see Door), what `act` raises, Busy.
    """
    # A key belongs to an actor; from somebody anonymous it means nothing.
    key = None if credential is None else idempotency
    asking = Asking(credential=credential, require=require, scope=scope, idempotency=key, address=address, now=now)

    tries = count()

    def once(sent: Callable[[], None]) -> Answer:
        # Two commands on one ticket are rare. The first try takes no lock: both would write the ticket's next event,
        # whose key lets only one of them through, and the other comes again behind the lock.
        locking = next(tries) > 0
        return settling(lambda: _run(database, act, asking, on_refusal, sent, lock_cases=locking))

    try:
        return run_again(once, repeatable=key is not None)
    except Replayed as earlier:
        return earlier.answer


def look(
    database: Database,
    query: Callable[[Store], T],
    *,
    credential: Credential | None = None,
    require: frozenset[Permission] | None = None,
    scope: Scope = Scope.READ,
    now: datetime,
) -> T:
    """Run a query; it writes nothing but, at most once a minute, that the session is still in use.

    Raises: Unauthenticated, Forbidden (see Door), what `query` raises, Busy.
    """
    asking = Asking(credential=credential, require=require, scope=scope, now=now)

    def once(_sent: Callable[[], None]) -> T:
        door = asking.door()
        try:
            with database.channel(writing=False) as channel:
                work = Store(channel, gate=door, now=now)
                result = query(work)
                work.admit()
                return result
        finally:
            if door is not None and door.seen is not None:
                _note_seen(database, door.seen)

    return run_again(once, repeatable=True)


def _run(
    database: Database,
    act: Act,
    asking: Asking,
    on_refusal: OnRefusal | None,
    sent: Callable[[], None],
    *,
    lock_cases: bool,
) -> Answer:
    door = asking.door()
    actor: Actor | None = None
    try:
        with database.channel(writing=True) as channel:
            work = Store(
                channel,
                gate=door,
                now=asking.now,
                address=asking.address,
                passwords=asking.passwords,
                lock_cases=lock_cases,
            )
            try:
                return _commit(work, act(work), asking, door, sent)
            finally:
                actor = work.admitted
    except _KEPT_REFUSALS as refusal:
        if actor is None or asking.idempotency is None or on_refusal is None:
            _note_seen(database, door.seen if door is not None else None)
            raise
        answer = on_refusal(refusal)
        _keep(database, asking, asking.idempotency, answer, actor, door)
        return answer


def _commit(
    work: Store, outcome: Answer | FaultdeskError, asking: Asking, door: Door | None, sent: Callable[[], None]
) -> Answer:
    work.admit()
    if asking.idempotency is not None and isinstance(outcome, Answer) and not outcome.secret:
        for statement in keys.keeping(asking.idempotency, outcome, actor_id=work.actor.id, now=work.now):
            work.write(statement.clause, statement.parameters)
    if door is not None and door.seen is not None:
        work.write(door.seen.clause, door.seen.parameters)
    sent()
    last = work.commit()
    if isinstance(outcome, FaultdeskError):
        raise outcome
    return outcome.numbered(_number_in(last))


def _number_in(rows: list[list[object]]) -> str | None:
    """The ticket's number from the rows of the counter's statement, when the command opened a ticket."""
    return next((str(row.number) for result in rows for row in result if hasattr(row, "number")), None)


def _keep(
    database: Database, asking: Asking, key: IdempotencyKey, answer: Answer, actor: Actor, door: Door | None
) -> None:
    seen = [door.seen] if door is not None and door.seen is not None else []
    with database.channel(writing=True) as channel:
        channel.commit([*keys.keeping(key, answer, actor_id=actor.id, now=asking.now), *seen])


def _note_seen(database: Database, seen: Statement | None) -> None:
    """Write that the session is in use. A busy database is no reason to fail a request that has its answer."""
    if seen is None:
        return
    with suppress(*ERRORS), database.channel(writing=True) as channel:
        channel.commit([seen])
