"""Credentials: what a request brings to say who is asking, and the statements that look them up.

A secret is never stored (see `engine.secret`): a credential holds its hash.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import bindparam

# Named again here, because whoever makes a credential hashes a secret for it.
from engine.secret import hash_of, new_secret
from storage.channel import Parameters
from storage.tables import role_member, session, token, user

__all__ = [
    "LOOK_UP",
    "USER_ID",
    "Credential",
    "LocalCredential",
    "SessionCredential",
    "TokenCredential",
    "hash_of",
    "new_secret",
    "parameters_of",
]


@dataclass(frozen=True)
class SessionCredential:
    """The session cookie of a browser."""

    hash: bytes


@dataclass(frozen=True)
class TokenCredential:
    """A bearer token."""

    hash: bytes


@dataclass(frozen=True)
class LocalCredential:
    """Somebody who runs the command line on the host: the operating system has checked who that is."""

    name: str


Credential = SessionCredential | TokenCredential | LocalCredential

_PERSON = (
    user.c.id,
    user.c.name,
    user.c.display_name,
    user.c.language,
    user.c.time_zone,
    user.c.permissions,
    user.c.active,
    role_member.c.role,
    role_member.c.business,
)
_HASH: sa.BindParameter[bytes] = bindparam("hash", type_=sa.LargeBinary)
_NAME: sa.BindParameter[str] = bindparam("name", type_=sa.Text)


def _with_grants(source: sa.FromClause) -> sa.FromClause:
    return source.outerjoin(role_member, role_member.c.user_id == user.c.id)


LOOK_UP: dict[type[Credential], sa.Select[tuple[object, ...]]] = {
    SessionCredential: sa.select(*_PERSON, session.c.seen_at, session.c.expires_at)
    .select_from(_with_grants(session.join(user)))
    .where(session.c.hash == _HASH),
    TokenCredential: sa.select(*_PERSON, token.c.scopes, token.c.expires_at, token.c.revoked_at)
    .select_from(_with_grants(token.join(user)))
    .where(token.c.hash == _HASH),
    LocalCredential: sa.select(*_PERSON).select_from(_with_grants(user)).where(user.c.name == _NAME),
}
"""One row per role held (or one without a role); none when nobody is known by this credential."""

USER_ID: dict[type[Credential], sa.ScalarSelect[object]] = {
    SessionCredential: sa.select(session.c.user_id).where(session.c.hash == _HASH).scalar_subquery(),
    TokenCredential: sa.select(token.c.user_id).where(token.c.hash == _HASH).scalar_subquery(),
    LocalCredential: sa.select(user.c.id).where(user.c.name == _NAME).scalar_subquery(),
}
"""The same person's id inside another statement of the same round trip."""


def parameters_of(credential: Credential) -> Parameters:
    """What the statements above need to be told."""
    return {"name": credential.name} if isinstance(credential, LocalCredential) else {"hash": credential.hash}
