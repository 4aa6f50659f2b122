"""Users in their table. The hash of a password is read and written apart from everything else about a user."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

# Both databases know this form of an upsert, and its PostgreSQL construct compiles for SQLite too.
from sqlalchemy.dialects.postgresql import insert

from engine.values.actors import Grant, Permission
from engine.values.people import User
from storage import tables as t
from storage.channel import Statement
from storage.json import dumps
from storage.work import Work

_FIRST_ADMIN = "first_admin"

_USERS = sa.select(*(column for column in t.user.c if column.name != "password_hash"))
_ID = t.user.c.id == bindparam("user_id", type_=sa.Uuid)
_NAME = t.user.c.name == bindparam("name", type_=sa.Text)
_PAGE = (
    _USERS.where(
        t.user.c.name > bindparam("after", type_=sa.Text),
        sa.or_(bindparam("any", type_=sa.Boolean), t.user.c.active == bindparam("active", type_=sa.Boolean)),
    )
    .order_by(t.user.c.name)
    .limit(bindparam("limit", type_=sa.Integer))
)


def _grants(users: sa.Select[Any]) -> sa.Select[Any]:
    chosen = users.with_only_columns(t.user.c.id).correlate(None).subquery()
    return sa.select(t.role_member).where(t.role_member.c.user_id.in_(sa.select(chosen.c.id)))


_BY_ID, _BY_NAME = _USERS.where(_ID), _USERS.where(_NAME)
_GRANTS_BY_ID, _GRANTS_BY_NAME, _GRANTS_OF_PAGE = _grants(_BY_ID), _grants(_BY_NAME), _grants(_PAGE)
_LOCK_ID = sa.select(t.user.c.id).where(_ID).with_for_update()
_LOCK_NAME = sa.select(t.user.c.id).where(_NAME).with_for_update()
_LOCK_ADMINS = (
    sa.select(t.user.c.id)
    .where(t.user.c.active, (sa.literal(" ") + t.user.c.permissions + " ").like("% admin %"))
    .order_by(t.user.c.id)
    .with_for_update()
)
_HAD_ADMIN = sa.select(t.setting.c.key).where(t.setting.c.key == _FIRST_ADMIN)
_REMEMBER_ADMIN = insert(t.setting).on_conflict_do_nothing()
_PASSWORD = sa.select(t.user.c.password_hash).where(_ID)
_ADD = sa.insert(t.user)
_SAVE = sa.update(t.user).where(t.user.c.id == bindparam("of_user", type_=sa.Uuid))


class PeopleStore:
    """See engine.ports.people."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, user_id: UUID, *, lock: bool = False) -> User | None:
        """See People."""
        this = {"user_id": user_id}
        return self._one([_LOCK_ID] if lock else [], _BY_ID, _GRANTS_BY_ID, this)

    def by_name(self, name: str, *, lock: bool = False) -> User | None:
        """See People."""
        return self._one([_LOCK_NAME] if lock else [], _BY_NAME, _GRANTS_BY_NAME, {"name": name})

    def by_names(self, names: Iterable[str]) -> tuple[User, ...]:
        """See People."""
        found = self._work.read(*(Statement(_BY_NAME, {"name": name}) for name in dict.fromkeys(names)))
        return tuple(_user(row, frozenset()) for rows in found for row in rows)

    def page(self, *, after: str | None, limit: int, active: bool | None = None) -> tuple[User, ...]:
        """See People."""
        this = {"after": after or "", "any": active is None, "active": bool(active), "limit": limit}
        return _users(*self._work.read(Statement(_PAGE, this), Statement(_GRANTS_OF_PAGE, this)))

    def active_admins(self) -> int:
        """See People. Locks them, so that two admins cannot dismiss each other at one time."""
        [found] = self._work.read(Statement(_LOCK_ADMINS))
        return len(found)

    def had_admin(self) -> bool:
        """See People."""
        [found] = self._work.read(Statement(_HAD_ADMIN))
        return bool(found)

    def add(self, user: User, *, password_hash: str | None) -> None:
        """See People."""
        fixed = {"id": user.id, "name": user.name, "created_at": user.created_at, "password_hash": password_hash}
        self._work.write(_ADD, {**fixed, **_columns(user)})
        self._remember_admin(user)

    def save(self, user: User) -> None:
        """See People."""
        self._work.write(_SAVE, {"of_user": user.id, **_columns(user)})
        self._remember_admin(user)

    def password_hash(self, user_id: UUID) -> str | None:
        """See People."""
        [found] = self._work.read(Statement(_PASSWORD, {"user_id": user_id}))
        stored: str | None = found[0].password_hash if found else None
        return stored

    def set_password(self, user_id: UUID, password_hash: str) -> None:
        """See People."""
        self._work.write(_SAVE, {"of_user": user_id, "password_hash": password_hash})

    def _one(
        self, first: list[sa.Select[Any]], users: sa.Select[Any], grants: sa.Select[Any], this: Mapping[str, object]
    ) -> User | None:
        *_, found, held = self._work.read(*(Statement(clause, this) for clause in (*first, users, grants)))
        return next(iter(_users(found, held)), None)

    def _remember_admin(self, user: User) -> None:
        if Permission.ADMIN in user.permissions:
            self._work.write(_REMEMBER_ADMIN, {"key": _FIRST_ADMIN, "value": dumps(user.id)})


def _columns(user: User) -> Mapping[str, object]:
    return {
        "display_name": user.display_name,
        "email": user.email,
        "language": user.language,
        "time_zone": user.time_zone,
        "permissions": " ".join(sorted(user.permissions)),
        "active": user.active,
        "revision": user.revision,
    }


def _users(rows: list[Any], held: list[Any]) -> tuple[User, ...]:
    grants: defaultdict[UUID, set[Grant]] = defaultdict(set)
    for row in held:
        grants[row.user_id].add(Grant(role=row.role, business=row.business or None))
    return tuple(_user(row, frozenset(grants[row.id])) for row in rows)


def _user(row: Any, grants: frozenset[Grant]) -> User:
    return User(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        email=row.email,
        language=row.language,
        time_zone=row.time_zone,
        permissions=frozenset(Permission(each) for each in row.permissions.split()),
        grants=grants,
        active=row.active,
        created_at=row.created_at,
        revision=row.revision,
    )
