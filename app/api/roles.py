"""Roles and who holds them."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.allowing import Holding, SignedIn
from app.answers import shown
from app.api.noun import Noun
from app.api.processes import names_in
from app.api.reading import NOTHING, done, keys, whole
from app.api.schemas.common import PageQuery
from app.api.schemas.people import (
    MemberPage,
    MemberQuery,
    MembersTaken,
    RoleChangeTaken,
    RolePage,
    RoleShown,
    RoleTaken,
)
from app.api.showing import people as show
from app.asking import Ask
from engine.commands import roles
from engine.queries import people as queries
from engine.values.actors import Permission
from engine.values.people import Role, RoleMembers
from storage.answer import Answer
from storage.store import Store

noun = Noun("roles", "Roles and who holds them")

Taken = Mapping[str, Any]
_ADMIN = Holding.any_of(Permission.ADMIN)


@noun.operation("GET", "/roles", allow=SignedIn(), answer=RolePage, etag=True)
def list_roles(ask: Ask) -> Response:
    """Every role with the number of its active members."""
    return whole(ask, queries.list_roles, show.role)


@noun.operation("POST", "/roles", allow=_ADMIN, body=RoleTaken, answer=RoleShown, status=201, location=True, etag=True)
def create_role(ask: Ask, body: Taken) -> Answer:
    """Make a role that nobody holds yet."""

    def act(work: Store) -> Answer:
        made = roles.create(work, key=body["key"], names=names_in(body["names"]), per_business=body["per_business"])
        return _changed(RoleMembers(role=made), status=201, location=f"/api/v1/roles/{made.key}")

    return ask.perform(act)


@noun.operation("GET", "/roles/<key>", allow=SignedIn(), answer=RoleShown, etag=True)
def get_role(ask: Ask, key: str) -> Response:
    """One role."""
    found = ask.look(lambda work: queries.read_role(work, key))
    return shown(show.role(found), version=found.role.revision)


@noun.operation(
    "PATCH",
    "/roles/<key>",
    allow=_ADMIN,
    body=RoleChangeTaken,
    answer=RoleShown,
    if_match="required",
    etag=True,
)
def change_role(ask: Ask, body: Taken, key: str) -> Answer:
    """Rename a role; make it a business role or a general one while nobody holds it."""
    names = None if body["names"] is None else names_in(body["names"])

    def act(work: Store) -> Answer:
        before = queries.read_role(work, key)
        changed: Role = roles.change(work, key, names=names, per_business=body["per_business"], revision=ask.if_match)
        return _changed(RoleMembers(role=changed, members=before.members))

    return ask.perform(act)


@noun.operation("DELETE", "/roles/<key>", allow=_ADMIN, status=204, if_match="required")
def delete_role(ask: Ask, key: str) -> Answer:
    """Delete a role that nobody holds and no deployment names."""

    def act(work: Store) -> Answer:
        roles.delete(work, key, revision=ask.if_match)
        return NOTHING

    return ask.perform(act)


# Whoever holds the role sees its members too, so the route asks for no permission; the query decides.
@noun.operation("GET", "/roles/<key>/members", allow=SignedIn(), query=PageQuery, answer=MemberPage, etag=True)
def list_members(ask: Ask, query: Taken, key: str) -> Response:
    """Who holds a role, by business and user name (admins, auditors, designers, and whoever holds it)."""
    return keys(
        ask, query, lambda work, after, limit: queries.list_members(work, key, after=after, limit=limit), show.member
    )


@noun.operation("POST", "/roles/<key>/members", allow=_ADMIN, body=MembersTaken, status=204)
def add_members(ask: Ask, body: Taken, key: str) -> Answer:
    """Let people hold a role, from their next request on; whoever holds it already keeps it."""

    def act(work: Store) -> Answer:
        roles.add_members(work, key, body["users"], business=body["business"])
        return NOTHING

    return ask.perform(act)


@noun.operation("DELETE", "/roles/<key>/members/<user>", allow=_ADMIN, query=MemberQuery, status=204)
def remove_member(ask: Ask, query: Taken, key: str, user: str) -> Answer:
    """Take a role from somebody, from their next request on."""

    def act(work: Store) -> Answer:
        roles.remove_member(work, key, user, business=query["business"])
        return NOTHING

    return ask.perform(act)


def _changed(role: RoleMembers, *, status: int = 200, location: str | None = None) -> Answer:
    return done(show.role(role), status=status, version=role.role.revision, location=location)
