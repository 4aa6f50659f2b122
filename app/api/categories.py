"""Categories, and the catalogue they make with their services."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.allowing import Holding, SignedIn
from app.answers import shown
from app.api.noun import Noun
from app.api.processes import names_in
from app.api.reading import NOTHING, done, whole
from app.api.schemas.processes import (
    CatalogueQuery,
    CatalogueShown,
    CategoryChangeTaken,
    CategoryPage,
    CategoryShown,
    CategoryTaken,
)
from app.api.showing import processes as show
from app.asking import Ask
from engine.commands import categories
from engine.queries import catalogue as queries
from engine.values.actors import Permission
from storage.answer import Answer
from storage.store import Store

noun = Noun("categories", "The tree in which requesters look for services")

Taken = Mapping[str, Any]
_ADMIN = Holding.any_of(Permission.ADMIN)


@noun.operation("GET", "/catalogue", allow=SignedIn(), query=CatalogueQuery, answer=CatalogueShown, etag=True)
def get_catalogue(ask: Ask, query: Taken) -> Response:
    """The tree of categories with the services that the asker may open."""

    def read(work: Store) -> dict[str, object]:
        found = queries.catalogue(work, everything=query["everything"])
        return {"shelves": [show.shelf(each, work.actor) for each in found]}

    return shown(ask.look(read))


@noun.operation("GET", "/categories", allow=SignedIn(), answer=CategoryPage, etag=True)
def list_categories(ask: Ask) -> Response:
    """Every category."""
    return whole(ask, queries.list_categories, show.category)


@noun.operation(
    "POST", "/categories", allow=_ADMIN, body=CategoryTaken, answer=CategoryShown, status=201, location=True, etag=True
)
def create_category(ask: Ask, body: Taken) -> Answer:
    """Make a category, at the top or inside another."""

    def act(work: Store) -> Answer:
        made = categories.create(
            work, names=names_in(body["names"]), parent_id=body["parent_id"], position=body["position"]
        )
        address = f"/api/v1/categories/{made.id}"
        return done(show.category(made), status=201, version=made.revision, location=address)

    return ask.perform(act)


@noun.operation(
    "PATCH",
    "/categories/<category_id>",
    allow=_ADMIN,
    body=CategoryChangeTaken,
    answer=CategoryShown,
    if_match="required",
    etag=True,
)
def change_category(ask: Ask, body: Taken, category_id: str) -> Answer:
    """Rename or move a category."""

    def act(work: Store) -> Answer:
        changed = categories.change(
            work,
            category_id,
            names=names_in(body["names"]) if "names" in body else None,
            parent_id=body.get("parent_id"),
            to_top="parent_id" in body and body["parent_id"] is None,
            position=body.get("position"),
            revision=ask.if_match,
        )
        return done(show.category(changed), version=changed.revision)

    return ask.perform(act)


@noun.operation("DELETE", "/categories/<category_id>", allow=_ADMIN, status=204, if_match="required")
def delete_category(ask: Ask, category_id: str) -> Answer:
    """Delete an empty category."""

    def act(work: Store) -> Answer:
        categories.delete(work, category_id, revision=ask.if_match)
        return NOTHING

    return ask.perform(act)
