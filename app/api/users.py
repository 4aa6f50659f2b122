"""Users, their permissions, and links with which they choose a new password."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.allowing import Holding, SignedIn
from app.answers import shown
from app.api.noun import Noun
from app.api.reading import done
from app.api.schemas.people import LinkShown, PermissionsTaken, ProfileTaken, UserPage, UserShown, UsersQuery, UserTaken
from app.api.session import profile_in
from app.api.showing import people as show
from app.asking import Ask
from app.cursors import text_cursor, text_of
from engine.commands import links, people
from engine.queries import people as queries
from engine.values.actors import Permission
from engine.values.people import User
from storage.answer import Answer
from storage.store import Store

noun = Noun("users", "Accounts")

Taken = Mapping[str, Any]
_ADMIN = Holding.any_of(Permission.ADMIN)
_CHANGE: dict[str, Any] = {"allow": _ADMIN, "answer": UserShown, "if_match": "required", "etag": True}


@noun.operation(
    "GET",
    "/users",
    allow=Holding.any_of(Permission.ADMIN, Permission.AUDITOR),
    query=UsersQuery,
    answer=UserPage,
    etag=True,
)
def list_users(ask: Ask, query: Taken) -> Response:
    """Users by name (admins and auditors)."""

    def read(work: Store) -> dict[str, object]:
        after = text_of(ask, work.actor, query["cursor"])
        found = queries.list_users(work, active=query["active"], after=after, limit=query["limit"])
        items = [show.user(each, work.actor) for each in found.items]
        return {"items": items, "next": text_cursor(ask, work.actor, found.after)}

    return shown(ask.look(read))


@noun.operation(
    "POST",
    "/users",
    allow=_ADMIN,
    body=UserTaken,
    answer=UserShown,
    status=201,
    location=True,
    etag=True,
    keyed=False,
)
def create_user(ask: Ask, body: Taken) -> Answer:
    """Make an account."""

    def act(work: Store) -> Answer:
        made = people.create(
            work,
            name=body["name"],
            profile=profile_in(body),
            permissions=[Permission(each) for each in body["permissions"]],
            password=body["password"],
        )
        return _changed(work, made, status=201, location=f"/api/v1/users/{made.id}")

    return ask.perform(act, keyed=False)


@noun.operation("GET", "/users/<user_id>", allow=SignedIn(), answer=UserShown, etag=True)
def get_user(ask: Ask, user_id: str) -> Response:
    """One user: for admins and auditors anybody, for everybody else themselves."""

    def read(work: Store) -> tuple[dict[str, object], int]:
        found = queries.read_user(work, user_id)
        return show.user(found, work.actor), found.revision

    body, version = ask.look(read)
    return shown(body, version=version)


@noun.operation("PATCH", "/users/<user_id>", body=ProfileTaken, **_CHANGE)
def change_user(ask: Ask, body: Taken, user_id: str) -> Answer:
    """Change somebody's profile."""
    return ask.perform(
        lambda work: _changed(work, people.change(work, user_id, profile_in(body), revision=ask.if_match))
    )


@noun.operation("PUT", "/users/<user_id>/permissions", body=PermissionsTaken, **_CHANGE)
def set_permissions(ask: Ask, body: Taken, user_id: str) -> Answer:
    """Say what somebody may do with the system, from their next request on."""
    wanted = [Permission(each) for each in body["permissions"]]
    return ask.perform(
        lambda work: _changed(work, people.set_permissions(work, user_id, wanted, revision=ask.if_match))
    )


@noun.operation("POST", "/users/<user_id>/deactivate", **_CHANGE)
def deactivate_user(ask: Ask, user_id: str) -> Answer:
    """Take an account out of use: its sessions and tokens end at once."""
    return ask.perform(lambda work: _changed(work, people.deactivate(work, user_id, revision=ask.if_match)))


@noun.operation("POST", "/users/<user_id>/reactivate", **_CHANGE)
def reactivate_user(ask: Ask, user_id: str) -> Answer:
    """Take an account into use again."""
    return ask.perform(lambda work: _changed(work, people.reactivate(work, user_id, revision=ask.if_match)))


@noun.operation("POST", "/users/<user_id>/reset-link", allow=_ADMIN, answer=LinkShown, status=201, keyed=False)
def make_reset_link(ask: Ask, user_id: str) -> Answer:
    """A link with which this person chooses a new password, once and within 30 minutes; shown this once."""

    def act(work: Store) -> Answer:
        _, secret = links.make_reset_link(work, user_id)
        link = f"{ask.desk.settings.base_url}/reset/{secret}"
        return done({"link": link, "expires_at": work.now + links.RESET_LASTS}, status=201)

    return ask.perform(act, keyed=False)


def _changed(work: Store, user: User, *, status: int = 200, location: str | None = None) -> Answer:
    return done(show.user(user, work.actor), status=status, version=user.revision, location=location)
