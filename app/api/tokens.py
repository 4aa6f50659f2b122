"""Bearer tokens: scoped, expiring, revocable; their secret is shown once."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.allowing import SignedIn
from app.api.noun import Noun
from app.api.reading import NOTHING, done, whole
from app.api.schemas.people import NewTokenShown, TokenPage, TokensQuery, TokenTaken
from app.api.showing import people as show
from app.asking import Ask
from engine.commands import tokens
from engine.queries import people as queries
from engine.values.actors import Scope
from storage.answer import Answer
from storage.store import Store

noun = Noun("tokens", "Bearer tokens")

Taken = Mapping[str, Any]


@noun.operation("GET", "/tokens", allow=SignedIn(), query=TokensQuery, answer=TokenPage, etag=True)
def list_tokens(ask: Ask, query: Taken) -> Response:
    """One's own tokens, or (admins) somebody's; the newest first."""
    return whole(ask, lambda work: queries.list_tokens(work, query["user"]), show.token)


@noun.operation(
    "POST",
    "/tokens",
    allow=SignedIn(),
    body=TokenTaken,
    answer=NewTokenShown,
    status=201,
    location=True,
    keyed=False,
)
def create_token(ask: Ask, body: Taken) -> Answer:
    """Make a token for oneself. Its secret stands in this answer and nowhere else."""

    def act(work: Store) -> Answer:
        made, secret = tokens.create(
            work, name=body["name"], scopes=[Scope(each) for each in body["scopes"]], expires_at=body["expires_at"]
        )
        return done({**show.token(made), "secret": secret}, status=201, location=f"/api/v1/tokens/{made.id}")

    return ask.perform(act, keyed=False)


@noun.operation("DELETE", "/tokens/<token_id>", allow=SignedIn(), status=204)
def revoke_token(ask: Ask, token_id: str) -> Answer:
    """End a token at once (its owner, and admins)."""

    def act(work: Store) -> Answer:
        tokens.revoke(work, token_id)
        return NOTHING

    return ask.perform(act)
