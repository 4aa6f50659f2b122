"""Roles and their members in their tables. A general role is held with business ''."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.values.actors import Person
from engine.values.people import Member, Role, RoleMembers
from storage import tables as t
from storage.channel import Statement
from storage.rows import names_of
from storage.work import Work

_KEY = bindparam("key", type_=sa.Text)
_IS = t.role.c.key == _KEY
_LOCK = sa.select(t.role.c.key).where(_IS).with_for_update()
_GET = sa.select(t.role).where(_IS)
_ALL = sa.select(t.role).order_by(t.role.c.key)
_COUNTS = (
    sa.select(t.role_member.c.role, t.role_member.c.business, sa.func.count().label("members"))
    .select_from(t.role_member.join(t.user))
    .where(t.user.c.active)
    .group_by(t.role_member.c.role, t.role_member.c.business)
)
_ADD = sa.insert(t.role)
_SAVE = sa.update(t.role).where(t.role.c.key == bindparam("of_key", type_=sa.Text))
_REMOVE = sa.delete(t.role).where(t.role.c.key == bindparam("of_key", type_=sa.Text))
_ANY_MEMBER = sa.select(t.role_member.c.role).where(t.role_member.c.role == _KEY).limit(1)
_DEPLOYED = (
    sa.select(t.process.c.key)
    .distinct()
    .select_from(t.deployment_role.join(t.deployment).join(t.process, t.process.c.id == t.deployment.c.process_id))
    .where(t.deployment_role.c.role == _KEY)
    .order_by(t.process.c.key)
)
_MEMBERS = (
    sa.select(t.role_member.c.business, t.user.c.id, t.user.c.name, t.user.c.display_name, t.user.c.active)
    .select_from(t.role_member.join(t.user))
    .where(
        t.role_member.c.role == _KEY,
        sa.tuple_(t.role_member.c.business, t.user.c.name)
        > sa.tuple_(bindparam("after_business", type_=sa.Text), bindparam("after_name", type_=sa.Text)),
    )
    .order_by(t.role_member.c.business, t.user.c.name)
    .limit(bindparam("limit", type_=sa.Integer))
)
_HOLDS = sa.select(t.role_member.c.user_id).where(
    t.role_member.c.role == _KEY,
    t.role_member.c.business == bindparam("business", type_=sa.Text),
    t.role_member.c.user_id == bindparam("user_id", type_=sa.Uuid),
)
_ADD_MEMBERS = sa.insert(t.role_member)
_REMOVE_MEMBER = sa.delete(t.role_member).where(
    t.role_member.c.role == bindparam("of_key", type_=sa.Text),
    t.role_member.c.business == bindparam("of_business", type_=sa.Text),
    t.role_member.c.user_id == bindparam("of_user", type_=sa.Uuid),
)


class RoleStore:
    """See engine.ports.roles."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, key: str, *, lock: bool = False) -> Role | None:
        """See Roles."""
        this = {"key": key}
        first = [Statement(_LOCK, this)] if lock else []
        *_, found = self._work.read(*first, Statement(_GET, this))
        return _role(found[0]) if found else None

    def all(self) -> tuple[RoleMembers, ...]:
        """See Roles."""
        found, counts = self._work.read(Statement(_ALL), Statement(_COUNTS))
        members: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for row in counts:
            members[row.role][row.business] = row.members
        return tuple(RoleMembers(role=_role(row), members=members[row.key]) for row in found)

    def add(self, role: Role) -> None:
        """See Roles."""
        self._work.write(_ADD, {"key": role.key, **_columns(role)})

    def save(self, role: Role) -> None:
        """See Roles."""
        self._work.write(_SAVE, {"of_key": role.key, **_columns(role)})

    def remove(self, key: str) -> None:
        """See Roles."""
        self._work.write(_REMOVE, {"of_key": key})

    def has_members(self, key: str) -> bool:
        """See Roles."""
        [found] = self._work.read(Statement(_ANY_MEMBER, {"key": key}))
        return bool(found)

    def deployments_with(self, key: str) -> tuple[str, ...]:
        """See Roles."""
        [found] = self._work.read(Statement(_DEPLOYED, {"key": key}))
        return tuple(row.key for row in found)

    def members(self, key: str, *, after: tuple[str, str] | None, limit: int) -> tuple[Member, ...]:
        """See Roles."""
        business, name = after or ("", "")
        parameters = {"key": key, "after_business": business, "after_name": name, "limit": limit}
        [found] = self._work.read(Statement(_MEMBERS, parameters))
        return tuple(
            Member(
                role=key,
                business=row.business or None,
                person=Person(id=row.id, name=row.name, display_name=row.display_name),
                active=row.active,
            )
            for row in found
        )

    def holders(self, key: str, business: str | None, user_ids: Iterable[UUID]) -> frozenset[UUID]:
        """See Roles."""
        this = {"key": key, "business": business or ""}
        found = self._work.read(*(Statement(_HOLDS, {**this, "user_id": user_id}) for user_id in user_ids))
        return frozenset(row.user_id for rows in found for row in rows)

    def add_members(self, key: str, business: str | None, user_ids: Iterable[UUID]) -> None:
        """See Roles."""
        rows = [{"role": key, "business": business or "", "user_id": user_id} for user_id in user_ids]
        if rows:
            self._work.write(_ADD_MEMBERS, rows)

    def remove_member(self, key: str, business: str | None, user_id: UUID) -> None:
        """See Roles."""
        self._work.write(_REMOVE_MEMBER, {"of_key": key, "of_business": business or "", "of_user": user_id})


def _columns(role: Role) -> Mapping[str, object]:
    return {
        "name_zh": role.names.zh,
        "name_en": role.names.en,
        "per_business": role.per_business,
        "revision": role.revision,
    }


def _role(row: Any) -> Role:
    return Role(key=row.key, names=names_of(row), per_business=row.per_business, revision=row.revision)
