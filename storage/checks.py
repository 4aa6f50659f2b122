"""`faultdesk check`: the invariants that must hold after any crash, restore or upgrade, read from the database.

Everything is read; nothing is mended. A violation names the ticket, so that a person can look.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from bpmn.errors import FaultdeskError
from engine.ports.blobs import Blobs
from engine.replay import replay
from engine.runner import StateCorrupt, open_tokens
from engine.timeline import first_break
from engine.values.events import Event
from engine.values.processes import PREFIX, Kind
from engine.values.tickets import Case, Phase
from storage import tables as t
from storage.cases import CaseStore
from storage.channel import Statement
from storage.json import dumps, loads
from storage.sealing import first_broken_seal
from storage.ticket_lists import TicketLists
from storage.work import Work

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Violation:
    """An invariant that does not hold. `code` is stable; `subject` is a ticket's id or a counter's day."""

    code: str
    subject: str
    params: Mapping[str, object] = field(default_factory=dict)


def check_all(work: Work, blobs: Blobs) -> Iterator[Violation]:
    """Every violation in the database, in the files it speaks of, and in the seals of the audit."""
    yield from check(work)
    yield from _files(work, blobs)
    broken = first_broken_seal(work)
    if broken is not None:
        yield Violation(code="SEAL_BROKEN", subject="audit", params={"seal": broken})


def check(work: Work) -> Iterator[Violation]:
    """Every violation in the database, ticket by ticket; memory stays bounded."""
    yield from _numbers(work)
    after: UUID | None = None
    while True:
        statement = sa.select(t.ticket.c.id).order_by(t.ticket.c.id).limit(BATCH)
        if after is not None:
            statement = statement.where(t.ticket.c.id > after)
        [found] = work.read(Statement(statement))
        for row in found:
            yield from check_ticket(work, row.id)
        if len(found) < BATCH:
            return
        after = found[-1].id


def check_ticket(work: Work, ticket_id: UUID) -> Iterator[Violation]:
    """The violations of one ticket."""
    case = CaseStore(work).view(ticket_id)
    if case is None:
        yield Violation(code="STATE_MISSING", subject=str(ticket_id))
        return
    events = list(_events(work, ticket_id))
    broken = first_break(events)
    if broken is not None:
        yield _of(case, "CHAIN_BROKEN", event=broken)
    if len(events) != case.ticket.events:
        yield _of(case, "EVENTS_MISSING", expected=case.ticket.events, found=len(events))
    yield from _liveness(case)
    yield from _offers(work, case)
    if broken is None:
        yield from _position(case, events)


def _liveness(case: Case) -> Iterator[Violation]:
    """A running ticket has something to wait for or is stuck; one that has ended has nothing left."""
    live = case.live_tasks()
    ticket = case.ticket
    if ticket.phase is Phase.RUNNING and not live and ticket.stuck is None:
        yield _of(case, "NOTHING_TO_DO")
    if ticket.phase is not Phase.RUNNING and live:
        yield _of(case, "LIVE_AFTER_END", tasks=[task.seq for task in live])
    if ticket.phase is Phase.RUNNING:
        yield from _tokens(case)


def _tokens(case: Case) -> Iterator[Violation]:
    """The engine's position and the tasks are about the same tokens."""
    tasks = {task.token for task in case.live_tasks()}
    try:
        tokens = {each.token for each in open_tokens(case.state)}
    except StateCorrupt as corrupt:
        yield _of(case, corrupt.code, **corrupt.params)
        return
    if tokens != tasks:
        yield _of(case, "TASKS_DIFFER", engine=sorted(tokens), tasks=sorted(tasks))


def _offers(work: Work, case: Case) -> Iterator[Violation]:
    statement = sa.select(t.offer.c.seq, t.offer.c.role, t.offer.c.business).where(
        t.offer.c.ticket_id == case.ticket.id
    )
    [found] = work.read(Statement(statement))
    offered = {(row.seq, row.role, row.business) for row in found}
    expected = {
        (task.seq, grant.role, grant.business or "")
        for task in case.live_tasks()
        if task.assignee is None
        for grant in task.candidates
    }
    if offered != expected:
        yield _of(case, "OFFERS_DIFFER", surplus=sorted(offered - expected), missing=sorted(expected - offered))


def _position(case: Case, events: list[Event]) -> Iterator[Violation]:
    try:
        position = replay(case.deployment, events)
    except FaultdeskError as impossible:
        yield _of(case, "TIMELINE_IMPOSSIBLE", reason=impossible.code)
        return
    if position.state != case.state:
        yield _of(case, "POSITION_DIFFERS")
    if loads(dumps(dict(position.variables))) != dict(case.variables):
        yield _of(case, "VARIABLES_DIFFER")
    if position.live != {task.token for task in case.live_tasks()}:
        yield _of(case, "REPLAY_TASKS_DIFFER")


def _numbers(work: Work) -> Iterator[Violation]:
    """Each kind's numbers of a day run from 1 to the counter's value."""
    [counters] = work.read(Statement(sa.select(t.counter)))
    for counter in counters:
        prefix = f"{PREFIX[Kind(counter.kind)]}{counter.day}"
        statement = sa.select(t.ticket.c.number).where(t.ticket.c.number.startswith(prefix, autoescape=True))
        [found] = work.read(Statement(statement))
        numbers = {int(row.number[len(prefix) :]) for row in found}
        missing = sorted(set(range(1, counter.value + 1)) - numbers)
        if missing or len(numbers) != counter.value:
            params = {"missing": missing[:20], "count": len(missing)}
            yield Violation(code="NUMBERS_MISSING", subject=prefix, params=params)
    [unnumbered] = work.read(Statement(sa.select(t.ticket.c.id).where(t.ticket.c.number.is_(None)).limit(20)))
    yield from (Violation(code="NUMBER_ABSENT", subject=str(row.id)) for row in unnumbered)


def _files(work: Work, blobs: Blobs) -> Iterator[Violation]:
    """Every attachment's bytes are there."""
    key = (t.attachment.c.ticket_id, t.attachment.c.seq)
    first = sa.select(*key, t.attachment.c.sha256).order_by(*key).limit(BATCH)
    statement = first
    while True:
        [found] = work.read(Statement(statement))
        for row in found:
            if not blobs.exists(row.sha256):
                yield Violation(code="FILE_ABSENT", subject=f"{row.ticket_id}.{row.seq}", params={"sha256": row.sha256})
        if len(found) < BATCH:
            return
        statement = first.where(sa.tuple_(*key) > sa.tuple_(found[-1].ticket_id, found[-1].seq))


def _events(work: Work, ticket_id: UUID) -> Iterator[Event]:
    lists, after = TicketLists(work), 0
    while True:
        found = lists.events(ticket_id, after=after, limit=BATCH)
        yield from found
        if len(found) < BATCH:
            return
        after = found[-1].seq


def _of(case: Case, code: str, **params: Any) -> Violation:
    number = case.ticket.number
    return Violation(code=code, subject=str(case.ticket.id), params={"number": number, **params})
