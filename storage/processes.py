"""Processes in their tables."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.values.actors import Person
from engine.values.processes import Kind, Process
from storage import tables as t
from storage.channel import Statement
from storage.rows import names_of, policy_of, policy_text
from storage.work import Work

_KEY = bindparam("key", type_=sa.Text)
_LOCK = sa.select(t.process.c.id).where(t.process.c.key == _KEY).with_for_update()
_BY_KEY = sa.select(t.process).where(t.process.c.key == _KEY)
_KEYS = sa.select(t.process.c.key)

_OWNED = sa.exists().where(
    t.process_owner.c.process_id == t.process.c.id, t.process_owner.c.user_id == bindparam("owner", type_=sa.Uuid)
)
_PAGE = (
    sa.select(t.process)
    .where(t.process.c.key > bindparam("after", type_=sa.Text), sa.or_(bindparam("any", type_=sa.Boolean), _OWNED))
    .order_by(t.process.c.key)
    .limit(bindparam("limit", type_=sa.Integer))
)


def _owners(processes: sa.Select[Any]) -> sa.Select[Any]:
    chosen = processes.with_only_columns(t.process.c.id).correlate(None).subquery()
    return (
        sa.select(t.process_owner.c.process_id, t.user.c.id, t.user.c.name, t.user.c.display_name)
        .select_from(t.process_owner.join(t.user))
        .where(t.process_owner.c.process_id.in_(sa.select(chosen.c.id)))
        .order_by(t.user.c.name)
    )


_OWNERS_BY_KEY, _OWNERS_OF_PAGE = _owners(_BY_KEY), _owners(_PAGE)

_ADD = sa.insert(t.process)
_SAVE = sa.update(t.process).where(t.process.c.id == bindparam("of_process", type_=sa.Uuid))
_ADD_OWNERS = sa.insert(t.process_owner)
_DROP_OWNERS = sa.delete(t.process_owner).where(t.process_owner.c.process_id == bindparam("of_process", type_=sa.Uuid))


class ProcessStore:
    """See engine.ports.processes."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, key: str, *, lock: bool = False) -> Process | None:
        """See Processes."""
        this = {"key": key}
        first = [Statement(_LOCK, this)] if lock else []
        *_, found, owners = self._work.read(*first, Statement(_BY_KEY, this), Statement(_OWNERS_BY_KEY, this))
        return next(iter(_processes(found, owners)), None)

    def page(self, *, after: str | None, limit: int, owner: UUID | None = None) -> tuple[Process, ...]:
        """See Processes."""
        this = {"after": after or "", "any": owner is None, "owner": owner, "limit": limit}
        found, owners = self._work.read(Statement(_PAGE, this), Statement(_OWNERS_OF_PAGE, this))
        return _processes(found, owners)

    def keys(self) -> frozenset[str]:
        """See Processes."""
        [found] = self._work.read(Statement(_KEYS))
        return frozenset(row.key for row in found)

    def add(self, process: Process) -> None:
        """See Processes."""
        fixed = {"id": process.id, "key": process.key, "created_at": process.created_at}
        self._work.write(_ADD, {**fixed, **_columns(process)})
        self._add_owners(process)

    def save(self, process: Process) -> None:
        """See Processes."""
        this = {"of_process": process.id}
        self._work.write(_SAVE, {**this, **_columns(process)})
        self._work.write(_DROP_OWNERS, this)
        self._add_owners(process)

    def _add_owners(self, process: Process) -> None:
        if process.owners:
            rows = [{"process_id": process.id, "user_id": owner.id} for owner in process.owners]
            self._work.write(_ADD_OWNERS, rows)


def _columns(process: Process) -> Mapping[str, object]:
    return {
        "name_zh": process.names.zh,
        "name_en": process.names.en,
        "description_zh": process.descriptions.zh,
        "description_en": process.descriptions.en,
        "kind": process.kind.value,
        "needs_business": process.needs_business,
        "enabled": process.enabled,
        "policy": policy_text(process.policy),
        "revision": process.revision,
    }


def _processes(rows: list[Any], owners: list[Any]) -> tuple[Process, ...]:
    owned: defaultdict[UUID, list[Person]] = defaultdict(list)
    for row in owners:
        owned[row.process_id].append(Person(id=row.id, name=row.name, display_name=row.display_name))
    return tuple(_process(row, tuple(owned[row.id])) for row in rows)


def _process(row: Any, owners: tuple[Person, ...]) -> Process:
    return Process(
        id=row.id,
        key=row.key,
        names=names_of(row),
        descriptions=names_of(row, "description"),
        kind=Kind(row.kind),
        needs_business=row.needs_business,
        owners=owners,
        enabled=row.enabled,
        policy=policy_of(row.policy),
        latest_version=row.latest_version,
        created_at=row.created_at,
        revision=row.revision,
    )
