"""Cases: a ticket with its position and live tasks, loaded in one round trip and saved in one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.ids import parse_uuid
from engine.ports.cases import Facts, Opening
from engine.values.actors import Grant, Person
from engine.values.changes import Changes
from engine.values.processes import Kind, RunningDeployment
from engine.values.tickets import Case, Memory
from storage import rows
from storage import tables as t
from storage.case_saving import drop_answers, keep_answers, save
from storage.channel import Statement
from storage.definitions import definition_of
from storage.json import loads
from storage.types import Moment
from storage.work import Work

_TICKET_ID = bindparam("ticket_id", type_=sa.Uuid)

_LOCK = sa.select(t.ticket.c.id).where(t.ticket.c.id == _TICKET_ID).with_for_update()

_DEPLOYMENT = (
    t.process.c.key.label("process_key"),
    t.process.c.kind.label("process_kind"),
    t.process.c.policy,
    t.process.c.needs_business,
    t.deployment.c.number.label("deployment_number"),
    t.deployment.c.version.label("version_number"),
    t.deployment.c.role_bindings,
    t.version.c.hash.label("version_hash"),
)
_RUNNING = t.deployment.join(t.process, t.process.c.id == t.deployment.c.process_id).join(
    t.version, (t.version.c.process_id == t.deployment.c.process_id) & (t.version.c.number == t.deployment.c.version)
)

_CASE = (
    sa.select(
        *rows.TICKET_COLUMNS,
        *rows.person_columns(rows.halter, "halter"),
        *_DEPLOYMENT,
        t.ticket_state.c.state.label("position"),
        t.ticket_state.c.variables,
        t.ticket_state.c.memory,
    )
    .select_from(
        t.ticket.join(t.ticket_state, t.ticket_state.c.ticket_id == t.ticket.c.id)
        .join(rows.requester, rows.requester.c.id == t.ticket.c.requester_id)
        .join(_RUNNING, t.deployment.c.id == t.ticket.c.deployment_id)
        .outerjoin(rows.halter, rows.halter.c.id == t.ticket.c.halted_by)
    )
    .where(t.ticket.c.id == _TICKET_ID)
)

# Each row by its key, and the keys from the index of live tasks: with a plain OR in their place SQLite reads every task
# that the ticket ever had, so that each round of a loop would cost more than the one before. The condition has to stand
# as it does in the index.
_WANTED_TASKS = sa.union_all(
    sa.select(t.task.c.seq).where(t.task.c.ticket_id == _TICKET_ID, sa.text("task.state IN ('open', 'claimed')")),
    sa.select(sa.cast(bindparam("seq", type_=sa.Integer), sa.Integer)),
)
_TASKS = (
    sa.select(*rows.TASK_COLUMNS)
    .select_from(rows.TASKS)
    .where(t.task.c.ticket_id == _TICKET_ID, t.task.c.seq.in_(_WANTED_TASKS))
    .order_by(t.task.c.seq)
)


def _people(kind: str, table: sa.Table) -> sa.Select[Any]:
    return sa.select(sa.literal_column(f"'{kind}'", sa.Text).label("kind"), table.c.user_id).where(
        table.c.ticket_id == _TICKET_ID
    )


_PEOPLE = sa.union_all(
    _people("follower", t.follower),
    _people("party", t.party),
    sa.select(sa.literal_column("'owner'", sa.Text), t.process_owner.c.user_id)
    .join(t.ticket, t.ticket.c.process_id == t.process_owner.c.process_id)
    .where(t.ticket.c.id == _TICKET_ID),
)
_ATTACHED = sa.select(t.attachment.c.seq).where(t.attachment.c.ticket_id == _TICKET_ID)
_BUSINESS_ROLES = sa.select(t.role.c.key).where(t.role.c.per_business)

_OPENING = (
    sa.select(
        t.service,
        *_DEPLOYMENT,
        t.deployment.c.process_id,
        t.deployment.c.retired_at,
        t.process.c.enabled,
    )
    .select_from(t.service.outerjoin(_RUNNING, t.deployment.c.id == t.service.c.deployment_id))
    .where(
        t.service.c.active,
        (t.service.c.key == bindparam("key")) | (t.service.c.id == bindparam("service_id", type_=sa.Uuid)),
    )
)

_USER = sa.select(t.user.c.id, t.user.c.name, t.user.c.display_name).where(
    t.user.c.active, t.user.c.name == bindparam("name")
)
_FOLLOWER = (
    sa.select(t.user.c.id, t.user.c.name, t.user.c.display_name)
    .join(t.follower, t.follower.c.user_id == t.user.c.id)
    .where(t.follower.c.ticket_id == _TICKET_ID, t.user.c.name == bindparam("name"))
)
_BUSINESS = sa.select(t.business.c.key).where(t.business.c.active, t.business.c.key == bindparam("key"))
_ROLE = sa.select(t.role.c.key).where(t.role.c.key == bindparam("key"))
_UPLOAD = sa.select(t.upload).where(
    t.upload.c.id == bindparam("upload_id", type_=sa.Uuid),
    t.upload.c.user_id == bindparam("uploader", type_=sa.Uuid),
    t.upload.c.expires_at > bindparam("now", type_=Moment),
)
_CANDIDATE = (
    sa.select(t.user.c.id, t.user.c.name, t.user.c.display_name)
    .join(t.role_member, t.role_member.c.user_id == t.user.c.id)
    .where(
        t.user.c.active,
        t.user.c.id == bindparam("user_id", type_=sa.Uuid),
        t.role_member.c.role == bindparam("role"),
        t.role_member.c.business == bindparam("business"),
    )
)


class CaseStore:
    """The Cases port over one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def lock(self, ticket_id: UUID, *, task: int | None = None) -> Case | None:
        """See Cases."""
        first = [Statement(_LOCK, {"ticket_id": ticket_id})] if self._work.lock_cases else []
        return self._load(ticket_id, task, first)

    def view(self, ticket_id: UUID, *, task: int | None = None) -> Case | None:
        """See Cases."""
        return self._load(ticket_id, task, [])

    def opening(self, service: str) -> Opening | None:
        """See Cases."""
        named = {"key": service, "service_id": parse_uuid(service)}
        found, business_roles = self._work.read(Statement(_OPENING, named), Statement(_BUSINESS_ROLES))
        if not found:
            return None
        row = found[0]
        deployment = None if row.deployment_id is None else self._deployment(row, row.deployment_id, business_roles)
        enabled = deployment is not None and row.enabled and row.retired_at is None
        return Opening(service=rows.service_of(row), deployment=deployment, enabled=enabled)

    def follower(self, ticket_id: UUID, name: str) -> Person | None:
        """See Cases."""
        [found] = self._work.read(Statement(_FOLLOWER, {"ticket_id": ticket_id, "name": name}))
        return _person(found[0]) if found else None

    def facts(
        self,
        *,
        users: Iterable[str] = (),
        businesses: Iterable[str] = (),
        roles: Iterable[str] = (),
        uploads: Sequence[UUID] = (),
        uploader: UUID,
    ) -> Facts:
        """See Cases."""
        groups = [
            [Statement(_USER, {"name": name}) for name in users],
            [Statement(_BUSINESS, {"key": key}) for key in businesses],
            [Statement(_ROLE, {"key": key}) for key in roles],
            [
                Statement(_UPLOAD, {"upload_id": upload, "uploader": uploader, "now": self._work.now})
                for upload in uploads
            ],
        ]
        answers = iter(self._work.read(*(statement for group in groups for statement in group)))
        found = [[row for _ in group for row in next(answers)] for group in groups]
        return Facts(
            users={row.name: _person(row) for row in found[0]},
            businesses=frozenset(row.key for row in found[1]),
            roles=frozenset(row.key for row in found[2]),
            uploads=tuple(rows.upload_of(row) for row in found[3]),
        )

    def candidates(self, wanted: Iterable[tuple[UUID, Iterable[Grant]]]) -> tuple[Person | None, ...]:
        """See Cases."""
        groups = [
            [
                Statement(_CANDIDATE, {"user_id": person, "role": grant.role, "business": grant.business or ""})
                for grant in grants
            ]
            for person, grants in wanted
        ]
        answers = iter(self._work.read(*(statement for group in groups for statement in group)))
        found = ([row for _ in group for row in next(answers)] for group in groups)
        return tuple(_person(each[0]) if each else None for each in found)

    def save(self, changes: Changes) -> None:
        """See Cases."""
        save(self._work, changes)

    def keep_saved(self, key: str, answers: Mapping[str, object], *, uploads: Sequence[UUID]) -> None:
        """See Cases."""
        keep_answers(self._work, key, answers, uploads)

    def drop_saved(self, key: str) -> None:
        """See Cases."""
        drop_answers(self._work, key)

    def _load(self, ticket_id: UUID, task: int | None, first: list[Statement]) -> Case | None:
        this = {"ticket_id": ticket_id}
        results = self._work.read(
            *first,
            Statement(_CASE, this),
            Statement(_TASKS, {**this, "seq": task}),
            Statement(_PEOPLE, this),
            Statement(_ATTACHED, this),
            Statement(_BUSINESS_ROLES),
        )
        [found, tasks, people, attached, business_roles] = results[len(first) :]
        if not found:
            return None
        row = found[0]
        memory = loads(row.memory)
        return Case(
            ticket=rows.ticket_of(row, halted_by=rows.person_of(row, "halter")),
            deployment=self._deployment(row, row.deployment_id, business_roles),
            tasks=tuple(rows.task_of(each) for each in tasks),
            state=bytes(row.position),
            variables=loads(row.variables),
            memory=_memory_of(memory),
            followers=_of_kind(people, "follower"),
            parties=_of_kind(people, "party"),
            owners=_of_kind(people, "owner"),
            attached=frozenset(each.seq for each in attached),
        )

    def _deployment(self, row: Any, deployment_id: UUID, business_roles: list[Any]) -> RunningDeployment:
        definition = definition_of(
            self._work, process_id=row.process_id, number=row.version_number, version_hash=row.version_hash
        )
        return RunningDeployment(
            id=deployment_id,
            process_id=row.process_id,
            process_key=row.process_key,
            kind=Kind(row.process_kind),
            number=row.deployment_number,
            version=row.version_number,
            definition=definition,
            role_bindings=loads(row.role_bindings),
            business_roles=frozenset(each.key for each in business_roles),
            policy=rows.policy_of(row.policy),
            needs_business=row.needs_business,
        )


def _person(row: Any) -> Person:
    return Person(id=row.id, name=row.name, display_name=row.display_name)


def _of_kind(people: list[Any], kind: str) -> frozenset[UUID]:
    return frozenset(row.user_id for row in people if row.kind == kind)


def _memory_of(value: Mapping[str, Any]) -> Memory:
    performers = {element: tuple(UUID(each) for each in ids) for element, ids in value["performers"].items()}
    return Memory(visits=value["visits"], performers=performers)
