"""Business lines in their table."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.values.people import Business
from storage import tables as t
from storage.channel import Statement
from storage.rows import names_of
from storage.work import Work

_KEY = t.business.c.key == bindparam("key", type_=sa.Text)
_LOCK = sa.select(t.business.c.key).where(_KEY).with_for_update()
_GET = sa.select(t.business).where(_KEY)
_ALL = sa.select(t.business).order_by(t.business.c.key)
_ADD = sa.insert(t.business)
_SAVE = sa.update(t.business).where(t.business.c.key == bindparam("of_key", type_=sa.Text))


class BusinessStore:
    """See engine.ports.businesses."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, key: str, *, lock: bool = False) -> Business | None:
        """See Businesses."""
        this = {"key": key}
        first = [Statement(_LOCK, this)] if lock else []
        *_, found = self._work.read(*first, Statement(_GET, this))
        return _business(found[0]) if found else None

    def all(self) -> tuple[Business, ...]:
        """See Businesses."""
        [found] = self._work.read(Statement(_ALL))
        return tuple(_business(row) for row in found)

    def add(self, business: Business) -> None:
        """See Businesses."""
        self._work.write(_ADD, {"key": business.key, **_columns(business)})

    def save(self, business: Business) -> None:
        """See Businesses."""
        self._work.write(_SAVE, {"of_key": business.key, **_columns(business)})


def _columns(business: Business) -> Mapping[str, object]:
    return {
        "name_zh": business.names.zh,
        "name_en": business.names.en,
        "active": business.active,
        "revision": business.revision,
    }


def _business(row: Any) -> Business:
    return Business(key=row.key, names=names_of(row), active=row.active, revision=row.revision)
