"""The inbox: what the reader may claim, holds, and did."""

from collections.abc import Mapping

from flask import Response, request

from app.asking import Ask
from app.cursors import place_cursor, place_of
from app.web.blueprint import page
from app.web.refusals import Refusal, submit
from app.web.showing import go, show
from engine.commands import tasks
from engine.queries import tickets as queries
from engine.values.views import InboxView
from storage.answer import Answer
from storage.store import Store

PAGE = 25


@page("GET", "/")
def home(ask: Ask) -> Response:
    """The inbox for whoever works on tickets, the catalogue for whoever opens them."""
    actor = ask.look(lambda work: work.actor)
    return go("/inbox" if actor.grants else "/catalogue")


@page("GET", "/inbox")
def inbox(ask: Ask) -> Response:
    """One part of the inbox, page by page."""
    return show_inbox(ask)


@page("POST", "/inbox/claim")
def claim_from_inbox(ask: Ask) -> Response:
    """Claim a task in its row; when somebody was faster the inbox says who and when."""
    task_id = request.form.get("task", "")

    def act(work: Store) -> Answer:
        tasks.claim(work, task_id)
        return Answer(status=204)

    made = submit(ask, act)
    if isinstance(made, Refusal):
        return show_inbox(ask, refusal=made)
    return go(f"/tasks/{task_id}?done=claimed")


def show_inbox(ask: Ask, *, refusal: Refusal | None = None) -> Response:
    """The inbox, with why something was not done."""
    chosen = request.args.get("view", "")

    def read(work: Store) -> Mapping[str, object]:
        counted = queries.counts(work)
        view = _view(chosen, counted)
        found = queries.inbox(work, view, after=place_of(ask, work.actor, _cursor()), limit=PAGE)
        return {
            "view": view.value,
            "counts": {each.value: count for each, count in counted.items()},
            "rows": found.items,
            "next": place_cursor(ask, work.actor, found.after),
            "first": _cursor() is None,
            "refusal": refusal,
            "done": request.args.get("done", ""),
        }

    return show(ask, "inbox.html", read, status=200 if refusal is None else refusal.status)


def _view(chosen: str, counted: Mapping[InboxView, int]) -> InboxView:
    """The part asked for, else what one holds, else what one may claim."""
    if chosen in set(InboxView):
        return InboxView(chosen)
    holds_only = counted.get(InboxView.MINE) and not counted.get(InboxView.CLAIMABLE)
    return InboxView.MINE if holds_only else InboxView.CLAIMABLE


def _cursor() -> str | None:
    return request.args.get("cursor") or None
