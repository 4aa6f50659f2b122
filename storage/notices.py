"""What notifications need to know: whom a task waits for, what its notice says, and what was sent."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from bpmn.text import Text
from engine.ids import new_id
from engine.values.tickets import TaskState
from storage import tables as t
from storage.channel import Statement
from storage.definitions import definition_of
from storage.rows import policy_of
from storage.types import Moment
from storage.work import Work

_THIS_TASK = (
    t.task.c.ticket_id == bindparam("p_ticket", type_=sa.Uuid),
    t.task.c.seq == bindparam("p_seq", type_=sa.Integer),
)
_TASK = (
    sa.select(t.task.c.state, t.task.c.assignee_id, t.task.c.version, t.process.c.policy)
    .select_from(t.task.join(t.ticket).join(t.process, t.process.c.id == t.ticket.c.process_id))
    .where(*_THIS_TASK)
)
_HOLDERS = (
    sa.select(t.user.c.id)
    .distinct()
    .select_from(
        t.offer.join(
            t.role_member,
            (t.role_member.c.role == t.offer.c.role) & (t.role_member.c.business == t.offer.c.business),
        ).join(t.user, t.user.c.id == t.role_member.c.user_id)
    )
    .where(
        t.offer.c.ticket_id == bindparam("p_ticket", type_=sa.Uuid),
        t.offer.c.seq == bindparam("p_seq", type_=sa.Integer),
        t.user.c.active,
    )
    .order_by(t.user.c.id)
)
_requester = t.user.alias("requester")
_FACTS = (
    sa.select(
        t.ticket.c.number,
        t.ticket.c.title,
        t.ticket.c.process_id,
        _requester.c.display_name.label("requester"),
        t.deployment.c.version,
        t.version.c.hash,
    )
    .select_from(
        t.ticket.join(t.deployment, t.deployment.c.id == t.ticket.c.deployment_id)
        .join(
            t.version,
            sa.and_(t.version.c.process_id == t.deployment.c.process_id, t.version.c.number == t.deployment.c.version),
        )
        .join(_requester, _requester.c.id == t.ticket.c.requester_id)
    )
    .where(t.ticket.c.id == bindparam("p_ticket", type_=sa.Uuid))
)
_PERSON = sa.select(t.user.c.display_name, t.user.c.email, t.user.c.language, t.user.c.active).where(
    t.user.c.id == bindparam("p_user", type_=sa.Uuid)
)
_SENT = sa.select(t.message.c.id).where(t.message.c.job_id == bindparam("p_job", type_=sa.Uuid))
_RECENT = (
    sa.select(sa.func.count().label("some"))
    .select_from(t.message)
    .where(
        t.message.c.recipient_id == bindparam("p_user", type_=sa.Uuid),
        t.message.c.ticket_id == bindparam("p_ticket", type_=sa.Uuid),
        t.message.c.channel == "smtp",
        t.message.c.at > bindparam("p_since", type_=Moment),
    )
)
_STORE = insert(t.message).on_conflict_do_nothing(index_elements=[t.message.c.job_id])


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a notice to one person about one task says."""

    number: str
    title: str
    task_name: Text
    requester: str
    name: str
    email: str | None
    language: str | None
    active: bool
    sent: bool
    """Whether this very job's message was stored before."""
    recent: int
    """Mails about this ticket to this person within the last hour."""


def recipients(work: Work, *, ticket_id: UUID, seq: int, announced: int) -> tuple[UUID, ...]:
    """Whom a task waits for now: its candidates, or whoever got it when it was announced.

    `announced` is the task's version then. A task that somebody claimed since, or that ended, waits for nobody; so does
    one whose process no longer announces tasks by mail.
    """
    this = {"p_ticket": ticket_id, "p_seq": seq}
    found, holders = work.read(Statement(_TASK, this), Statement(_HOLDERS, this))
    if not found or not _is_announced(found[0].policy):
        return ()
    task = found[0]
    if task.state == TaskState.CLAIMED and task.version == announced:
        return (task.assignee_id,)
    return tuple(row.id for row in holders)


def _is_announced(policy: str) -> bool:
    notification = policy_of(policy).notification
    return "task_opened" in notification.events and "email" in notification.channels


def facts(work: Work, *, job_id: UUID, ticket_id: UUID, element: str, user_id: UUID) -> Facts | None:
    """What the notice says, or None when ticket or person are gone."""
    since = work.now - timedelta(hours=1)
    found, people, sent, [recent] = work.read(
        Statement(_FACTS, {"p_ticket": ticket_id}),
        Statement(_PERSON, {"p_user": user_id}),
        Statement(_SENT, {"p_job": job_id}),
        Statement(_RECENT, {"p_user": user_id, "p_ticket": ticket_id, "p_since": since}),
    )
    if not found or not people:
        return None
    ticket, person = found[0], people[0]
    definition = definition_of(work, process_id=ticket.process_id, number=ticket.version, version_hash=ticket.hash)
    node = definition.nodes_by_id.get(element)
    return Facts(
        number=ticket.number,
        title=ticket.title,
        task_name=node.name if node is not None and node.name else Text(default=element),
        requester=ticket.requester,
        name=person.display_name,
        email=person.email,
        language=person.language,
        active=person.active,
        sent=bool(sent),
        recent=recent.some,
    )


def keep(work: Work, values: dict[str, Any]) -> None:
    """Store a message, once per job: `message`'s columns but id and moment."""
    work.write(_STORE, {"id": new_id(), "at": work.now, **values})
