"""Sessions and attempts to sign in, in their tables."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from engine.values.people import Attempts, Session
from storage import tables as t
from storage.channel import Statement
from storage.work import Work

_ADD = sa.insert(t.session)
_END = sa.delete(t.session).where(t.session.c.hash == bindparam("of_hash", type_=sa.LargeBinary))
_END_ALL = sa.delete(t.session).where(t.session.c.user_id == bindparam("of_user", type_=sa.Uuid))

_KEY = bindparam("key", type_=sa.Text)
# A row is made before it is locked: two first attempts at one time would otherwise both find nothing to lock.
_BEGIN = insert(t.login_attempt).on_conflict_do_nothing()
_READ = sa.select(t.login_attempt).where(t.login_attempt.c.key == _KEY).with_for_update()
_COUNT = sa.update(t.login_attempt).where(t.login_attempt.c.key == bindparam("of_key", type_=sa.Text))
_FORGET = sa.delete(t.login_attempt).where(t.login_attempt.c.key == bindparam("of_key", type_=sa.Text))


class SessionStore:
    """See engine.ports.sessions."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, session: Session) -> None:
        """See Sessions."""
        row = {
            "hash": session.hash,
            "user_id": session.user_id,
            "created_at": session.created_at,
            "seen_at": session.created_at,
            "expires_at": session.expires_at,
            "address": session.address,
            "agent": session.agent,
        }
        self._work.write(_ADD, row)

    def end(self, session_hash: bytes) -> None:
        """See Sessions."""
        self._work.write(_END, {"of_hash": session_hash})

    def end_all(self, user_id: UUID) -> None:
        """See Sessions."""
        self._work.write(_END_ALL, {"of_user": user_id})

    def attempts(self, keys: Iterable[str]) -> dict[str, Attempts]:
        """See Sessions. The keys are taken in one order by everybody, so that two never wait for each other."""
        ordered = sorted(set(keys))
        none = {"failures": 0, "window_started_at": self._work.now}
        begun = [Statement(_BEGIN, {"key": key, **none}) for key in ordered]
        found = self._work.read(*begun, *(Statement(_READ, {"key": key}) for key in ordered))
        return {row.key: _attempts(row) for rows in found[len(begun) :] for row in rows}

    def count(self, attempts: Attempts) -> None:
        """See Sessions."""
        row = {
            "failures": attempts.failures,
            "window_started_at": attempts.window_started_at,
            "blocked_until": attempts.blocked_until,
        }
        self._work.write(_COUNT, {"of_key": attempts.key, **row})

    def forget(self, key: str) -> None:
        """See Sessions."""
        self._work.write(_FORGET, {"of_key": key})


def _attempts(row: Any) -> Attempts:
    return Attempts(
        key=row.key,
        failures=row.failures,
        window_started_at=row.window_started_at,
        blocked_until=row.blocked_until,
    )
