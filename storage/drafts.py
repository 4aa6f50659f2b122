"""Drafts in their table."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.values.drafts import Draft
from storage import tables as t
from storage.channel import Statement
from storage.json import dumps, loads
from storage.rows import person_columns, person_of
from storage.work import Work

_LAST = UUID(int=(1 << 128) - 1)
_ID = t.draft.c.id == bindparam("draft_id", type_=sa.Uuid)
_OF_ID = t.draft.c.id == bindparam("of_draft", type_=sa.Uuid)
_COLUMNS = (
    *(column for column in t.draft.c if column.name not in ("content", "author_id")),
    *person_columns(t.user, "author"),
)
_DRAFTS = sa.select(*_COLUMNS).select_from(t.draft.join(t.user))
_LOCK = sa.select(t.draft.c.id).where(_ID).with_for_update()
_GET = _DRAFTS.where(_ID)
_CONTENT = sa.select(t.draft.c.content).where(_ID)
_PAGE = (
    _DRAFTS.where(
        t.draft.c.id < bindparam("before", type_=sa.Uuid),
        sa.or_(bindparam("any", type_=sa.Boolean), t.draft.c.process_key == bindparam("process_key", type_=sa.Text)),
    )
    .order_by(t.draft.c.id.desc())
    .limit(bindparam("limit", type_=sa.Integer))
)
_ADD = sa.insert(t.draft)
_SAVE = sa.update(t.draft).where(_OF_ID)
_REMOVE = sa.delete(t.draft).where(_OF_ID)


class DraftStore:
    """See engine.ports.drafts."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, draft_id: UUID, *, lock: bool = False) -> Draft | None:
        """See Drafts."""
        this = {"draft_id": draft_id}
        first = [Statement(_LOCK, this)] if lock else []
        *_, found = self._work.read(*first, Statement(_GET, this))
        return _draft(found[0]) if found else None

    def content(self, draft_id: UUID) -> bytes | None:
        """See Drafts."""
        [found] = self._work.read(Statement(_CONTENT, {"draft_id": draft_id}))
        return bytes(found[0].content) if found else None

    def page(self, *, before: UUID | None, limit: int, process_key: str | None = None) -> tuple[Draft, ...]:
        """See Drafts."""
        parameters = {
            "before": before or _LAST,
            "any": process_key is None,
            "process_key": process_key,
            "limit": limit,
        }
        [found] = self._work.read(Statement(_PAGE, parameters))
        return tuple(_draft(row) for row in found)

    def add(self, draft: Draft, *, content: bytes) -> None:
        """See Drafts."""
        fixed = {"id": draft.id, "author_id": draft.author.id, "created_at": draft.created_at}
        self._work.write(_ADD, {**fixed, **_columns(draft, content)})

    def save(self, draft: Draft, *, content: bytes) -> None:
        """See Drafts."""
        self._work.write(_SAVE, {"of_draft": draft.id, **_columns(draft, content)})

    def remove(self, draft_id: UUID) -> None:
        """See Drafts."""
        self._work.write(_REMOVE, {"of_draft": draft_id})


def _columns(draft: Draft, content: bytes) -> Mapping[str, object]:
    return {
        "process_key": draft.process_key,
        "file_name": draft.file_name,
        "content": content,
        "findings": dumps({"verdict": draft.verdict, "findings": list(draft.findings)}),
        "updated_at": draft.updated_at,
        "revision": draft.revision,
    }


def _draft(row: Any) -> Draft:
    author = person_of(row, "author")
    assert author is not None
    judged = loads(row.findings)
    return Draft(
        id=row.id,
        process_key=row.process_key,
        file_name=row.file_name,
        verdict=judged["verdict"],
        findings=tuple(judged["findings"]),
        author=author,
        created_at=row.created_at,
        updated_at=row.updated_at,
        revision=row.revision,
    )
