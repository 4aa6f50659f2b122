"""Imported texts in their table. There is no statement here that changes one."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from bpmn.model import ProcessDefinition
from engine.values.processes import Version
from storage import tables as t
from storage.channel import Statement
from storage.definitions import definition_of
from storage.json import dumps, loads
from storage.rows import person_columns, person_of
from storage.work import Work

_LAST = (1 << 31) - 1
_HEAVY = ("content", "definition", "imported_by")
_COLUMNS = (
    *(column for column in t.version.c if column.name not in _HEAVY),
    t.process.c.key.label("process_key"),
    *person_columns(t.user, "importer"),
)
_VERSIONS = sa.select(*_COLUMNS).select_from(t.version.join(t.process).join(t.user))
_OF_PROCESS = t.version.c.process_id == bindparam("process_id", type_=sa.Uuid)
_NUMBERED = sa.and_(_OF_PROCESS, t.version.c.number == bindparam("number", type_=sa.Integer))

_GET = _VERSIONS.where(_NUMBERED)
_BY_HASH = _VERSIONS.where(_OF_PROCESS, t.version.c.hash == bindparam("hash", type_=sa.Text))
_CONTENT = sa.select(t.version.c.content).where(_NUMBERED)
_PAGE = (
    _VERSIONS.where(_OF_PROCESS, t.version.c.number < bindparam("before", type_=sa.Integer))
    .order_by(t.version.c.number.desc())
    .limit(bindparam("limit", type_=sa.Integer))
)
_ADD = sa.insert(t.version)
_REMEMBER = (
    sa.update(t.process)
    .where(t.process.c.id == bindparam("of_process", type_=sa.Uuid))
    .values(latest_version=bindparam("of_number", type_=sa.Integer))
)
_REMOVE = sa.delete(t.version).where(
    t.version.c.process_id == bindparam("of_process", type_=sa.Uuid),
    t.version.c.number == bindparam("of_number", type_=sa.Integer),
)


class VersionStore:
    """See engine.ports.versions."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, process_id: UUID, number: int) -> Version | None:
        """See Versions."""
        if not 0 < number < _LAST:
            return None
        return self._one(Statement(_GET, {"process_id": process_id, "number": number}))

    def by_hash(self, process_id: UUID, version_hash: str) -> Version | None:
        """See Versions."""
        return self._one(Statement(_BY_HASH, {"process_id": process_id, "hash": version_hash}))

    def content(self, process_id: UUID, number: int) -> bytes | None:
        """See Versions."""
        if not 0 < number < _LAST:
            return None
        [found] = self._work.read(Statement(_CONTENT, {"process_id": process_id, "number": number}))
        return bytes(found[0].content) if found else None

    def definition(self, version: Version) -> ProcessDefinition:
        """See Versions."""
        return definition_of(
            self._work, process_id=version.process_id, number=version.number, version_hash=version.hash
        )

    def page(self, process_id: UUID, *, before: int | None, limit: int) -> tuple[Version, ...]:
        """See Versions."""
        parameters = {"process_id": process_id, "before": _LAST if before is None else before, "limit": limit}
        [found] = self._work.read(Statement(_PAGE, parameters))
        return tuple(_version(row) for row in found)

    def add(self, version: Version, *, content: bytes, definition: bytes) -> None:
        """See Versions."""
        row = {
            "process_id": version.process_id,
            "number": version.number,
            "hash": version.hash,
            "file_name": version.file_name,
            "content": content,
            "definition": definition,
            "verdict": version.verdict,
            "findings": dumps(list(version.findings)),
            "message": version.message,
            "imported_by": version.imported_by.id,
            "imported_at": version.imported_at,
        }
        self._work.write(_ADD, row)
        self._work.write(_REMEMBER, {"of_process": version.process_id, "of_number": version.number})

    def remove(self, process_id: UUID, number: int) -> None:
        """See Versions."""
        self._work.write(_REMOVE, {"of_process": process_id, "of_number": number})

    def _one(self, statement: Statement) -> Version | None:
        [found] = self._work.read(statement)
        return _version(found[0]) if found else None


def _version(row: Any) -> Version:
    importer = person_of(row, "importer")
    assert importer is not None
    return Version(
        process_id=row.process_id,
        process_key=row.process_key,
        number=row.number,
        hash=row.hash,
        file_name=row.file_name,
        verdict=row.verdict,
        findings=tuple(loads(row.findings)),
        imported_by=importer,
        imported_at=row.imported_at,
        message=row.message,
    )
