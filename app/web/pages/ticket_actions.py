"""What people do with a ticket as a whole: end it, hold it, correct it, comment on it, follow it."""

from collections.abc import Callable

from flask import Response, request

from app.asking import Ask
from app.web.blueprint import MANY_PARTS, WITH_FILES, page
from app.web.corrections import changed, correctable, editable_form
from app.web.pages.tickets import show_ticket
from app.web.posted import own_texts, read_form, with_key
from app.web.reader import reader_of
from app.web.refusals import Refusal, submit
from app.web.showing import go
from bpmn.forms.model import Field, FieldType, Form
from engine.commands import comments, corrections, tickets
from engine.errors import NotFound
from engine.queries import tickets as queries
from engine.values.rulings import Action, Sight
from storage.answer import Answer
from storage.store import Store

FILES = Form(id="comment", fields=(Field(key="files", type=FieldType.FILE_PICKER, multiple=True),))
"""The files beside a comment, read like those of any form."""


@page("POST", "/tickets/<ticket_id>/withdraw")
def withdraw(ask: Ask, ticket_id: str) -> Response:
    """Take back one's own ticket."""
    return _act(
        ask, ticket_id, "withdraw", "withdrawn", lambda work: tickets.withdraw(work, ticket_id, reason=_reason())
    )


@page("POST", "/tickets/<ticket_id>/suspend")
def suspend(ask: Ask, ticket_id: str) -> Response:
    """Put the ticket on hold."""
    return _act(ask, ticket_id, "suspend", "suspended", lambda work: tickets.suspend(work, ticket_id, reason=_reason()))


@page("POST", "/tickets/<ticket_id>/resume")
def resume(ask: Ask, ticket_id: str) -> Response:
    """Take the ticket off hold."""
    return _act(ask, ticket_id, "resume", "resumed", lambda work: tickets.resume(work, ticket_id, reason=_reason()))


@page("POST", "/tickets/<ticket_id>/cancel")
def cancel(ask: Ask, ticket_id: str) -> Response:
    """End the ticket before its process does."""
    return _act(ask, ticket_id, "cancel", "cancelled", lambda work: tickets.cancel(work, ticket_id, reason=_reason()))


@page("POST", "/tickets/<ticket_id>/retry")
def retry(ask: Ask, ticket_id: str) -> Response:
    """Let the engine try again."""
    return _act(ask, ticket_id, "retry", "retried", lambda work: tickets.retry(work, ticket_id))


@page("POST", "/tickets/<ticket_id>/followers")
def follow(ask: Ask, ticket_id: str) -> Response:
    """Let somebody, or oneself, follow the ticket."""
    name = request.form.get("user", "").strip()
    return _act(ask, ticket_id, "follow", "followed", lambda work: comments.add_follower(work, ticket_id, name=name))


@page("POST", "/tickets/<ticket_id>/followers/remove")
def unfollow(ask: Ask, ticket_id: str) -> Response:
    """Stop following, or stop somebody from following."""
    name = request.form.get("user", "")
    done = _act(
        ask, ticket_id, "follow", "unfollowed", lambda work: comments.remove_follower(work, ticket_id, name=name)
    )
    # Whoever saw the ticket only as a follower sees it no more.
    seen = ask.look(lambda work: _is_seen(work, ticket_id))
    return done if seen else go("/tickets?scope=followed")


@page("POST", "/tickets/<ticket_id>/comments", limit=WITH_FILES)
def comment(ask: Ask, ticket_id: str) -> Response:
    """Say something, with files."""
    ask.admit()
    asked = with_key(ask, request)
    view, actor = ask.look(lambda work: (queries.ticket(work, ticket_id), work.actor))
    posted = read_form(ask, request, FILES, zone=reader_of(ask, request, actor).zone)
    internal = posted.texts.get("audience") != "public" and view.sight is Sight.FULL
    files = [str(each) for each in posted.answers.get("files", []) or []]  # type: ignore[attr-defined]

    def act(work: Store) -> object:
        return comments.comment(work, ticket_id, text=posted.texts.get("text", ""), internal=internal, uploads=files)

    if posted.refusal is not None:
        return show_ticket(ask, ticket_id, refusal=posted.refusal, refused="comment")
    return _act(asked, ticket_id, "comment", "commented", act, fragment="#comments", is_keyed=True)


@page("POST", "/tickets/<ticket_id>/answers", limit=WITH_FILES, parts=MANY_PARTS)
def correct(ask: Ask, ticket_id: str) -> Response:
    """Change answers that may be corrected."""
    ask.admit()
    asked = with_key(ask, request)
    view, actor = ask.look(lambda work: (queries.ticket(work, ticket_id), work.actor))
    posted = read_form(ask, request, editable_form(view), zone=reader_of(ask, request, actor).zone)
    answers = changed(view, posted.answers)

    def act(work: Store) -> Answer:
        corrections.correct(work, ticket_id, answers=answers, reason=_reason())
        return Answer(status=303, headers={"Location": f"/tickets/{ticket_id}?done=corrected"})

    made = posted.refusal or submit(asked, act)
    if isinstance(made, Refusal):
        again = correctable(view, now=ask.now, answers=posted.answers, refusal=made)
        return show_ticket(ask, ticket_id, refusal=made, refused=Action.CORRECT, typed=again)
    return go(made.headers["Location"])


def _act(
    ask: Ask,
    ticket_id: str,
    form: str,
    done: str,
    command: Callable[[Store], object],
    *,
    fragment: str = "",
    is_keyed: bool = False,
) -> Response:
    def act(work: Store) -> Answer:
        command(work)
        return Answer(status=303, headers={"Location": f"/tickets/{ticket_id}?done={done}{fragment}"})

    made = submit(ask if is_keyed else with_key(ask, request), act)
    if isinstance(made, Refusal):
        return show_ticket(ask, ticket_id, refusal=made, refused=form)
    return go(made.headers["Location"])


def _is_seen(work: Store, ticket_id: str) -> bool:
    try:
        queries.ticket(work, ticket_id)
    except NotFound:
        return False
    return True


def _reason() -> str:
    return own_texts(request).get("reason", "")
