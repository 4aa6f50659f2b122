"""Tickets: open, read, list, withdraw, suspend, resume, cancel, retry, correct, follow; and their timelines."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response

from app.allowing import SignedIn
from app.answers import shown
from app.api.noun import Noun
from app.api.reading import NOTHING, done, numbers, places, require_ticket_version
from app.api.schemas.common import OptionalReasonTaken, PageQuery
from app.api.schemas.tickets import (
    CorrectTaken,
    EventPage,
    FollowTaken,
    OpenTaken,
    TicketChangedShown,
    TicketPage,
    TicketQuery,
    TicketViewShown,
)
from app.api.showing import tickets as show
from app.asking import Ask
from app.limiting import OPENINGS
from engine.commands import comments, corrections, tickets
from engine.queries import tickets as queries
from engine.values.tickets import Case
from engine.values.views import TicketFilter, TicketScope
from storage.answer import Answer
from storage.store import Store

noun = Noun("tickets", "Tickets and their timelines")

Taken = Mapping[str, Any]
_CHANGE: dict[str, Any] = {"allow": SignedIn(), "answer": TicketChangedShown, "if_match": "optional", "etag": True}


@noun.operation("GET", "/tickets", allow=SignedIn(), query=TicketQuery, answer=TicketPage, etag=True)
def list_tickets(ask: Ask, query: Taken) -> Response:
    """The tickets that the asker sees, newest first."""
    wanted = TicketFilter(
        scope=TicketScope(query["scope"]),
        text=query["q"],
        **{name: query[name] for name in ("kind", "phase", "status", "service", "business", "priority", "stuck")},
    )
    return places(
        ask, query, lambda work, after, limit: queries.tickets(work, wanted, after=after, limit=limit), show.ticket_row
    )


@noun.operation(
    "POST",
    "/tickets",
    allow=SignedIn(),
    body=OpenTaken,
    answer=TicketChangedShown,
    status=201,
    location=True,
    etag=True,
)
def open_ticket(ask: Ask, body: Taken) -> Answer:
    """Open a ticket of a service: it gets its number and runs to its first tasks."""
    ask.limit("open", OPENINGS)

    def act(work: Store) -> Answer:
        case = tickets.open_ticket(work, body["service"], answers=body["answers"]).case
        address = f"/api/v1/tickets/{case.ticket.id}"
        answer = done(show.ticket_of_case(case, work.actor), status=201, version=case.ticket.events, location=address)
        return Answer(status=201, body=answer.body, headers=answer.headers, ticket_id=case.ticket.id)

    return ask.perform(act)


@noun.operation("GET", "/tickets/<ticket_id>", allow=SignedIn(), answer=TicketViewShown, etag=True)
def get_ticket(ask: Ask, ticket_id: str) -> Response:
    """A ticket with its live tasks and the answers given so far."""

    def read(work: Store) -> tuple[dict[str, object], int]:
        view = queries.ticket(work, ticket_id)
        return show.ticket_view(view, work.actor), view.case.ticket.events

    body, version = ask.look(read)
    return shown(body, version=version)


@noun.operation("POST", "/tickets/<ticket_id>/withdraw", body=OptionalReasonTaken, **_CHANGE)
def withdraw_ticket(ask: Ask, body: Taken, ticket_id: str) -> Answer:
    """Take back one's own ticket, while the process's policy allows it; with a reason."""
    return _change(ask, ticket_id, lambda work: tickets.withdraw(work, ticket_id, reason=body["reason"]))


@noun.operation("POST", "/tickets/<ticket_id>/suspend", body=OptionalReasonTaken, **_CHANGE)
def suspend_ticket(ask: Ask, body: Taken, ticket_id: str) -> Answer:
    """Put a ticket on hold, with a reason (whoever holds one of its tasks, and admins)."""
    return _change(ask, ticket_id, lambda work: tickets.suspend(work, ticket_id, reason=body["reason"]))


@noun.operation("POST", "/tickets/<ticket_id>/resume", body=OptionalReasonTaken, **_CHANGE)
def resume_ticket(ask: Ask, body: Taken, ticket_id: str) -> Answer:
    """Take a ticket off hold, with a reason (whoever holds one of its tasks, and admins)."""
    return _change(ask, ticket_id, lambda work: tickets.resume(work, ticket_id, reason=body["reason"]))


@noun.operation("POST", "/tickets/<ticket_id>/cancel", body=OptionalReasonTaken, **_CHANGE)
def cancel_ticket(ask: Ask, body: Taken, ticket_id: str) -> Answer:
    """End a ticket before its process does, with a reason (admins)."""
    return _change(ask, ticket_id, lambda work: tickets.cancel(work, ticket_id, reason=body["reason"]))


@noun.operation("POST", "/tickets/<ticket_id>/retry", **_CHANGE)
def retry_ticket(ask: Ask, ticket_id: str) -> Answer:
    """Let the engine try again to move a stuck ticket (admins)."""
    return _change(ask, ticket_id, lambda work: tickets.retry(work, ticket_id))


@noun.operation("PATCH", "/tickets/<ticket_id>/answers", body=CorrectTaken, **_CHANGE)
def correct_answers(ask: Ask, body: Taken, ticket_id: str) -> Answer:
    """Change answers in fields that may be corrected, with a reason; computed fields follow."""
    return _change(
        ask,
        ticket_id,
        lambda work: corrections.correct(work, ticket_id, answers=body["answers"], reason=body["reason"]),
    )


@noun.operation("POST", "/tickets/<ticket_id>/followers", body=FollowTaken, **_CHANGE)
def follow_ticket(ask: Ask, body: Taken, ticket_id: str) -> Answer:
    """Let somebody, or oneself, follow the ticket: they see it without what is internal."""
    return _change(ask, ticket_id, lambda work: comments.add_follower(work, ticket_id, name=body["user"]))


@noun.operation("DELETE", "/tickets/<ticket_id>/followers/<user>", allow=SignedIn(), status=204, if_match="optional")
def unfollow_ticket(ask: Ask, ticket_id: str, user: str) -> Answer:
    """Stop following; admins may end anybody's following."""

    def act(work: Store) -> Answer:
        require_ticket_version(ask, work, ticket_id)
        comments.remove_follower(work, ticket_id, name=user)
        return NOTHING

    return ask.perform(act)


@noun.operation("GET", "/tickets/<ticket_id>/timeline", allow=SignedIn(), query=PageQuery, answer=EventPage, etag=True)
def list_events(ask: Ask, query: Taken, ticket_id: str) -> Response:
    """What happened to a ticket, in order, without what is not the asker's to see."""
    return numbers(
        ask,
        query,
        lambda work, after, limit: queries.timeline(work, ticket_id, after=after, limit=limit),
        show.event,
    )


def _change(ask: Ask, ticket_id: str, command: Callable[[Store], Case]) -> Answer:
    def act(work: Store) -> Answer:
        require_ticket_version(ask, work, ticket_id)
        case = command(work)
        return done(show.ticket_of_case(case, work.actor), version=case.ticket.events)

    return ask.perform(act)
