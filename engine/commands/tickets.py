"""What people do with a ticket as a whole: open, withdraw, suspend, resume, cancel, retry."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from bpmn.forms.defaults import default_start_form
from bpmn.model import Node
from engine import runner
from engine.answering import Accepted, accept
from engine.attaching import Target
from engine.compiled import compiled
from engine.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound
from engine.following import require_room
from engine.ids import new_id
from engine.loading import load_ticket, require_reason
from engine.moves import Moved, ended, move
from engine.opening import opener_grants, opens
from engine.ports.cases import Opening, Work
from engine.rulings import rule_on_ticket
from engine.timeline import follow, recorded
from engine.values.changes import Changes
from engine.values.events import Event, EventType
from engine.values.processes import RunningDeployment, Service
from engine.values.rulings import Action
from engine.values.tickets import Case, Memory, Phase, Task, Ticket
from engine.zone import at_home

NEW = "NEW"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A new ticket's case; its number is known with the commit."""

    case: Case
    tasks: tuple[Task, ...] = ()


def open_ticket(work: Work, service: str, *, answers: Mapping[str, object]) -> Opened:
    """Open a ticket of this service with the start form's answers and run it to its first waits.

    Raises: NotFound, Conflict SERVICE_NOT_BOUND or SERVICE_CLOSED, Forbidden MAY_NOT_OPEN, Invalid with the fields that
        are wrong.
    """
    opening = work.cases.opening(service)
    deployment = _open_for_business(opening)
    assert opening is not None
    start = deployment.definition.start_event()
    ticket_id = new_id()
    form = deployment.definition.form_of(start.id) or default_start_form()
    _require_opener(work, deployment, business=None)
    accepted = accept(work, form, answers, target=Target(ticket_id=ticket_id), variables={})
    business = _business(work, deployment, accepted)
    _require_opener(work, deployment, business=business)
    return _open(work, _new_case(work, ticket_id, opening.service, deployment, business, accepted), start, accepted)


def withdraw(work: Work, ticket_id: str, *, reason: str | None) -> Case:
    """Take back one's own ticket, while the process's policy allows it.

    Raises: NotFound, Conflict TICKET_ENDED or TOO_LATE_TO_WITHDRAW, Forbidden REQUESTER_ONLY, Invalid REASON_REQUIRED.
    """
    return _end(work, ticket_id, Action.WITHDRAW, Phase.WITHDRAWN, EventType.TICKET_WITHDRAWN, reason)


def cancel(work: Work, ticket_id: str, *, reason: str | None) -> Case:
    """End a ticket before its process does (admins).

    Raises: NotFound, Conflict TICKET_ENDED, Forbidden ADMIN_ONLY, Invalid REASON_REQUIRED.
    """
    return _end(work, ticket_id, Action.CANCEL, Phase.CANCELLED, EventType.TICKET_CANCELLED, reason)


def suspend(work: Work, ticket_id: str, *, reason: str | None) -> Case:
    """Put a ticket on hold: only resume, comment, withdraw and cancel are possible then.

    Raises: NotFound, Conflict TICKET_ENDED or ALREADY_SUSPENDED, Forbidden HOLDER_OR_ADMIN_ONLY, Invalid
        REASON_REQUIRED.
    """
    return _overlay(work, ticket_id, Action.SUSPEND, EventType.TICKET_SUSPENDED, reason, suspended=True)


def resume(work: Work, ticket_id: str, *, reason: str | None) -> Case:
    """Take a ticket off hold.

    Raises: NotFound, Conflict TICKET_ENDED or NOT_SUSPENDED, Forbidden HOLDER_OR_ADMIN_ONLY, Invalid REASON_REQUIRED.
    """
    return _overlay(work, ticket_id, Action.RESUME, EventType.TICKET_RESUMED, reason, suspended=False)


def retry(work: Work, ticket_id: str) -> Case:
    """Let the engine try again to move a stuck ticket, with its variables as they are now (admins).

    Raises: NotFound, Conflict TICKET_ENDED or NOT_STUCK, Forbidden ADMIN_ONLY.
    """
    case = load_ticket(work, ticket_id).case
    rule_on_ticket(Action.RETRY, case, work.actor).enforce()
    step = runner.retry(compiled(case.deployment), case.state, variables=case.variables, now=at_home(work.now))
    moved = move(case, step, at=work.now, by=work.actor.person, memory=case.memory, variables=step.variables)
    event = follow(moved.ticket, type=EventType.TICKET_RETRIED, actor=work.actor, at=work.now, **moved.record)
    ticket = recorded(moved.ticket, event)
    work.cases.save(_changes(ticket, event, moved))
    return _moved(case, ticket, moved)


def _open(work: Work, case: Case, start: Node, accepted: Accepted) -> Opened:
    variables = case.variables
    step = runner.start(compiled(case.deployment), variables=variables, now=at_home(work.now))
    moved = move(case, step, at=work.now, by=work.actor.person, memory=case.memory, variables=step.variables)
    event = follow(
        moved.ticket,
        type=EventType.TICKET_OPENED,
        actor=work.actor,
        at=work.now,
        element=start.id,
        service=str(case.ticket.service_id),
        business=case.ticket.business,
        answers=accepted.answers,
        **moved.record,
    )
    ticket = recorded(moved.ticket, event)
    followers = _followers(accepted, work.actor.id)
    require_room(len(followers), path="followers")
    changes = replace(
        _changes(ticket, event, moved),
        opening=True,
        attachments=accepted.attachments,
        uploads_taken=accepted.uploads,
        followers_added=followers,
        saved_answers_dropped=(f"service:{case.ticket.service_id}",),
    )
    work.cases.save(changes)
    return Opened(case=_moved(case, ticket, moved), tasks=moved.opened)


