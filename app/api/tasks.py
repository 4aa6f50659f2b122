"""Tasks: the inbox, one task with its form, and what people do with it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response

from app.allowing import SignedIn
from app.answers import shown
from app.api.noun import Noun
from app.api.reading import NOTHING, done, places
from app.api.schemas.common import AnswersTaken
from app.api.schemas.tickets import (
    CompletedShown,
    CompleteTaken,
    CountsShown,
    HandOverTaken,
    InboxQuery,
    SavedShown,
    TaskPage,
    TaskShown,
    TaskViewShown,
    WhyQuery,
    WhyShown,
)
from app.api.showing import tasks as show
from app.api.showing.common import rulings
from app.api.showing.tickets import ticket_of_case
from app.asking import Ask
from engine.commands import saving, tasks
from engine.queries import tickets as queries
from engine.values.views import InboxView
from storage.answer import Answer
from storage.store import Store

noun = Noun("tasks", "The inbox, and work on one task")

Taken = Mapping[str, Any]
_CHANGE: dict[str, Any] = {"allow": SignedIn(), "answer": TaskShown, "if_match": "optional", "etag": True}


@noun.operation("GET", "/tasks", allow=SignedIn(), query=InboxQuery, answer=TaskPage, etag=True)
def list_tasks(ask: Ask, query: Taken) -> Response:
    """The asker's inbox: what they may claim, what they hold (oldest first), or what they did (newest first)."""
    view = InboxView(query["view"])
    return places(
        ask, query, lambda work, after, limit: queries.inbox(work, view, after=after, limit=limit), show.task_row
    )


@noun.operation("GET", "/tasks/counts", allow=SignedIn(), answer=CountsShown, etag=True)
def count_tasks(ask: Ask) -> Response:
    """How many tasks the asker may claim and holds; counting stops at 100."""
    found = ask.look(queries.counts)
    return shown({view.value: count for view, count in found.items()})


@noun.operation("GET", "/tasks/<task_id>", allow=SignedIn(), answer=TaskViewShown, etag=True)
def get_task(ask: Ask, task_id: str) -> Response:
    """A task with its form as it stands now, the answers given before, and what the asker may do."""
    view = ask.look(lambda work: queries.task(work, task_id))
    return shown(show.task_view(view), version=view.task.version)


@noun.operation("POST", "/tasks/<task_id>/claim", **_CHANGE)
def claim_task(ask: Ask, task_id: str) -> Answer:
    """Take the task; 409 `ALREADY_CLAIMED` says who has it and since when."""
    return _change(ask, lambda work: tasks.claim(work, task_id, if_match=ask.if_match))


@noun.operation("POST", "/tasks/<task_id>/release", **_CHANGE)
def release_task(ask: Ask, task_id: str) -> Answer:
    """Put the task back for its candidate roles (whoever holds it, and admins)."""
    return _change(ask, lambda work: tasks.release(work, task_id, if_match=ask.if_match))


@noun.operation("POST", "/tasks/<task_id>/assign", body=HandOverTaken, **_CHANGE)
def assign_task(ask: Ask, body: Taken, task_id: str) -> Answer:
    """Give the task to a candidate, whoever holds it now, with a reason (admins)."""
    return _change(ask, lambda work: tasks.assign(work, task_id, if_match=ask.if_match, **body))


@noun.operation("POST", "/tasks/<task_id>/transfer", body=HandOverTaken, **_CHANGE)
def transfer_task(ask: Ask, body: Taken, task_id: str) -> Answer:
    """Hand the task on to another candidate, with a reason (whoever holds it, and admins)."""
    return _change(ask, lambda work: tasks.transfer(work, task_id, if_match=ask.if_match, **body))


@noun.operation(
    "POST",
    "/tasks/<task_id>/complete",
    allow=SignedIn(),
    body=CompleteTaken,
    answer=CompletedShown,
    if_match="optional",
    etag=True,
)
def complete_task(ask: Ask, body: Taken, task_id: str) -> Answer:
    """Complete the task with its answers and an outcome; the answer shows the tasks that opened at once."""

    def act(work: Store) -> Answer:
        made = tasks.complete(work, task_id, if_match=ask.if_match, **body)
        answer = {
            "task": show.task_of_case(made.case, made.task),
            "ticket": ticket_of_case(made.case, work.actor),
            "opened": [show.task_of_case(made.case, each) for each in made.opened],
        }
        return done(answer, version=made.task.version)

    return ask.perform(act)


@noun.operation("GET", "/tasks/<task_id>/why", allow=SignedIn(), query=WhyQuery, answer=WhyShown, etag=True)
def why_task(ask: Ask, query: Taken, task_id: str) -> Response:
    """Each action on the task and its ticket: allowed or not, and the rule that decides."""

    def read(work: Store) -> dict[str, object]:
        found = queries.why(work, task_id, user=query["user"])
        return {"task": task_id, "user": query["user"] or work.actor.name, "rulings": rulings(found, ask.language)}

    return shown(ask.look(read))


@noun.operation("GET", "/tasks/<task_id>/saved-answers", allow=SignedIn(), answer=SavedShown, etag=True)
def get_saved_answers(ask: Ask, task_id: str) -> Response:
    """What the asker has filled in on the task's form but not sent."""
    view = ask.look(lambda work: queries.task(work, task_id))
    return shown({"answers": view.saved, "saved_at": view.saved_at})


@noun.operation("PUT", "/tasks/<task_id>/saved-answers", allow=SignedIn(), body=AnswersTaken, status=204)
def put_saved_answers(ask: Ask, body: Taken, task_id: str) -> Answer:
    """Keep what the asker has filled in, for 30 days, for nobody else to see."""

    def act(work: Store) -> Answer:
        saving.save_for_task(work, task_id, body["answers"])
        return NOTHING

    return ask.perform(act)


@noun.operation("DELETE", "/tasks/<task_id>/saved-answers", allow=SignedIn(), status=204)
def delete_saved_answers(ask: Ask, task_id: str) -> Answer:
    """Forget what was saved."""

    def act(work: Store) -> Answer:
        saving.drop_for_task(work, task_id)
        return NOTHING

    return ask.perform(act)


def _change(ask: Ask, command: Callable[[Store], tasks.Done]) -> Answer:
    def act(work: Store) -> Answer:
        made = command(work)
        return done(show.task_of_case(made.case, made.task), version=made.task.version)

    return ask.perform(act)
