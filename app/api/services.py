"""Services: what requesters can ask for, each bound to one deployment; and the form that opening one asks."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.allowing import Holding, SignedIn
from app.answers import shown
from app.api.noun import Noun
from app.api.processes import names_in
from app.api.reading import NOTHING, done
from app.api.schemas.common import AnswersTaken
from app.api.schemas.processes import (
    BindTaken,
    BoundServiceShown,
    ServiceChangeTaken,
    ServicePage,
    ServiceShown,
    ServiceTaken,
)
from app.api.schemas.tickets import StartShown
from app.api.showing import processes as show
from app.api.showing.common import names
from app.api.showing.forms import form
from app.asking import Ask
from engine.commands import saving, services
from engine.queries import catalogue
from engine.queries import tickets as queries
from engine.values.actors import Permission
from engine.values.processes import Service
from storage.answer import Answer
from storage.store import Store

noun = Noun("services", "What requesters can ask for")

Taken = Mapping[str, Any]
_ADMIN = Holding.any_of(Permission.ADMIN)
_CHANGE: dict[str, Any] = {"allow": _ADMIN, "answer": ServiceShown, "if_match": "required", "etag": True}


@noun.operation("GET", "/services", allow=SignedIn(), answer=ServicePage, etag=True)
def list_services(ask: Ask) -> Response:
    """Every service for those who read the configuration, else those that the asker may open."""

    def read(work: Store) -> dict[str, object]:
        found = catalogue.list_services(work)
        return {"items": [show.bound_service(each, work.actor) for each in found], "next": None}

    return shown(ask.look(read))


@noun.operation(
    "POST", "/services", allow=_ADMIN, body=ServiceTaken, answer=ServiceShown, status=201, location=True, etag=True
)
def create_service(ask: Ask, body: Taken) -> Answer:
    """Make a service that is bound to nothing yet."""
    purposes = body["purposes"]

    def act(work: Store) -> Answer:
        made = services.create(
            work,
            key=body["key"],
            names=names_in(body["names"]),
            category_id=body["category_id"],
            purposes=None if purposes is None else names_in(purposes),
            position=body["position"],
        )
        return _changed(made, status=201, location=f"/api/v1/services/{made.key}")

    return ask.perform(act)


@noun.operation("GET", "/services/<key>", allow=SignedIn(), answer=BoundServiceShown, etag=True)
def get_service(ask: Ask, key: str) -> Response:
    """One service, what it is bound to, and what is newer."""

    def read(work: Store) -> tuple[dict[str, object], int]:
        found = catalogue.read_service(work, key)
        return show.bound_service(found, work.actor), found.service.revision

    body, version = ask.look(read)
    return shown(body, version=version)


@noun.operation("PATCH", "/services/<key>", body=ServiceChangeTaken, **_CHANGE)
def change_service(ask: Ask, body: Taken, key: str) -> Answer:
    """Change names, purpose, place in the catalogue, or whether it is offered at all."""
    change = services.ServiceChange(
        names=None if body["names"] is None else names_in(body["names"]),
        purposes=None if body["purposes"] is None else names_in(body["purposes"]),
        category_id=body["category_id"],
        active=body["active"],
        position=body["position"],
    )
    return ask.perform(lambda work: _changed(services.change(work, key, change, revision=ask.if_match)))


@noun.operation("POST", "/services/<key>/bind", body=BindTaken, **_CHANGE)
def bind_service(ask: Ask, body: Taken, key: str) -> Answer:
    """Let new tickets run through this deployment; running ones stay where they are."""
    return ask.perform(lambda work: _changed(services.bind(work, key, revision=ask.if_match, **body)))


@noun.operation("POST", "/services/<key>/unbind", **_CHANGE)
def unbind_service(ask: Ask, key: str) -> Answer:
    """Take the service off its deployment."""
    return ask.perform(lambda work: _changed(services.unbind(work, key, revision=ask.if_match)))


@noun.operation("GET", "/services/<key>/form", allow=SignedIn(), answer=StartShown, etag=True)
def get_start_form(ask: Ask, key: str) -> Response:
    """What opening a ticket of the service asks, with the asker's saved answers filled in."""
    found = ask.look(lambda work: queries.start(work, key))
    body = {
        "service": {"key": found.service_key, "names": names(found.service)},
        "purpose": names(found.purpose),
        "form": form(found.form, found.fields, internal=True),
        "saved": dict(found.saved),
    }
    return shown(body)


@noun.operation("PUT", "/services/<key>/saved-answers", allow=SignedIn(), body=AnswersTaken, status=204)
def put_saved_start(ask: Ask, body: Taken, key: str) -> Answer:
    """Keep what the asker has filled in on the start form, for 30 days, for nobody else to see."""

    def act(work: Store) -> Answer:
        saving.save_for_service(work, key, body["answers"])
        return NOTHING

    return ask.perform(act)


@noun.operation("DELETE", "/services/<key>/saved-answers", allow=SignedIn(), status=204)
def delete_saved_start(ask: Ask, key: str) -> Answer:
    """Forget what was saved."""

    def act(work: Store) -> Answer:
        saving.drop_for_service(work, key)
        return NOTHING

    return ask.perform(act)


def _changed(service: Service, *, status: int = 200, location: str | None = None) -> Answer:
    return done(show.service(service), status=status, version=service.revision, location=location)
