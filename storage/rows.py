"""Rows to values: the one place that knows how a ticket, task, event or file lies in its table."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.selectable import FromClause

from engine.values.actors import Grant, Person
from engine.values.events import Attachment, Comment, Event, EventType, Upload
from engine.values.processes import Kind, Names, NotificationPolicy, Policy, Service, Withdrawal
from engine.values.tickets import Phase, Stuck, Task, TaskState, Ticket
from storage import tables as t
from storage.json import dumps, loads

requester = t.user.alias("requester")
assignee = t.user.alias("assignee")
finisher = t.user.alias("finisher")
halter = t.user.alias("halter")


def person_columns(source: FromClause, prefix: str) -> tuple[sa.ColumnElement[Any], ...]:
    """The columns that `person_of` reads back under this prefix."""
    return (
        source.c.id.label(f"{prefix}_id"),
        source.c.name.label(f"{prefix}_name"),
        source.c.display_name.label(f"{prefix}_display_name"),
    )


def person_of(row: Any, prefix: str) -> Person | None:
    """The person whose columns stand in the row under this prefix."""
    if getattr(row, f"{prefix}_id") is None:
        return None
    return Person(
        id=getattr(row, f"{prefix}_id"),
        name=getattr(row, f"{prefix}_name"),
        display_name=getattr(row, f"{prefix}_display_name"),
    )


TICKET_COLUMNS = (
    *(column for column in t.ticket.c if column.name not in ("requester_id", "halted_by")),
    *person_columns(requester, "requester"),
)


def ticket_of(row: Any, *, halted_by: Person | None = None) -> Ticket:
    """A ticket from TICKET_COLUMNS; who halted it is joined only where a command may have to say so."""
    opener = person_of(row, "requester")
    assert opener is not None
    return Ticket(
        id=row.id,
        number=row.number,
        kind=Kind(row.kind),
        title=row.title,
        status=row.status,
        phase=Phase(row.phase),
        suspended=row.suspended,
        stuck=None if row.stuck is None else Stuck(**loads(row.stuck)),
        priority=row.priority,
        process_id=row.process_id,
        deployment_id=row.deployment_id,
        service_id=row.service_id,
        business=row.business,
        requester=opener,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        halted_by=halted_by,
        halted_at=row.halted_at,
        events=row.events,
        last_hash=bytes(row.last_hash),
        last_seq=row.last_seq,
    )


def ticket_row(ticket: Ticket) -> dict[str, object]:
    """The columns of a ticket, without its number, which only the counter gives."""
    return {
        "id": ticket.id,
        "kind": ticket.kind.value,
        "process_id": ticket.process_id,
        "deployment_id": ticket.deployment_id,
        "service_id": ticket.service_id,
        "business": ticket.business,
        "requester_id": ticket.requester.id,
        "opened_at": ticket.opened_at,
        **ticket_changes(ticket),
    }


def ticket_changes(ticket: Ticket) -> dict[str, object]:
    """The columns of a ticket that commands change."""
    stuck = ticket.stuck
    return {
        "title": ticket.title,
        "status": ticket.status,
        "phase": ticket.phase.value,
        "suspended": ticket.suspended,
        "stuck": None if stuck is None else dumps(_stuck(stuck)),
        "priority": ticket.priority,
        "closed_at": ticket.closed_at,
        "halted_by": _id(ticket.halted_by),
        "halted_at": ticket.halted_at,
        "events": ticket.events,
        "last_hash": ticket.last_hash,
        "last_seq": ticket.last_seq,
    }


TASK_COLUMNS = (
    *(column for column in t.task.c if column.name not in ("assignee_id", "ended_by")),
    *person_columns(assignee, "assignee"),
    *person_columns(finisher, "finisher"),
)

TASKS = t.task.outerjoin(assignee, assignee.c.id == t.task.c.assignee_id).outerjoin(
    finisher, finisher.c.id == t.task.c.ended_by
)


def task_of(row: Any) -> Task:
    """A task from TASK_COLUMNS."""
    return Task(
        ticket_id=row.ticket_id,
        seq=row.seq,
        token=row.token,
        element_id=row.element_id,
        visit=row.visit,
        state=TaskState(row.state),
        candidates=grants_of_text(row.candidates),
        assignee=person_of(row, "assignee"),
        opened_at=row.opened_at,
        claimed_at=row.claimed_at,
        ended_at=row.ended_at,
        ended_by=person_of(row, "finisher"),
        version=row.version,
    )


def task_row(task: Task) -> dict[str, object]:
    """The columns of a task."""
    return {
        "ticket_id": task.ticket_id,
        "seq": task.seq,
        "token": task.token,
        "element_id": task.element_id,
        "visit": task.visit,
        "state": task.state.value,
        "candidates": dumps([[grant.role, grant.business] for grant in task.candidates]),
        "assignee_id": _id(task.assignee),
        "opened_at": task.opened_at,
        "claimed_at": task.claimed_at,
        "ended_at": task.ended_at,
        "ended_by": _id(task.ended_by),
        "version": task.version,
    }


def offer_rows(task: Task) -> list[dict[str, object]]:
    """One row per candidate role of a task that anyone of them may claim; none for any other task."""
    if task.state is not TaskState.OPEN:
        return []
    return [
        {
            "ticket_id": task.ticket_id,
            "seq": task.seq,
            "role": grant.role,
            "business": grant.business or "",
            "opened_at": task.opened_at,
        }
        for grant in task.candidates
    ]


def grants_of_text(text: str) -> tuple[Grant, ...]:
    """The candidate roles of a task's column."""
    return tuple(Grant(role=role, business=business) for role, business in loads(text))


