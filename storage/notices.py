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
from engine.rulings import done_by
from engine.values.processes import Policy
from engine.values.tickets import Case, Task
from storage import tables as t
from storage.cases import CaseStore
from storage.channel import Statement
from storage.definitions import definition_of
from storage.types import Moment
from storage.work import Work

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
_IS_HOLDER = _HOLDERS.where(t.user.c.id == bindparam("p_user", type_=sa.Uuid))
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
    """Whom a task waits for now: those who may claim it, or whoever got it when it was announced.

    `announced` is the task's version then. A task that changed hands since, or that ended, waits for nobody by this
    announcement; so does one whose process no longer announces tasks by mail.
    """
    case, task = _announced(work, ticket_id, seq, announced)
    if case is None or task is None:
        return ()
    if task.assignee is not None:
        return (task.assignee.id,)
    [holders] = work.read(Statement(_HOLDERS, {"p_ticket": ticket_id, "p_seq": seq}))
    return tuple(row.id for row in holders if _may_do(case, task, row.id))


def still_waits(work: Work, *, ticket_id: UUID, seq: int, announced: int, user_id: UUID) -> bool:
    """Whether this person is one of the recipients, asked again for one before they are told."""
    case, task = _announced(work, ticket_id, seq, announced)
    if case is None or task is None:
        return False
    if task.assignee is not None:
        return task.assignee.id == user_id
    [holder] = work.read(Statement(_IS_HOLDER, {"p_ticket": ticket_id, "p_seq": seq, "p_user": user_id}))
    return bool(holder) and _may_do(case, task, user_id)


def _announced(work: Work, ticket_id: UUID, seq: int, version: int) -> tuple[Case | None, Task | None]:
    """The task as it was announced, with its case; None when there is nothing to tell of it any more."""
    case = CaseStore(work).view(ticket_id, task=seq)
    if case is None or not _is_announced(case.deployment.policy):
        return None, None
    task = next((each for each in case.live_tasks() if each.seq == seq and each.version == version), None)
    return case, task


def _may_do(case: Case, task: Task, person: UUID) -> bool:
    """Whether separation of duties (`fd:notBy`) leaves the task to this person."""
    return done_by(case.deployment.definition.nodes_by_id[task.element_id], case, person) is None


def _is_announced(policy: Policy) -> bool:
    notification = policy.notification
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
