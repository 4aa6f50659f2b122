"""The catalogue, and opening a ticket of one of its services."""

from collections.abc import Mapping

from flask import Response, request

from app.asking import Ask
from app.limiting import OPENINGS
from app.web.blueprint import MANY_PARTS, WITH_FILES, page
from app.web.book import book_of
from app.web.editing import FormPage, changed_fields, edited, form_page
from app.web.posted import Posted, new_key, read_form, with_key
from app.web.reader import reader_of
from app.web.refusals import Refusal, submit
from app.web.shell import shell_of
from app.web.showing import go, page_of, show
from engine.commands import saving, tickets
from engine.queries import tickets as queries
from engine.queries.catalogue import catalogue as shelves
from engine.queries.catalogue import read_service
from engine.values.actors import Actor
from engine.values.views import StartView
from storage.answer import Answer
from storage.store import Store


@page("GET", "/catalogue")
def catalogue(ask: Ask) -> Response:
    """The services that the reader may open, by category."""
    return show(ask, "catalogue.html", lambda work: {"shelves": shelves(work)})


@page("GET", "/catalogue/<service>/new")
def new_ticket(ask: Ask, service: str) -> Response:
    """The start form of a service, with what the reader has saved."""
    return _form(ask, service, None, None)


@page("POST", "/catalogue/<service>/new", limit=WITH_FILES, parts=MANY_PARTS)
def open_ticket(ask: Ask, service: str) -> Response:
    """Open the ticket; or save, or show the form again with rows and computed fields as they are now."""
    ask.admit()
    asked = with_key(ask, request)
    actor, view = ask.look(lambda work: (work.actor, queries.start(work, service)))
    posted = read_form(ask, request, view.form, zone=reader_of(ask, request, actor).zone)
    if posted.refusal is not None or posted.verb not in ("send", "save"):
        return _form(ask, service, edited(view.form, posted), posted.refusal)
    if posted.verb == "save":
        return _save(ask, service, posted)
    return _open(asked, service, posted)


@page("POST", "/catalogue/<service>/new/fields", parts=MANY_PARTS)
def start_fields(ask: Ask, service: str) -> Response:
    """Those fields of the start form that are no longer as the page shows them."""
    actor, view, book = ask.look(lambda work: (work.actor, queries.start(work, service), book_of(work)))
    reader_of(ask, request, actor)
    return changed_fields(ask, request, view.form, variables={}, book=book)


def _open(ask: Ask, service: str, posted: Posted) -> Response:
    ask.limit("open", OPENINGS)

    def act(work: Store) -> Answer:
        case = tickets.open_ticket(work, service, answers=posted.answers).case
        address = f"/tickets/{case.ticket.id}?done=opened"
        return Answer(status=303, headers={"Location": address}, ticket_id=case.ticket.id)

    made = submit(ask, act)
    if isinstance(made, Refusal):
        return _form(ask, service, posted, made)
    return go(made.headers["Location"])


def _save(ask: Ask, service: str, posted: Posted) -> Response:
    def act(work: Store) -> Answer:
        saving.save_for_service(work, service, posted.answers)
        return Answer(status=204)

    made = submit(ask, act)
    if isinstance(made, Refusal):
        return _form(ask, service, posted, made)
    return go(f"/catalogue/{service}/new?done=saved")


def _form(ask: Ask, service: str, posted: Posted | None, refusal: Refusal | None) -> Response:
    def read(work: Store) -> tuple[Actor, StartView, Mapping[str, object]]:
        # Whoever may neither open it nor configure it need not know that there is such a service.
        read_service(work, service)
        view = queries.start(work, service)
        return work.actor, view, {"shell": shell_of(work), "book": book_of(work)}

    actor, view, around = ask.look(read)
    made: FormPage = form_page(ask, view.form, posted, saved=view.saved, variables={}, refusal=refusal)
    context = {
        **around,
        "view": view,
        "form": made,
        "key": new_key(),
        "done": request.args.get("done", "") if posted is None else "",
    }
    return page_of(ask, "new_ticket.html", context, actor=actor, status=200 if refusal is None else refusal.status)
