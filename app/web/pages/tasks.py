"""One task: what was answered before, its form, and what the reader may do with it."""

from dataclasses import dataclass

from flask import Response, request

from app.asking import Ask
from app.web.blueprint import MANY_PARTS, WITH_FILES, page
from app.web.book import Book, book_of
from app.web.editing import changed_fields, edited, form_page
from app.web.history import Entry, entries, explained, people_named, visits
from app.web.posted import Posted, new_key, read_form, with_key
from app.web.reader import reader_of
from app.web.refusals import Refusal, submit
from app.web.shell import Shell, shell_of
from app.web.showing import go, page_of
from bpmn.model import OutcomeKind
from bpmn.text import Text
from engine.commands import saving, tasks
from engine.queries import tickets as queries
from engine.queries.people import list_members
from engine.rulings import rule_on_task
from engine.values.actors import Actor, Person
from engine.values.events import Event
from engine.values.rulings import Action, Sight
from engine.values.tickets import LIVE, Task
from engine.values.views import InboxView, TaskView
from storage.answer import Answer
from storage.store import Store

EVENTS = 500
"""Events that a page shows at most; the API has the rest."""


@dataclass(frozen=True, kw_only=True)
class TaskRead:
    """What the page of one task reads."""

    actor: Actor
    shell: Shell
    view: TaskView
    book: Book
    events: tuple[Event, ...]
    receivers: tuple[Person, ...]
    following: "Following | None"
    """The next task that waits for the reader, once this one has ended."""


@dataclass(frozen=True, kw_only=True)
class Following:
    """A task that the reader may turn to."""

    id: str
    name: Text
    title: str


@page("GET", "/tasks/<task_id>")
def task(ask: Ask, task_id: str) -> Response:
    """The task's page, where the link of a mail leads."""
    return show_task(ask, task_id)


@page("POST", "/tasks/<task_id>", limit=WITH_FILES, parts=MANY_PARTS)
def work_on_task(ask: Ask, task_id: str) -> Response:
    """Complete the task by one of its outcomes; or save, or show the form again as it is now."""
    ask.admit()
    asked = with_key(ask, request)
    actor, view = ask.look(lambda work: (work.actor, queries.task(work, task_id)))
    posted = read_form(ask, request, view.form, zone=reader_of(ask, request, actor).zone)
    if posted.refusal is not None or posted.verb not in ("outcome", "send", "save"):
        return show_task(ask, task_id, posted=edited(view.form, posted), refusal=posted.refusal)
    if posted.verb == "save":
        return _save(ask, task_id, posted)
    return _complete(asked, task_id, posted)


@page("POST", "/tasks/<task_id>/fields", parts=MANY_PARTS)
def task_fields(ask: Ask, task_id: str) -> Response:
    """Those fields of the form that are no longer as the page shows them."""
    actor, view, book = ask.look(lambda work: (work.actor, queries.task(work, task_id), book_of(work)))
    reader_of(ask, request, actor)
    return changed_fields(ask, request, view.form, variables=view.ticket.answers, book=book)


def show_task(
    ask: Ask,
    task_id: str,
    *,
    posted: Posted | None = None,
    refusal: Refusal | None = None,
    refused: Action | None = None,
) -> Response:
    """The task's page; `refused` is the action that was not done, None for the form itself."""
    read = ask.look(lambda work: _read(work, task_id))
    reader_of(ask, request, read.actor)
    view = read.view
    definition = view.ticket.case.deployment.definition
    timeline = entries(read.events, definition, read.book)
    context = {
        "shell": read.shell,
        "view": view,
        "book": read.book,
        "form": form_page(
            ask,
            view.form,
            posted,
            saved=view.saved or {},
            variables=view.ticket.answers,
            refusal=refusal if refused is None else None,
        ),
        "visits": visits(timeline),
        "ending": _ending(timeline, read.events, view.task),
        "receivers": read.receivers,
        "following": read.following,
        "refusal": refusal,
        "refused": refused,
        "texts": {} if posted is None else posted.texts,
        "typed": request.form if refused is not None else {},
        "forwards": [each for each in view.outcomes if each.kind is not OutcomeKind.BACK],
        "backs": [each for each in view.outcomes if each.kind is OutcomeKind.BACK],
        "needs_reason": any(each.kind is OutcomeKind.BACK or each.reason_required for each in view.outcomes),
        "explain": lambda ruling: explained(ruling, definition, read.book),
        "is_mine": view.rulings[Action.COMPLETE].allowed,
        "sees_form": view.ticket.sight is Sight.FULL and view.task.state in LIVE,
        "key": new_key(),
        "done": request.args.get("done", ""),
        "Action": Action,
    }
    return page_of(ask, "task.html", context, actor=read.actor, status=200 if refusal is None else refusal.status)