def _open_for_business(opening: Opening | None) -> RunningDeployment:
    if opening is None:
        raise NotFound("service")
    names = opening.service.names
    if opening.deployment is None:
        raise Conflict("SERVICE_NOT_BOUND", {"service": names.zh})
    if not opening.enabled:
        raise Conflict("SERVICE_CLOSED", {"service": names.zh})
    return opening.deployment


def _require_opener(work: Work, deployment: RunningDeployment, *, business: str | None) -> None:
    """Whoever holds a role of the start event may open; without one, everybody may.

    Before the business is known any business's grant will do, so that a refusal comes before a long list of problems.
    """
    grants = opener_grants(deployment, business=business)
    if business is None:
        allowed = opens(work.actor, {grant.role for grant in grants})
    else:
        allowed = not grants or any(work.actor.holds(grant) for grant in grants)
    if not allowed:
        raise Forbidden("MAY_NOT_OPEN", {"roles": [grant.role for grant in grants]})


def _business(work: Work, deployment: RunningDeployment, accepted: Accepted) -> str | None:
    """What the reserved field `business` names. Lint wants it asked with a widget, which looks it up already."""
    value = accepted.answers.get("business")
    if isinstance(value, str) and value:
        known = accepted.businesses or work.cases.facts(businesses=[value], uploader=work.actor.id).businesses
        if value not in known:
            problem = FieldProblem(path="business", code="BUSINESS_UNKNOWN", params={"value": value[:200]})
            raise Invalid("BUSINESS_UNKNOWN", {"value": value[:200]}, problems=[problem])
        return value
    if deployment.needs_business:
        raise Invalid("BUSINESS_REQUIRED", problems=[FieldProblem(path="business", code="FIELD_REQUIRED")])
    return None


def _new_case(
    work: Work,
    ticket_id: UUID,
    service: Service,
    deployment: RunningDeployment,
    business: str | None,
    accepted: Accepted,
) -> Case:
    start = deployment.definition.start_event()
    ticket = Ticket(
        id=ticket_id,
        number=None,
        kind=deployment.kind,
        title=service.names.zh,
        status=start.status or NEW,
        process_id=deployment.process_id,
        deployment_id=deployment.id,
        service_id=service.id,
        business=business,
        requester=work.actor.person,
        opened_at=work.now,
        last_seq=accepted.last_seq,
    )
    memory = Memory(visits={start.id: 1}, performers={start.id: (work.actor.id,)})
    return Case(ticket=ticket, deployment=deployment, tasks=(), variables=accepted.answers, memory=memory)


def _followers(accepted: Accepted, opener: UUID) -> tuple[tuple[UUID, UUID], ...]:
    """Those whom the reserved field `followers` names; the requester sees the ticket anyway."""
    named = accepted.answers.get("followers")
    names = [name for name in named if isinstance(name, str)] if isinstance(named, list) else []
    people = [accepted.users[name].id for name in dict.fromkeys(names) if name in accepted.users]
    return tuple((person, opener) for person in people if person != opener)


def _changes(ticket: Ticket, event: Event, moved: Moved) -> Changes:
    return Changes(
        ticket=ticket,
        event=event,
        position=moved.position,
        tasks_opened=moved.opened,
        tasks_changed=moved.cancelled,
        parties=moved.parties,
        jobs=moved.jobs,
    )


def _moved(case: Case, ticket: Ticket, moved: Moved) -> Case:
    changed = {task.seq: task for task in moved.cancelled}
    return replace(
        case,
        ticket=ticket,
        tasks=tuple(changed.get(task.seq, task) for task in case.tasks) + moved.opened,
        state=moved.position.state,
        variables=moved.position.variables,
        memory=moved.position.memory,
    )


def _end(work: Work, ticket_id: str, action: Action, phase: Phase, event_type: EventType, reason: str | None) -> Case:
    case = load_ticket(work, ticket_id).case
    rule_on_ticket(action, case, work.actor).enforce()
    why = require_reason(reason)
    ticket, tasks = ended(case, phase=phase, at=work.now, by=work.actor.person)
    event = follow(
        ticket,
        type=event_type,
        actor=work.actor,
        at=work.now,
        reason=why,
        cancelled=[task.seq for task in tasks],
    )
    ticket = recorded(ticket, event)
    work.cases.save(Changes(ticket=ticket, event=event, tasks_changed=tasks))
    return replace(case, ticket=ticket, tasks=tasks)


def _overlay(
    work: Work, ticket_id: str, action: Action, event_type: EventType, reason: str | None, *, suspended: bool
) -> Case:
    case = load_ticket(work, ticket_id).case
    rule_on_ticket(action, case, work.actor).enforce()
    why = require_reason(reason)
    event = follow(case.ticket, type=event_type, actor=work.actor, at=work.now, reason=why)
    by, at = (work.actor.person, work.now) if suspended else (None, None)
    ticket = recorded(replace(case.ticket, suspended=suspended, halted_by=by, halted_at=at), event)
    work.cases.save(Changes(ticket=ticket, event=event))
    return replace(case, ticket=ticket)
