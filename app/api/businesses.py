"""Business lines that tickets concern."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.allowing import Holding, SignedIn
from app.answers import shown
from app.api.noun import Noun
from app.api.processes import names_in
from app.api.reading import done, whole
from app.api.schemas.people import BusinessChangeTaken, BusinessPage, BusinessShown, BusinessTaken
from app.api.showing import people as show
from app.asking import Ask
from engine.commands import businesses
from engine.queries import people as queries
from engine.values.actors import Permission
from engine.values.people import Business
from storage.answer import Answer

noun = Noun("businesses", "Business lines")

Taken = Mapping[str, Any]
_ADMIN = Holding.any_of(Permission.ADMIN)


@noun.operation("GET", "/businesses", allow=SignedIn(), answer=BusinessPage, etag=True)
def list_businesses(ask: Ask) -> Response:
    """Every business; those out of use only for admins and auditors."""
    return whole(ask, queries.list_businesses, show.business)


@noun.operation(
    "POST", "/businesses", allow=_ADMIN, body=BusinessTaken, answer=BusinessShown, status=201, location=True, etag=True
)
def create_business(ask: Ask, body: Taken) -> Answer:
    """Make a business line."""
    names = names_in(body["names"])
    return ask.perform(lambda work: _changed(businesses.create(work, key=body["key"], names=names), status=201))


@noun.operation("GET", "/businesses/<key>", allow=SignedIn(), answer=BusinessShown, etag=True)
def get_business(ask: Ask, key: str) -> Response:
    """One business."""
    found = ask.look(lambda work: queries.read_business(work, key))
    return shown(show.business(found), version=found.revision)


@noun.operation(
    "PATCH",
    "/businesses/<key>",
    allow=_ADMIN,
    body=BusinessChangeTaken,
    answer=BusinessShown,
    if_match="required",
    etag=True,
)
def change_business(ask: Ask, body: Taken, key: str) -> Answer:
    """Rename a business, or say whether new tickets may concern it."""
    names = None if body["names"] is None else names_in(body["names"])
    return ask.perform(
        lambda work: _changed(businesses.change(work, key, names=names, active=body["active"], revision=ask.if_match))
    )


def _changed(business: Business, *, status: int = 200) -> Answer:
    location = f"/api/v1/businesses/{business.key}" if status == 201 else None
    return done(show.business(business), status=status, version=business.revision, location=location)
