"""The gate: who is asking, whether the route is open to them, and whether this request was answered before.

Nothing of it is cached: it is read beside the first statement of every request, so that a revocation holds at once on
every node.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.errors import Forbidden, Unauthenticated
from engine.values.actors import Actor, Grant, Permission, Scope
from storage import idempotency as keys
from storage.channel import Statement
from storage.credentials import LOOK_UP, Credential, LocalCredential, SessionCredential, TokenCredential, parameters_of
from storage.idempotency import IdempotencyKey
from storage.tables import session
from storage.types import Moment

IDLE = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=1)

_SEEN = (
    sa.update(session)
    .where(session.c.hash == bindparam("of_hash"), session.c.seen_at < bindparam("before", type_=Moment))
    .values(seen_at=bindparam("moment", type_=Moment))
)


@dataclass(kw_only=True)
class Door:
    """The gate of one request. `seen`, when set by judging, is the write that keeps the session from falling idle."""

    credential: Credential
    require: frozenset[Permission] | None = None
    """Any of these permissions; None asks for none."""
    scope: Scope = Scope.READ
    idempotency: IdempotencyKey | None = None
    now: datetime
    seen: Statement | None = None

    def statements(self) -> Sequence[Statement]:
        """See Gate."""
        who = Statement(LOOK_UP[type(self.credential)], parameters_of(self.credential))
        if self.idempotency is None:
            return (who,)
        return (who, keys.reading(self.credential, self.idempotency, now=self.now))

    def judge(self, rows: Sequence[list[Any]], *, now: datetime) -> Actor:
        """Who is asking.

        Raises: Unauthenticated (`NOT_SIGNED_IN`, `SESSION_ENDED`, `TOKEN_INVALID`), Forbidden (`SCOPE_REQUIRED`,
            `PERMISSION_REQUIRED`), Invalid `KEY_REUSED`, Replayed.
        """
        found = rows[0]
        if not found or not found[0].active or not _stands(self.credential, found[0], now):
            raise Unauthenticated(_ENDED[type(self.credential)])
        actor = actor_of(self.credential, found)
        self._admit(actor)
        if self.idempotency is not None:
            keys.judge(self.idempotency, rows[1])
        if isinstance(self.credential, SessionCredential) and now - found[0].seen_at >= SEEN_EVERY:
            moments = {"of_hash": self.credential.hash, "before": now - SEEN_EVERY + _TICK, "moment": now}
            self.seen = Statement(_SEEN, moments)
        return actor

    def _admit(self, actor: Actor) -> None:
        if self.scope not in actor.scopes:
            raise Forbidden("SCOPE_REQUIRED", {"scope": self.scope.value})
        if self.require is not None and not self.require & actor.permissions:
            raise Forbidden("PERMISSION_REQUIRED", {"permissions": sorted(self.require)})


_TICK = timedelta(microseconds=1)
_ENDED: dict[type[Credential], str] = {
    SessionCredential: "SESSION_ENDED",
    TokenCredential: "TOKEN_INVALID",
    LocalCredential: "NOT_SIGNED_IN",
}


def _stands(credential: Credential, row: Any, now: datetime) -> bool:
    match credential:
        case SessionCredential():
            return bool(now < row.expires_at and now - row.seen_at <= IDLE)
        case TokenCredential():
            return bool(row.revoked_at is None and now < row.expires_at)
        case LocalCredential():
            return True


def actor_of(credential: Credential, rows: Sequence[Any]) -> Actor:
    """The actor whom this credential's rows describe."""
    row = rows[0]
    held = ((each.role, each.business) for each in rows if each.role is not None)
    return Actor(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        language=row.language,
        time_zone=row.time_zone,
        permissions=frozenset(Permission(each) for each in row.permissions.split()),
        grants=frozenset(Grant(role=role, business=business or None) for role, business in held),
        scopes=_scopes(row.scopes.split()) if isinstance(credential, TokenCredential) else frozenset(Scope),
        session=credential.hash if isinstance(credential, SessionCredential) else None,
    )


def _scopes(names: Iterable[str]) -> frozenset[Scope]:
    return frozenset(Scope(name) for name in names)
