"""What people do with a task: claim, release, assign, transfer, complete."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bpmn.forms.defaults import default_task_form
from bpmn.model import Outcome, OutcomeKind
from engine import runner
from engine.answering import Accepted, accept
from engine.attaching import target_of
from engine.compiled import compiled
from engine.errors import FieldProblem, Invalid
from engine.loading import load_task, require_reason, require_version, unknown_user
from engine.moves import Moved, announcement, move
from engine.ports.cases import Work
from engine.rulings import done_by, grants_of, rule_on_receiver, rule_on_task
from engine.timeline import follow, recorded
from engine.values.actors import Person
from engine.values.changes import Changes
from engine.values.events import EventType
from engine.values.rulings import Action
from engine.values.tickets import Case, Memory, Task, TaskState, Ticket
from engine.zone import at_home


@dataclass(frozen=True, kw_only=True)
class Done:
    """A case as it is after the command, the task it was about, and the tasks it opened."""

    case: Case
    task: Task
    opened: tuple[Task, ...] = ()


def claim(work: Work, task_id: str, *, if_match: int | None = None) -> Done:
    """Take the task: from now on only the actor can complete it.

    Raises: NotFound, PreconditionFailed, Conflict NOT_ACTIVE, TICKET_SUSPENDED or ALREADY_CLAIMED (by whom and
        when), Forbidden NOT_CANDIDATE or FOUR_EYES.
    """
    case, task = load_task(work, task_id)
    require_version(task.version, if_match)
    rule_on_task(Action.CLAIM, case, task, work.actor).enforce()
    held = _held_by(task, work.actor.person, at=work.now)
    return _save(work, case, held, EventType.TASK_CLAIMED, parties=(work.actor.id,))


def release(work: Work, task_id: str, *, if_match: int | None = None) -> Done:
    """Put the task back for its candidate roles.

    Raises: NotFound, PreconditionFailed, Conflict NOT_ACTIVE, TICKET_SUSPENDED or NOT_CLAIMED, Forbidden
        NOT_ASSIGNEE.
    """
    case, task = load_task(work, task_id)
    require_version(task.version, if_match)
    rule_on_task(Action.RELEASE, case, task, work.actor).enforce()
    free = replace(task, state=TaskState.OPEN, assignee=None, claimed_at=None, version=task.version + 1)
    return _save(work, case, free, EventType.TASK_RELEASED, announce=True)


def assign(work: Work, task_id: str, *, to: str, reason: str | None, if_match: int | None = None) -> Done:
    """Give the task to a candidate, whoever holds it now (admins).

    Raises: NotFound, PreconditionFailed, Conflict NOT_ACTIVE or TICKET_SUSPENDED, Forbidden ADMIN_ONLY, Invalid for a
        missing reason or an unknown user, Forbidden RECEIVER_NOT_CANDIDATE or FOUR_EYES.
    """
    return _hand_over(work, task_id, Action.ASSIGN, EventType.TASK_ASSIGNED, to=to, reason=reason, if_match=if_match)


def transfer(work: Work, task_id: str, *, to: str, reason: str | None, if_match: int | None = None) -> Done:
    """Hand the task that one holds to another candidate.

    Raises: as `assign`, with Conflict NOT_CLAIMED and Forbidden NOT_ASSIGNEE in place of ADMIN_ONLY.
    """
    event = EventType.TASK_TRANSFERRED
    return _hand_over(work, task_id, Action.TRANSFER, event, to=to, reason=reason, if_match=if_match)


def complete(
    work: Work,
    task_id: str,
    *,
    answers: Mapping[str, object],
    outcome: str | None = None,
    reason: str | None = None,
    if_match: int | None = None,
) -> Done:
    """Complete the task with its form's answers and the outcome chosen, and run the process to its next waits.

    Raises: NotFound, PreconditionFailed, Conflict NOT_ACTIVE, TICKET_SUSPENDED or NOT_CLAIMED, Forbidden NOT_ASSIGNEE,
        NOT_CANDIDATE or FOUR_EYES, Invalid with the fields that are wrong.
    """
    case, task = load_task(work, task_id)
    require_version(task.version, if_match)
    rule_on_task(Action.COMPLETE, case, task, work.actor).enforce()
    chosen = _chosen(case.deployment.definition.outcomes_of(task.element_id), outcome)
    why = _reason_for(chosen, reason)
    form = case.deployment.definition.form_of(task.element_id) or default_task_form()
    accepted = accept(work, form, answers, target=target_of(case, task), variables=case.variables)
    return _complete(work, case, task, accepted, chosen=chosen, reason=why)


def _complete(
    work: Work, case: Case, task: Task, accepted: Accepted, *, chosen: Outcome | None, reason: str | None
) -> Done:
    variables = {**case.variables, **accepted.answers}
    if chosen is not None:
        variables[f"{task.element_id}_outcome"] = chosen.key
    named = None if chosen is None else chosen.key
    step = runner.complete(
        compiled(case.deployment),
        case.state,
        token=task.token,
        variables=variables,
        now=at_home(work.now),
        outcome=named,
    )
    case = replace(case, ticket=replace(case.ticket, last_seq=accepted.last_seq))
    memory = _remembered(case.memory, task, work.actor.id)
    elements = [each.element_id for each in step.opened]
    holders = _last_holders(work, replace(case, memory=memory), elements, chosen)
    moved = move(
        case,
        step,
        at=work.now,
        by=work.actor.person,
        memory=memory,
        variables=step.variables,
        holders=holders,
    )
    done = replace(
        task, state=TaskState.COMPLETED, ended_at=work.now, ended_by=work.actor.person, version=task.version + 1
    )
    return _save_completion(work, case, done, accepted, moved, chosen=chosen, reason=reason)


def _save_completion(
    work: Work,
    case: Case,
    done: Task,
    accepted: Accepted,
    moved: Moved,
    *,
    chosen: Outcome | None,
    reason: str | None,
) -> Done:
    back = chosen is not None and chosen.kind is OutcomeKind.BACK
    event = follow(
        moved.ticket,
        type=EventType.TASK_SENT_BACK if back else EventType.TASK_COMPLETED,
        actor=work.actor,
        at=work.now,
        task=done.seq,
        element=done.element_id,
        visit=done.visit,
        token=done.token,
        answers=accepted.answers,
        **_choice(chosen, reason),
        **moved.record,
    )
    ticket = recorded(moved.ticket, event)
    work.cases.save(
        Changes(
            ticket=ticket,
            event=event,
            position=moved.position,
            tasks_opened=moved.opened,
            tasks_changed=(done, *moved.cancelled),
            attachments=accepted.attachments,
            uploads_taken=accepted.uploads,
            parties=moved.parties,
            saved_answers_dropped=(f"task:{done.public_id}",),
            jobs=moved.jobs,
        )
    )
    return Done(case=_after(case, moved, ticket, done), task=done, opened=moved.opened)


def _choice(chosen: Outcome | None, reason: str | None) -> dict[str, object]:
    choice: dict[str, object] = {}
    if chosen is not None:
        choice["outcome"] = chosen.key
    if reason:
        choice["reason"] = reason
    return choice


def _after(case: Case, moved: Moved, ticket: Ticket, done: Task) -> Case:
    changed = {task.seq: task for task in (done, *moved.cancelled)}
    tasks = tuple(changed.get(task.seq, task) for task in case.tasks) + moved.opened
    return replace(
        case,
        ticket=ticket,
        tasks=tasks,
        state=moved.position.state,
        variables=moved.position.variables,
        memory=moved.position.memory,
        parties=case.parties | set(moved.parties),
    )


def _remembered(memory: Memory, task: Task, performer: UUID) -> Memory:
    earlier = tuple(each for each in memory.performers.get(task.element_id, ()) if each != performer)
    return replace(memory, performers={**memory.performers, task.element_id: (*earlier, performer)})


def _last_holders(work: Work, case: Case, elements: list[str], chosen: Outcome | None) -> Mapping[str, Person]:
    """After a send back: element id -> who did that task last, if they may still do it."""
    if chosen is None or chosen.kind is not OutcomeKind.BACK:
        return {}
    wanted = {}
    for element in elements:
        node = case.deployment.definition.nodes_by_id[element]
        person = next(reversed(case.memory.performers.get(element, ())), None)
        if person is not None and done_by(node, case, person) is None:
            grants = grants_of(node, deployment=case.deployment, business=case.ticket.business)
            wanted[element] = (person, grants)
    found = work.cases.candidates(wanted.values())
    return {element: person for element, person in zip(wanted, found, strict=True) if person is not None}


def _chosen(outcomes: tuple[Outcome, ...], named: str | None) -> Outcome | None:
    if named is None and len(outcomes) <= 1:
        return outcomes[0] if outcomes else None
    found = next((each for each in outcomes if each.key == named), None)
    if found is None:
        keys = [each.key for each in outcomes]
        code = "OUTCOME_REQUIRED" if named is None else "OUTCOME_UNKNOWN"
        problem = FieldProblem(path="outcome", code=code, params={"outcomes": keys})
        raise Invalid(code, {"outcomes": keys}, problems=[problem])
    return found


def _reason_for(chosen: Outcome | None, reason: str | None) -> str | None:
    if chosen is not None and (chosen.reason_required or chosen.kind is OutcomeKind.BACK):
        return require_reason(reason)
    return require_reason(reason) if reason and reason.strip() else None


def _hand_over(
    work: Work, task_id: str, action: Action, event: EventType, *, to: str, reason: str | None, if_match: int | None
) -> Done:
    case, task = load_task(work, task_id)
    require_version(task.version, if_match)
    rule_on_task(action, case, task, work.actor).enforce()
    why = require_reason(reason)
    receiver = _receiver(work, case, task, to)
    held = _held_by(task, receiver, at=work.now)
    before = None if task.assignee is None else task.assignee.name
    return _save(
        work, case, held, event, parties=(receiver.id,), announce=True, to=receiver.name, before=before, reason=why
    )


def _receiver(work: Work, case: Case, task: Task, name: str) -> Person:
    person = work.cases.facts(users=[name], uploader=work.actor.id).users.get(name)
    if person is None:
        raise unknown_user(name, path="to")
    [still] = work.cases.candidates([(person.id, task.candidates)])
    rule_on_receiver(case, task, person.id, still_candidate=still is not None).enforce()
    return person


def _held_by(task: Task, person: Person, *, at: datetime) -> Task:
    return replace(task, state=TaskState.CLAIMED, assignee=person, claimed_at=at, version=task.version + 1)


def _save(
    work: Work,
    case: Case,
    task: Task,
    type: EventType,  # noqa: A002
    *,
    parties: tuple[UUID, ...] = (),
    announce: bool = False,
    **payload: object,
) -> Done:
    event = follow(
        case.ticket, type=type, actor=work.actor, at=work.now, task=task.seq, element=task.element_id, **payload
    )
    ticket = recorded(case.ticket, event)
    jobs = (announcement(task),) if announce else ()
    work.cases.save(Changes(ticket=ticket, event=event, tasks_changed=(task,), parties=parties, jobs=jobs))
    tasks = tuple(task if each.seq == task.seq else each for each in case.tasks)
    return Done(case=replace(case, ticket=ticket, tasks=tasks, parties=case.parties | set(parties)), task=task)
