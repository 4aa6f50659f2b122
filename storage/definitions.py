"""Definitions of versions, decoded once per process: a version never changes, so its hash is all a cache needs."""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from bpmn.canonical import from_json
from bpmn.model import ProcessDefinition
from engine.errors import NotFound
from storage.channel import Statement
from storage.tables import version
from storage.work import Work

KEPT = 256

_READ = sa.select(version.c.definition).where(
    version.c.process_id == bindparam("process_id"), version.c.number == bindparam("number")
)
_kept: OrderedDict[str, ProcessDefinition] = OrderedDict()
_lock = Lock()


def definition_of(work: Work, *, process_id: UUID, number: int, version_hash: str) -> ProcessDefinition:
    """The definition of a version, read from the database only when this process has not met it lately.

    Raises: NotFound when the version was deleted since it was looked up.
    """
    with _lock:
        if version_hash in _kept:
            _kept.move_to_end(version_hash)
            return _kept[version_hash]
    [found] = work.read(Statement(_READ, {"process_id": process_id, "number": number}))
    if not found:
        raise NotFound("version")
    definition = from_json(found[0].definition)
    with _lock:
        _kept[version_hash] = definition
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return definition
