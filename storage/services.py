"""The catalogue in its tables."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.values.catalogue import Binding, BoundService
from engine.values.processes import Category, Kind, Service
from storage import tables as t
from storage.channel import Statement
from storage.definitions import definition_of
from storage.json import loads
from storage.rows import names_of, service_of
from storage.work import Work

_KEY = t.service.c.key == bindparam("key", type_=sa.Text)
_LOCK = sa.select(t.service.c.id).where(_KEY).with_for_update()
_GET = sa.select(t.service).where(_KEY)
_ADD = sa.insert(t.service)
_SAVE = sa.update(t.service).where(t.service.c.id == bindparam("of_service", type_=sa.Uuid))

_later = t.deployment.alias("later")
_any = t.version.alias("any_version")
_NEWEST_VERSION = (
    sa.select(sa.func.max(_any.c.number)).where(_any.c.process_id == t.deployment.c.process_id).scalar_subquery()
)
_NEWEST_DEPLOYMENT = (
    sa.select(sa.func.max(_later.c.number))
    .where(_later.c.process_id == t.deployment.c.process_id, _later.c.retired_at.is_(None))
    .scalar_subquery()
)
_BOUND = sa.select(
    t.service,
    t.deployment.c.number.label("deployment_number"),
    t.deployment.c.version.label("version_number"),
    t.deployment.c.role_bindings,
    t.deployment.c.retired_at,
    t.process.c.id.label("process_id"),
    t.process.c.key.label("process_key"),
    t.process.c.name_zh.label("process_name_zh"),
    t.process.c.name_en.label("process_name_en"),
    t.process.c.kind.label("process_kind"),
    t.process.c.enabled,
    t.process.c.needs_business,
    t.version.c.hash.label("version_hash"),
    _NEWEST_VERSION.label("newest_version"),
    _NEWEST_DEPLOYMENT.label("newest_deployment"),
).select_from(
    t.service.outerjoin(
        t.deployment.join(t.process, t.process.c.id == t.deployment.c.process_id).join(
            t.version,
            (t.version.c.process_id == t.deployment.c.process_id) & (t.version.c.number == t.deployment.c.version),
        ),
        t.deployment.c.id == t.service.c.deployment_id,
    )
)
_ALL = _BOUND.order_by(t.service.c.position, t.service.c.key)
_ONE = _BOUND.where(_KEY)

_CATEGORY = t.category.c.id == bindparam("category_id", type_=sa.Uuid)
_OF_CATEGORY = t.category.c.id == bindparam("of_category", type_=sa.Uuid)
_LOCK_CATEGORY = sa.select(t.category.c.id).where(_CATEGORY).with_for_update()
_GET_CATEGORY = sa.select(t.category).where(_CATEGORY)
_CATEGORIES = sa.select(t.category).order_by(t.category.c.position, t.category.c.name_zh, t.category.c.id)
_ADD_CATEGORY = sa.insert(t.category)
_SAVE_CATEGORY = sa.update(t.category).where(_OF_CATEGORY)
_REMOVE_CATEGORY = sa.delete(t.category).where(_OF_CATEGORY)
_IN_CATEGORY = sa.select(sa.func.count().label("services")).where(
    t.service.c.category_id == bindparam("category_id", type_=sa.Uuid)
)


class ServiceStore:
    """See engine.ports.services."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, key: str, *, lock: bool = False) -> Service | None:
        """See Services."""
        this = {"key": key}
        first = [Statement(_LOCK, this)] if lock else []
        *_, found = self._work.read(*first, Statement(_GET, this))
        return service_of(found[0]) if found else None

    def add(self, service: Service) -> None:
        """See Services."""
        self._work.write(_ADD, {"id": service.id, "key": service.key, **_columns(service)})

    def save(self, service: Service) -> None:
        """See Services."""
        self._work.write(_SAVE, {"of_service": service.id, **_columns(service)})

    def all(self) -> tuple[BoundService, ...]:
        """See Services."""
        [found] = self._work.read(Statement(_ALL))
        return tuple(self._bound(row) for row in found)

    def bound(self, key: str) -> BoundService | None:
        """See Services."""
        [found] = self._work.read(Statement(_ONE, {"key": key}))
        return self._bound(found[0]) if found else None

    def category(self, category_id: UUID, *, lock: bool = False) -> Category | None:
        """See Services."""
        this = {"category_id": category_id}
        first = [Statement(_LOCK_CATEGORY, this)] if lock else []
        *_, found = self._work.read(*first, Statement(_GET_CATEGORY, this))
        return _category(found[0]) if found else None

    def categories(self) -> tuple[Category, ...]:
        """See Services."""
        [found] = self._work.read(Statement(_CATEGORIES))
        return tuple(_category(row) for row in found)

    def add_category(self, category: Category) -> None:
        """See Services."""
        self._work.write(_ADD_CATEGORY, {"id": category.id, **_category_columns(category)})

    def save_category(self, category: Category) -> None:
        """See Services."""
        self._work.write(_SAVE_CATEGORY, {"of_category": category.id, **_category_columns(category)})

    def remove_category(self, category_id: UUID) -> None:
        """See Services."""
        self._work.write(_REMOVE_CATEGORY, {"of_category": category_id})

    def in_category(self, category_id: UUID) -> int:
        """See Services."""
        [[row]] = self._work.read(Statement(_IN_CATEGORY, {"category_id": category_id}))
        return int(row.services)

    def _bound(self, row: Any) -> BoundService:
        service = service_of(row)
        if row.deployment_id is None:
            return BoundService(service=service, binding=None)
        definition = definition_of(
            self._work, process_id=row.process_id, number=row.version_number, version_hash=row.version_hash
        )
        binding = Binding(
            deployment_id=row.deployment_id,
            deployment=row.deployment_number,
            version=row.version_number,
            process_id=row.process_id,
            process_key=row.process_key,
            process_names=names_of(row, "process_name"),
            kind=Kind(row.process_kind),
            enabled=row.enabled,
            retired=row.retired_at is not None,
            needs_business=row.needs_business,
            role_bindings=loads(row.role_bindings),
            definition=definition,
            newest_version=row.newest_version,
            newest_deployment=row.newest_deployment or row.deployment_number,
        )
        return BoundService(service=service, binding=binding)


def _columns(service: Service) -> Mapping[str, object]:
    return {
        "category_id": service.category_id,
        "name_zh": service.names.zh,
        "name_en": service.names.en,
        "purpose_zh": service.purposes.zh,
        "purpose_en": service.purposes.en,
        "deployment_id": service.deployment_id,
        "active": service.active,
        "position": service.position,
        "revision": service.revision,
    }


def _category_columns(category: Category) -> Mapping[str, object]:
    return {
        "parent_id": category.parent_id,
        "name_zh": category.names.zh,
        "name_en": category.names.en,
        "position": category.position,
        "revision": category.revision,
    }


def _category(row: Any) -> Category:
    return Category(
        id=row.id, names=names_of(row), parent_id=row.parent_id, position=row.position, revision=row.revision
    )
