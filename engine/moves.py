"""What a step of the engine means for a ticket: tasks opened and ended, its status, what is remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from engine.rulings import grants_of
from engine.runner import LiveTask, Step
from engine.values.actors import Person
from engine.values.changes import Position
from engine.values.events import NewJob
from engine.values.tickets import Case, Memory, Phase, Stuck, Task, TaskState, Ticket

CLOSED = "CLOSED"


@dataclass(frozen=True, kw_only=True)
class Moved:
    """The ticket after the step, and everything that is new or ended because of it."""

    ticket: Ticket
    position: Position
    opened: tuple[Task, ...] = ()
    cancelled: tuple[Task, ...] = ()
    parties: tuple[UUID, ...] = ()
    jobs: tuple[NewJob, ...] = ()
    record: Mapping[str, object] = field(default_factory=dict)
    """What the timeline keeps of the step."""


def move(
    case: Case,
    step: Step,
    *,
    at: datetime,
    by: Person,
    memory: Memory,
    variables: Mapping[str, object],
    holders: Mapping[str, Person] | None = None,
) -> Moved:
    """Apply a step to its case. `holders` are people to whom a task of that element is offered first, already claimed.

    `memory` is the case's with the completion already noted; `variables` are those after the step.
    """
    opened = _opened(case, step.opened, at=at, memory=memory, holders=holders or {})
    gone = {ended.token for ended in step.ended if ended.reason != "completed"}
    cancelled = tuple(
        replace(task, state=TaskState.CANCELLED, ended_at=at, ended_by=by, version=task.version + 1)
        for task in case.live_tasks()
        if task.token in gone
    )
    ticket = _advanced(
        case.ticket, step, at=at, by=by, last_seq=case.ticket.last_seq + len(opened), variables=variables
    )
    memory = replace(memory, visits={**memory.visits, **{task.element_id: task.visit for task in opened}})
    return Moved(
        ticket=ticket,
        position=Position(state=step.state, variables=variables, memory=memory),
        opened=opened,
        cancelled=cancelled,
        parties=tuple(task.assignee.id for task in opened if task.assignee is not None),
        jobs=tuple(announcement(task) for task in opened),
        record=_record(step, opened, cancelled, ticket),
    )


def announcement(task: Task) -> NewJob:
    """The job that tells a task's candidates, or its holder, that it waits for them."""
    args = {"ticket_id": str(task.ticket_id), "task": task.seq, "version": task.version, "element": task.element_id}
    dedupe = f"notify_task:{task.public_id}:{task.version}"
    return NewJob(kind="notify_task", args=args, key=str(task.ticket_id), dedupe=dedupe)


def ended(case: Case, *, phase: Phase, at: datetime, by: Person) -> tuple[Ticket, tuple[Task, ...]]:
    """The ticket and its tasks when somebody withdraws or cancels it: nothing of it goes on."""
    ticket = replace(case.ticket, phase=phase, suspended=False, stuck=None, closed_at=at, halted_by=by, halted_at=at)
    tasks = tuple(
        replace(task, state=TaskState.CANCELLED, ended_at=at, ended_by=by, version=task.version + 1)
        for task in case.live_tasks()
    )
    return ticket, tasks


def _opened(
    case: Case, live: Sequence[LiveTask], *, at: datetime, memory: Memory, holders: Mapping[str, Person]
) -> tuple[Task, ...]:
    visits = dict(memory.visits)
    tasks = []
    for seq, each in enumerate(live, start=case.ticket.last_seq + 1):
        visits[each.element_id] = visits.get(each.element_id, 0) + 1
        node = case.deployment.definition.nodes_by_id[each.element_id]
        holder = holders.get(each.element_id)
        tasks.append(
            Task(
                ticket_id=case.ticket.id,
                seq=seq,
                token=each.token,
                element_id=each.element_id,
                visit=visits[each.element_id],
                state=TaskState.OPEN if holder is None else TaskState.CLAIMED,
                candidates=grants_of(node, deployment=case.deployment, business=case.ticket.business),
                assignee=holder,
                opened_at=at,
                claimed_at=None if holder is None else at,
            )
        )
    return tuple(tasks)


def _advanced(
    ticket: Ticket, step: Step, *, at: datetime, by: Person, last_seq: int, variables: Mapping[str, object]
) -> Ticket:
    stuck = None
    if step.stuck is not None:
        stuck = Stuck(code=step.stuck.code, element_id=step.stuck.element_id, params=step.stuck.params)
    status = step.status or (CLOSED if step.finished else ticket.status)
    ticket = replace(ticket, status=status, stuck=stuck, last_seq=last_seq)
    ticket = described(ticket, variables)
    if not step.finished:
        return ticket
    return replace(ticket, phase=Phase.CLOSED, closed_at=at, halted_by=by, halted_at=at)


def described(ticket: Ticket, variables: Mapping[str, object]) -> Ticket:
    """The ticket with title and priority as its variables say now (both are reserved keys)."""
    title, priority = variables.get("title"), variables.get("priority")
    return replace(
        ticket,
        title=title if isinstance(title, str) and title else ticket.title,
        priority=priority if isinstance(priority, str) and priority else ticket.priority,
    )


def _record(step: Step, opened: Sequence[Task], cancelled: Sequence[Task], ticket: Ticket) -> dict[str, object]:
    record: dict[str, object] = {
        "entered": list(step.entered),
        "flows": list(step.flows),
        "opened": [_opening(task) for task in opened],
        "status": ticket.status,
    }
    if cancelled:
        record["cancelled"] = [task.seq for task in cancelled]
    if step.finished:
        record["finished"] = True
    if ticket.stuck is not None:
        record["stuck"] = {"code": ticket.stuck.code, "element": ticket.stuck.element_id}
    return record


def _opening(task: Task) -> dict[str, object]:
    opening: dict[str, object] = {"task": task.seq, "element": task.element_id, "visit": task.visit}
    if task.assignee is not None:
        opening["assignee"] = task.assignee.name
    return opening
