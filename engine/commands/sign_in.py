"""Signing in and out.

Signing in has three parts, so that no transaction is open while a password is hashed: `begin` counts the attempt, the
caller verifies the password, `finish` keeps what came of it (`storage.sign_in` puts them together).
"""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bpmn.errors import FaultdeskError
from engine.audit import record
from engine.errors import Forbidden, TooMany, Unauthenticated
from engine.passwords import is_outdated
from engine.ports.work import Work
from engine.secret import hash_of, new_secret
from engine.throttling import PER_ACCOUNT, PER_ADDRESS, account_key, address_key, count, uncount, wait
from engine.values.audit import AuditType
from engine.values.people import Attempts, Session, User

ABSOLUTE = timedelta(hours=12)
"""How long a session lasts, however busy."""
_LONGEST_NAME = 120
_LONGEST_AGENT = 300


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A counted attempt: the hash to verify against, None for whoever is unknown, inactive or without a password."""

    name: str
    user_id: UUID | None
    password_hash: str | None


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Somebody who is signed in; `secret` is what the cookie holds."""

    user: User
    secret: str
    expires_in: timedelta = ABSOLUTE


def begin(work: Work, *, name: str) -> Attempt | FaultdeskError:
    """Count an attempt as failed and give what it takes to judge it.

    Returned, not raised, so that it is recorded: TooMany `SIGN_IN_THROTTLED` with `retry_after` in seconds.
    """
    typed = unicodedata.normalize("NFKC", name).strip().lower()[:_LONGEST_NAME]
    counts = work.sessions.attempts([account_key(typed, work.address), address_key(work.address)])
    user = work.people.by_name(typed)
    seconds = max(wait(each, work.now) for each in counts.values())
    if seconds:
        record(work, AuditType.SIGN_IN_THROTTLED, _subject(user), {"retry_after": seconds})
        return TooMany("SIGN_IN_THROTTLED", {"retry_after": seconds})
    for key, limit in ((account_key(typed, work.address), PER_ACCOUNT), (address_key(work.address), PER_ADDRESS)):
        work.sessions.count(count(counts[key], limit, work.now))
    known = user is not None and user.active
    stored = work.people.password_hash(user.id) if user is not None else None
    return Attempt(name=typed, user_id=user.id if user and known else None, password_hash=stored if known else None)


def finish(
    work: Work, attempt: Attempt, *, password: str, verified: bool, agent: str | None, previous: bytes | None = None
) -> SignedIn | FaultdeskError:
    """Begin a session under a new id, or record the failure. `previous`, the session the browser came with, ends.

    Returned, not raised, so that it is recorded: Unauthenticated `CREDENTIALS_WRONG`, the same for an unknown name, a
    wrong password and a deactivated person.
    """
    user = None if attempt.user_id is None else work.people.get(attempt.user_id, lock=True)
    if not verified or user is None or not user.active or work.people.password_hash(user.id) != attempt.password_hash:
        record(work, AuditType.SIGN_IN_FAILED, _subject(user))
        return Unauthenticated("CREDENTIALS_WRONG")
    counts = work.sessions.attempts([account_key(attempt.name, work.address), address_key(work.address)])
    work.sessions.count(uncount(counts[address_key(work.address)], work.now))
    work.sessions.forget(account_key(attempt.name, work.address))
    if attempt.password_hash is not None and is_outdated(attempt.password_hash):
        work.people.set_password(user.id, work.passwords.hash(password))
    if previous is not None:
        work.sessions.end(previous)
    record(work, AuditType.SIGNED_IN, _subject(user), by=user.person)
    return SignedIn(user=user, secret=new_session(work, user.id, agent=agent))


def new_session(work: Work, user_id: UUID, *, agent: str | None) -> str:
    """Begin a session and give its secret."""
    secret = new_secret()
    session = Session(
        hash=hash_of(secret),
        user_id=user_id,
        created_at=work.now,
        expires_at=work.now + ABSOLUTE,
        address=work.address,
        agent=None if agent is None else _printable(agent)[:_LONGEST_AGENT],
    )
    work.sessions.add(session)
    return secret


def sign_out(work: Work) -> None:
    """End the session of the request; for a bearer token there is none to end.

    Raises: Unauthenticated.
    """
    actor = work.actor
    if actor.session is not None:
        work.sessions.end(actor.session)
        record(work, AuditType.SIGNED_OUT, f"user:{actor.name}")


def reauthenticate(work: Work, user_id: UUID, *, password: str) -> FaultdeskError | None:
    """Count and judge somebody signed in who was asked for the password again; None when it was right.

    Whoever is throttled has no password looked at. Guesses sent at one moment may all be looked at, but the count is
    asked again before any of them is answered.

    Returned, not raised, so that it is counted: TooMany `SIGN_IN_THROTTLED`, Forbidden `PASSWORD_WRONG`.
    """
    key = f"again:{user_id}"
    counts: Attempts = work.sessions.attempts([key])[key]
    seconds = wait(counts, work.now)
    if seconds:
        return TooMany("SIGN_IN_THROTTLED", {"retry_after": seconds})
    if work.passwords.verify(work.people.password_hash(user_id), password):
        work.sessions.forget(key)
        return None
    work.sessions.count(count(counts, PER_ACCOUNT, work.now))
    record(work, AuditType.SIGN_IN_FAILED, f"user:{work.actor.name}", {"again": True})
    return Forbidden("PASSWORD_WRONG")


def _subject(user: User | None) -> str:
    """A name that nobody has is not kept: people type their password into the wrong field."""
    return "user:?" if user is None else f"user:{user.name}"


def _printable(text: str) -> str:
    return "".join(each for each in text if unicodedata.category(each) not in {"Cc", "Cs"})