def event_row(event: Event) -> dict[str, object]:
    """The columns of an event."""
    return {
        "ticket_id": event.ticket_id,
        "seq": event.seq,
        "at": event.at,
        "type": event.type.value,
        "actor_id": _id(event.actor),
        "payload": dumps(dict(event.payload)),
        "salt": event.salt,
        "hash": event.hash,
    }


def event_of(row: Any) -> Event:
    """An event with its actor under the prefix `actor`."""
    return Event(
        ticket_id=row.ticket_id,
        seq=row.seq,
        at=row.at,
        type=EventType(row.type),
        actor=person_of(row, "actor"),
        payload=loads(row.payload),
        salt=bytes(row.salt),
        hash=bytes(row.hash),
    )


def comment_of(row: Any) -> Comment:
    """A comment with its author under the prefix `author`."""
    author = person_of(row, "author")
    assert author is not None
    return Comment(ticket_id=row.ticket_id, seq=row.seq, author=author, at=row.at, internal=row.internal, text=row.text)


def attachment_of(row: Any) -> Attachment:
    """An attachment with its uploader under the prefix `uploader`."""
    uploader = person_of(row, "uploader")
    assert uploader is not None
    return Attachment(
        ticket_id=row.ticket_id,
        seq=row.seq,
        sha256=row.sha256,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        uploader=uploader,
        at=row.at,
        field_key=row.field_key,
        task_seq=row.task_seq,
        comment_seq=row.comment_seq,
        internal=row.internal,
    )


def attachment_row(attachment: Attachment) -> dict[str, object]:
    """The columns of an attachment."""
    return {
        "ticket_id": attachment.ticket_id,
        "seq": attachment.seq,
        "sha256": attachment.sha256,
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "uploader_id": attachment.uploader.id,
        "at": attachment.at,
        "field_key": attachment.field_key,
        "task_seq": attachment.task_seq,
        "comment_seq": attachment.comment_seq,
        "internal": attachment.internal,
    }


def upload_of(row: Any) -> Upload:
    """An upload from its table's columns."""
    return Upload(
        id=row.id,
        user_id=row.user_id,
        sha256=row.sha256,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        expires_at=row.expires_at,
    )


def service_of(row: Any) -> Service:
    """A service from its table's columns."""
    return Service(
        id=row.id,
        key=row.key,
        names=names_of(row),
        purposes=names_of(row, "purpose"),
        category_id=row.category_id,
        deployment_id=row.deployment_id,
        active=row.active,
        position=row.position,
        revision=row.revision,
    )


def policy_of(text: str) -> Policy:
    """The policy of a process's column."""
    value = loads(text)
    notification = value.get("notification", {})
    return Policy(
        notification=NotificationPolicy(
            events=tuple(notification.get("events", ("task_opened",))),
            channels=tuple(notification.get("channels", ("email",))),
            frequency=notification.get("frequency", "once"),
        ),
        withdrawal=Withdrawal(value.get("withdrawal", Withdrawal.BEFORE_FIRST_CLAIM)),
        withdrawal_task=value.get("withdrawal_task"),
        urging=value.get("urging", False),
    )


def policy_text(policy: Policy) -> str:
    """The column of a policy."""
    notification = policy.notification
    return dumps(
        {
            "notification": {
                "events": list(notification.events),
                "channels": list(notification.channels),
                "frequency": notification.frequency,
            },
            "withdrawal": policy.withdrawal.value,
            "withdrawal_task": policy.withdrawal_task,
            "urging": policy.urging,
        }
    )


def names_of(row: Any, prefix: str = "name") -> Names:
    """Both languages of a name, from `<prefix>_zh` and `<prefix>_en`."""
    return Names(zh=getattr(row, f"{prefix}_zh"), en=getattr(row, f"{prefix}_en"))


def _stuck(stuck: Stuck) -> dict[str, object]:
    return {"code": stuck.code, "element_id": stuck.element_id, "params": dict(stuck.params)}


def _id(person: Person | None) -> UUID | None:
    return None if person is None else person.id
