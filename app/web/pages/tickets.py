"""Tickets: the lists of them, and everything about one on one page."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, request

from app.asking import Ask
from app.cursors import place_cursor, place_of
from app.web.blueprint import page
from app.web.book import Book, book_of
from app.web.corrections import correctable
from app.web.editing import FormPage
from app.web.history import element_name, entries, explained, people_named, visits
from app.web.posted import new_key
from app.web.reader import reader_of
from app.web.refusals import Refusal
from app.web.shell import Shell, shell_of
from app.web.showing import page_of, show
from app.web.words import phases, statuses
from engine.media import IMAGES
from engine.queries import tickets as queries
from engine.queries.catalogue import list_services
from engine.values.actors import Actor
from engine.values.events import Attachment, Comment, Event
from engine.values.pages import Page
from engine.values.people import User
from engine.values.rulings import Action, Sight
from engine.values.views import TicketFilter, TicketScope, TicketView
from storage.store import Store

PAGE = 25
EVENTS = 500
"""Events and comments that a page shows at most; the API has the rest."""
SCOPES = ("mine", "followed", "all")
_FILTERS = ("status", "phase", "service", "business")


@dataclass(frozen=True, kw_only=True)
class TicketRead:
    """What the page of one ticket reads."""

    actor: Actor
    shell: Shell
    view: TicketView
    events: Page[Event, int]
    comments: tuple[Comment, ...]
    files: tuple[Attachment, ...]
    followers: tuple[User, ...]
    book: Book


@page("GET", "/tickets")
def tickets(ask: Ask) -> Response:
    """The tickets that the reader sees: their own, those they follow, or all; searched and filtered."""
    given = {name: request.args.get(name, "").strip() for name in ("scope", "q", *_FILTERS)}
    scope = given["scope"] if given["scope"] in SCOPES else ("all" if given["q"] else "mine")
    wanted = TicketFilter(
        scope=TicketScope(scope),
        text=given["q"][:200] or None,
        status=given["status"] or None,
        phase=given["phase"] or None,
        service=given["service"] or None,
        business=given["business"] or None,
    )
    cursor = request.args.get("cursor") or None

    def read(work: Store) -> Mapping[str, object]:
        found = queries.tickets(work, wanted, after=place_of(ask, work.actor, cursor), limit=PAGE)
        return {
            "rows": found.items,
            "next": place_cursor(ask, work.actor, found.after),
            "first": cursor is None,
            "given": {**given, "scope": scope},
            "filtered": any(given[name] for name in ("q", *_FILTERS)),
            "statuses": statuses(),
            "phases": phases(),
            "services": tuple(each.service for each in list_services(work)),
            "book": book_of(work),
        }

    return show(ask, "tickets.html", read)


@page("GET", "/tickets/<ticket_id>")
def ticket(ask: Ask, ticket_id: str) -> Response:
    """Everything about one ticket that the reader may see."""
    return show_ticket(ask, ticket_id)


def show_ticket(
    ask: Ask, ticket_id: str, *, refusal: Refusal | None = None, refused: str = "", typed: FormPage | None = None
) -> Response:
    """The ticket's page; `refused` names the form of the page whose sending was refused, `typed` what was in it."""
    read = ask.look(lambda work: _read(work, ticket_id))
    reader_of(ask, request, read.actor)
    definition = read.view.case.deployment.definition
    timeline = entries(read.events.items, definition, read.book)
    context = {
        "shell": read.shell,
        "view": read.view,
        "timeline": timeline,
        "is_cut": read.events.after is not None,
        "visits": visits(timeline),
        "comments": read.comments,
        "files": read.files,
        "files_of": {each.seq: [file for file in read.files if file.comment_seq == each.seq] for each in read.comments},
        "followers": read.followers,
        "book": read.book,
        "explain": lambda ruling: explained(ruling, definition, read.book),
        "name_of": lambda task: element_name(definition, task.element_id),
        "form": typed or correctable(read.view, now=ask.now),
        "refusal": refusal,
        "refused": refused,
        "typed": request.form if refusal is not None else {},
        "key": new_key(),
        "done": request.args.get("done", ""),
        "images": IMAGES,
        "Action": Action,
        "sees_all": read.view.sight is Sight.FULL,
    }
    return page_of(ask, "ticket.html", context, actor=read.actor, status=200 if refusal is None else refusal.status)


def _read(work: Store, ticket_id: str) -> TicketRead:
    view = queries.ticket(work, ticket_id)
    events = queries.timeline(work, ticket_id, limit=EVENTS)
    files = queries.attachments(work, ticket_id)
    followers = (work.people.get(each) for each in sorted(view.case.followers))
    return TicketRead(
        actor=work.actor,
        shell=shell_of(work),
        view=view,
        events=events,
        comments=queries.comments(work, ticket_id, limit=EVENTS).items,
        files=files,
        followers=tuple(each for each in followers if each is not None),
        book=book_of(work, people=people_named(events.items, view.case.deployment.definition), files=files),
    )
