"""What people read of tickets and tasks: never more than they may see."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from bpmn.forms.defaults import default_start_form, default_task_form
from bpmn.forms.showing import describe
from bpmn.text import Text
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.ids import parse_public_id
from engine.loading import Loaded, load_task, load_ticket
from engine.opening import find_service
from engine.ports.lists import Reading
from engine.privacy import answers_seen, event_seen
from engine.rulings import rule_on_task, rule_on_ticket, sight
from engine.values.actors import Actor
from engine.values.events import Attachment, Comment, Event
from engine.values.pages import Page, Place
from engine.values.rulings import TASK_ACTIONS, TICKET_ACTIONS, Action, Ruling, Sight
from engine.values.tickets import Case, Task
from engine.values.views import InboxView, StartView, TaskRow, TaskView, TicketFilter, TicketRow, TicketView
from engine.zone import at_home

T = TypeVar("T", Event, Comment)


def inbox(work: Reading, view: InboxView, *, after: Place | None = None, limit: int = 50) -> Page[TaskRow, Place]:
    """A page of the actor's inbox."""
    return work.inbox.page(view, after=after, limit=limit)


def counts(work: Reading) -> Mapping[InboxView, int]:
    """How many tasks the actor may claim and holds, counted up to 100."""
    return work.inbox.counts()


def tickets(
    work: Reading, wanted: TicketFilter, *, after: Place | None = None, limit: int = 50
) -> Page[TicketRow, Place]:
    """A page of the tickets the actor sees."""
    return work.lists.tickets(wanted, after=after, limit=limit)


def ticket(work: Reading, ticket_id: str) -> TicketView:
    """A ticket.

    Raises: NotFound when there is none or the actor may not see it.
    """
    return view_of(work, load_ticket(work, ticket_id, lock=False))


def view_of(work: Reading, loaded: Loaded) -> TicketView:
    """The view of a case that was loaded already, by a query or by the command that changed it."""
    case = loaded.case
    service_key, service, business = work.lists.names(case.ticket.id)
    return TicketView(
        case=case,
        sight=loaded.sight,
        service_key=service_key,
        service=service,
        business=business,
        answers=answers_seen(case.deployment, case.variables, loaded.sight),
        rulings=_ticket_rulings(case, work.actor),
    )


def task(work: Reading, task_id: str) -> TaskView:
    """A task with its form as it stands now: prefilled, its conditions decided.

    Raises: NotFound when there is none or the actor may not see its ticket.
    """
    case, found = load_task(work, task_id, lock=False)
    seen = sight(case, work.actor)
    definition = case.deployment.definition
    form = definition.form_of(found.element_id) or default_task_form()
    saved = work.lists.saved(f"task:{found.public_id}")
    answers = saved[0] if saved is not None else {}
    known = answers_seen(case.deployment, case.variables, seen)
    return TaskView(
        ticket=view_of(work, Loaded(case=case, sight=seen)),
        task=found,
        name=task_name(case, found),
        form=form,
        fields=describe(form, answers=answers, variables=known, now=at_home(work.now)),
        outcomes=definition.outcomes_of(found.element_id),
        rulings=_task_rulings(case, found, work.actor),
        saved=None if saved is None else saved[0],
        saved_at=None if saved is None else saved[1],
    )


def task_name(case: Case, of: Task) -> Text:
    """What the designer called this task's element."""
    return case.deployment.definition.nodes_by_id[of.element_id].name


def why(work: Reading, task_id: str, *, user: str | None = None) -> Mapping[Action, Ruling]:
    """Each action on the task and its ticket, allowed or not, and the rule that decides.

    Raises: NotFound; Forbidden ADMIN_ONLY when asking about somebody else without being an admin.
    """
    case, found = load_task(work, task_id, lock=False)
    asked: Actor | None = work.actor
    if user is not None and user != work.actor.name:
        if not work.actor.is_admin:
            raise Forbidden("ADMIN_ONLY")
        asked = work.lists.actor_named(user)
    if asked is None:
        raise Invalid("USER_UNKNOWN", {"value": user})
    return {**_task_rulings(case, found, asked), **_ticket_rulings(case, asked)}


def timeline(work: Reading, ticket_id: str, *, after: int = 0, limit: int = 100) -> Page[Event, int]:
    """Events of a ticket in order, without what is not the actor's to see.

    Raises: NotFound as for the ticket.
    """
    loaded = load_ticket(work, ticket_id, lock=False)
    found = work.lists.events(loaded.case.ticket.id, after=after, limit=limit + 1)
    page = _numbered(found, limit)
    seen = (event_seen(loaded.case.deployment, event, loaded.sight) for event in page.items)
    return replace(page, items=tuple(event for event in seen if event is not None))


def comments(work: Reading, ticket_id: str, *, after: int = 0, limit: int = 100) -> Page[Comment, int]:
    """Comments of a ticket in order, the internal ones only for those who see them.

    Raises: NotFound as for the ticket.
    """
    loaded = load_ticket(work, ticket_id, lock=False)
    page = _numbered(work.lists.comments(loaded.case.ticket.id, after=after, limit=limit + 1), limit)
    return replace(page, items=tuple(each for each in page.items if _shown(each.internal, loaded.sight)))


def attachments(work: Reading, ticket_id: str) -> tuple[Attachment, ...]:
    """Attachments of a ticket, the internal ones only for those who see them.

    Raises: NotFound as for the ticket.
    """
    loaded = load_ticket(work, ticket_id, lock=False)
    found = work.lists.attachments(loaded.case.ticket.id)
    return tuple(each for each in found if _shown(each.internal, loaded.sight))


def attachment(work: Reading, attachment_id: str) -> Attachment:
    """One attachment.

    Raises: NotFound when there is none or the actor may not see it.
    """
    parsed = parse_public_id(attachment_id)
    if parsed is None:
        _ = work.actor
        raise NotFound("attachment")
    try:
        found = attachments(work, str(parsed[0]))
    except NotFound:
        raise NotFound("attachment") from None
    for each in found:
        if each.seq == parsed[1]:
            return each
    raise NotFound("attachment")


def start(work: Reading, service: str) -> StartView:
    """The start form of a service, with the actor's saved answers filled in.

    Raises: NotFound when there is no such service or the actor may neither open its tickets nor read the configuration,
        Conflict SERVICE_NOT_BOUND.
    """
    opening = find_service(work, service, readers=True)
    if opening.deployment is None:
        raise Conflict("SERVICE_NOT_BOUND", {"service": opening.service.names.zh})
    definition = opening.deployment.definition
    form = definition.form_of(definition.start_event().id) or default_start_form()
    saved = work.lists.saved(f"service:{opening.service.id}")
    answers = saved[0] if saved is not None else {}
    return StartView(
        service_key=opening.service.key,
        service=opening.service.names,
        purpose=opening.service.purposes,
        form=form,
        fields=describe(form, answers=answers, variables={}, now=at_home(work.now)),
        saved=answers,
    )


def _numbered(found: tuple[T, ...], limit: int) -> Page[T, int]:
    items = found[:limit]
    return Page(items=items, after=items[-1].seq if len(found) > limit else None)


def _shown(internal: bool, seen: Sight) -> bool:
    return seen is Sight.FULL or not internal


def _task_rulings(case: Case, of: Task, actor: Actor) -> dict[Action, Ruling]:
    return {action: rule_on_task(action, case, of, actor) for action in TASK_ACTIONS}


def _ticket_rulings(case: Case, actor: Actor) -> dict[Action, Ruling]:
    return {action: rule_on_ticket(action, case, actor) for action in TICKET_ACTIONS}
