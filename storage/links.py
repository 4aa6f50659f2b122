"""One-time links in their table."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.values.people import Link, LinkPurpose
from storage import tables as t
from storage.channel import Statement
from storage.types import Moment
from storage.work import Work

_GET = (
    sa.select(t.one_time_link)
    .where(t.one_time_link.c.hash == bindparam("hash", type_=sa.LargeBinary))
    .with_for_update()
)
_ADD = sa.insert(t.one_time_link)
_USED = (
    sa.update(t.one_time_link).where(t.one_time_link.c.used_at.is_(None)).values(used_at=bindparam("at", type_=Moment))
)
_USE = _USED.where(t.one_time_link.c.hash == bindparam("of_hash", type_=sa.LargeBinary))
_VOID = _USED.where(t.one_time_link.c.purpose == bindparam("of_purpose", type_=sa.Text))
_VOID_OF_USER = _VOID.where(t.one_time_link.c.user_id == bindparam("of_user", type_=sa.Uuid))


class LinkStore:
    """See engine.ports.links."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, link_hash: bytes) -> Link | None:
        """See Links."""
        [found] = self._work.read(Statement(_GET, {"hash": link_hash}))
        if not found:
            return None
        row = found[0]
        return Link(
            hash=bytes(row.hash),
            purpose=LinkPurpose(row.purpose),
            user_id=row.user_id,
            created_at=row.created_at,
            expires_at=row.expires_at,
            used_at=row.used_at,
        )

    def add(self, link: Link) -> None:
        """See Links."""
        row = {
            "hash": link.hash,
            "purpose": link.purpose.value,
            "user_id": link.user_id,
            "created_at": link.created_at,
            "expires_at": link.expires_at,
        }
        self._work.write(_ADD, row)

    def use(self, link_hash: bytes, *, at: datetime) -> None:
        """See Links."""
        self._work.write(_USE, {"of_hash": link_hash, "at": at})

    def void(self, purpose: LinkPurpose, user_id: UUID | None, *, at: datetime) -> None:
        """See Links."""
        if user_id is None:
            self._work.write(_VOID, {"of_purpose": purpose.value, "at": at})
        else:
            self._work.write(_VOID_OF_USER, {"of_purpose": purpose.value, "of_user": user_id, "at": at})
