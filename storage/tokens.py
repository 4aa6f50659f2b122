"""Bearer tokens in their table."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.values.actors import Scope
from engine.values.people import Token
from storage import tables as t
from storage.channel import Statement
from storage.types import Moment
from storage.work import Work

_TOKENS = sa.select(*(column for column in t.token.c if column.name != "hash"))
_GET = _TOKENS.where(t.token.c.id == bindparam("token_id", type_=sa.Uuid))
_OF = _TOKENS.where(t.token.c.user_id == bindparam("user_id", type_=sa.Uuid)).order_by(t.token.c.id.desc())
_ADD = sa.insert(t.token)
_END = sa.update(t.token).where(t.token.c.revoked_at.is_(None)).values(revoked_at=bindparam("at", type_=Moment))
_REVOKE = _END.where(t.token.c.id == bindparam("of_token", type_=sa.Uuid))
_REVOKE_ALL = _END.where(t.token.c.user_id == bindparam("of_user", type_=sa.Uuid))


class TokenStore:
    """See engine.ports.tokens."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, token_id: UUID) -> Token | None:
        """See Tokens."""
        [found] = self._work.read(Statement(_GET, {"token_id": token_id}))
        return _token(found[0]) if found else None

    def of(self, user_id: UUID) -> tuple[Token, ...]:
        """See Tokens."""
        [found] = self._work.read(Statement(_OF, {"user_id": user_id}))
        return tuple(_token(row) for row in found)

    def add(self, token: Token, *, secret_hash: bytes) -> None:
        """See Tokens."""
        row = {
            "id": token.id,
            "hash": secret_hash,
            "user_id": token.user_id,
            "name": token.name,
            "scopes": " ".join(sorted(token.scopes)),
            "created_at": token.created_at,
            "expires_at": token.expires_at,
        }
        self._work.write(_ADD, row)

    def revoke(self, token_id: UUID, *, at: datetime) -> None:
        """See Tokens."""
        self._work.write(_REVOKE, {"of_token": token_id, "at": at})

    def revoke_all(self, user_id: UUID, *, at: datetime) -> None:
        """See Tokens."""
        self._work.write(_REVOKE_ALL, {"of_user": user_id, "at": at})


def _token(row: Any) -> Token:
    return Token(
        id=row.id,
        user_id=row.user_id,
        name=row.name,
        scopes=frozenset(Scope(each) for each in row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