def _read(work: Store, task_id: str) -> TaskRead:
    view = queries.task(work, task_id)
    ticket_id = str(view.task.ticket_id)
    events = queries.timeline(work, ticket_id, limit=EVENTS).items
    files = queries.attachments(work, ticket_id)
    people = people_named(events, view.ticket.case.deployment.definition)
    ended = view.task.state not in LIVE
    return TaskRead(
        actor=work.actor,
        shell=shell_of(work),
        view=view,
        book=book_of(work, people=people, files=files),
        events=events,
        receivers=_receivers(work, view),
        following=_following(work, view) if ended else None,
    )


def _receivers(work: Store, view: TaskView) -> tuple[Person, ...]:
    """Those to whom the reader might hand the task."""
    if not (view.rulings[Action.TRANSFER].allowed or view.rulings[Action.ASSIGN].allowed):
        return ()
    found: dict[str, Person] = {}
    for grant in view.task.candidates:
        for member in list_members(work, grant.role, limit=100).items:
            if member.active and (member.business or None) == grant.business:
                found[member.person.name] = member.person
    holder = None if view.task.assignee is None else view.task.assignee.name
    return tuple(person for name, person in sorted(found.items()) if name != holder)


def _following(work: Store, view: TaskView) -> Following | None:
    """A task of the same ticket before any other, one that the reader holds before one that waits to be claimed."""
    case = view.ticket.case
    for each in case.live_tasks():
        mine = each.assignee is not None and each.assignee.id == work.actor.id
        if mine or rule_on_task(Action.CLAIM, case, each, work.actor).allowed:
            return Following(id=each.public_id, name=queries.task_name(case, each), title=case.ticket.title)
    for part in (InboxView.MINE, InboxView.CLAIMABLE):
        for row in queries.inbox(work, part, limit=1).items:
            return Following(id=row.task.public_id, name=row.name, title=row.row.ticket.title)
    return None


def _ending(timeline: tuple[Entry, ...], events: tuple[Event, ...], task: Task) -> Entry | None:
    """The event with which this task ended."""
    for entry, event in zip(timeline, events, strict=True):
        if event.payload.get("task") == task.seq and (entry.type in ("task_completed", "task_sent_back")):
            return entry
    return None


def _complete(ask: Ask, task_id: str, posted: Posted) -> Response:
    outcome = posted.object if posted.verb == "outcome" else None

    def act(work: Store) -> Answer:
        tasks.complete(
            work, task_id, answers=posted.answers, outcome=outcome, reason=posted.texts.get("reason") or None
        )
        return Answer(status=303, headers={"Location": f"/tasks/{task_id}?done=completed"})

    made = submit(ask, act)
    if isinstance(made, Refusal):
        return show_task(ask, task_id, posted=posted, refusal=made)
    return go(made.headers["Location"])


def _save(ask: Ask, task_id: str, posted: Posted) -> Response:
    def act(work: Store) -> Answer:
        saving.save_for_task(work, task_id, posted.answers)
        return Answer(status=204)

    made = submit(ask, act)
    if isinstance(made, Refusal):
        return show_task(ask, task_id, posted=posted, refusal=made)
    return go(f"/tasks/{task_id}?done=saved")
