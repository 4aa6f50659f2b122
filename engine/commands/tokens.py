"""Bearer tokens: made by their owner, shown once, ended by their owner or an admin."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from engine.audit import record
from engine.checking import Checks
from engine.errors import Conflict, NotFound
from engine.ids import new_id, parse_uuid
from engine.ports.work import Work
from engine.secret import hash_of, new_secret
from engine.values.actors import Scope
from engine.values.audit import AuditType
from engine.values.people import Token

LONGEST = timedelta(days=366)
LIVE = 50
"""Usable tokens of one person."""


def create(work: Work, *, name: str, scopes: Iterable[Scope], expires_at: datetime) -> tuple[Token, str]:
    """A new token of the actor's own, and its secret, which is not shown again.

    Nobody hands out more than they came with: a token can make only tokens with its own scopes.

    Raises: Unauthenticated, Invalid `FIELDS_INVALID`, Conflict `TOKEN_LIMIT`.
    """
    actor, checks = work.actor, Checks()
    token = Token(
        id=new_id(),
        user_id=actor.id,
        name=checks.text("name", name),
        scopes=frozenset(scopes),
        created_at=work.now,
        expires_at=expires_at,
    )
    if not token.scopes:
        checks.refuse("scopes", "FIELD_REQUIRED")
    if not token.scopes <= actor.scopes:
        checks.refuse("scopes", "SCOPE_NOT_HELD", scopes=sorted(token.scopes - actor.scopes))
    if not work.now < expires_at <= work.now + LONGEST:
        checks.refuse("expires_at", "EXPIRY_OUT_OF_RANGE", days=LONGEST.days)
    checks.done()
    live = [each for each in work.tokens.of(actor.id) if each.revoked_at is None and each.expires_at > work.now]
    if len(live) >= LIVE:
        raise Conflict("TOKEN_LIMIT", {"limit": LIVE})
    secret = new_secret()
    work.tokens.add(token, secret_hash=hash_of(secret))
    facts = {"name": token.name, "scopes": sorted(token.scopes), "expires_at": expires_at.isoformat()}
    record(work, AuditType.TOKEN_CREATED, f"token:{token.id}", {"after": facts})
    return token, secret


def revoke(work: Work, token_id: str) -> Token:
    """End a token at once. Ending it twice is no error.

    Raises: Unauthenticated, NotFound when there is none or it is somebody else's and the actor no admin.
    """
    parsed = parse_uuid(token_id)
    token = None if parsed is None else work.tokens.get(parsed)
    actor = work.actor
    if token is None or (token.user_id != actor.id and not actor.is_admin):
        raise NotFound("token")
    if token.revoked_at is not None:
        return token
    work.tokens.revoke(token.id, at=work.now)
    record(work, AuditType.TOKEN_REVOKED, f"token:{token.id}", {"before": {"name": token.name}})
    return replace(token, revoked_at=work.now)
