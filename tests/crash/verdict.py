"""The verdict: what the clients were told, compared with what the tables hold. Empty when nothing was lost or doubled.

Each client owns its tickets and sends one request at a time, so a ticket's events are its acknowledged changes, in
their order, and nothing else.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from engine.values.events import EventType
from storage import tables as t
from storage.blobs import BlobDirectory
from storage.database import Database
from storage.json import loads
from tests.crash.ledger import Change, Ledger

_ENDING = (EventType.TASK_COMPLETED, EventType.TASK_SENT_BACK)


def judge(database: Database, blobs: BlobDirectory, ledger: Ledger) -> list[str]:
    """Everything that is not as it was acknowledged, in sentences."""
    with database.engine.connect() as connection:
        return [
            *(complaint for page in ledger.pages for complaint in page.complaints),
            *_tickets(connection, ledger),
            *_numbers(connection, ledger),
            *_completions(connection),
            *_keys(connection, ledger),
            *_jobs(connection),
            *_files(connection, blobs, ledger),
        ]


def _tickets(connection: sa.Connection, ledger: Ledger) -> Iterator[str]:
    told = ledger.of_tickets()
    events: dict[str, list[tuple[Any, ...]]] = {str(row.id): [] for row in connection.execute(sa.select(t.ticket.c.id))}
    for row in connection.execute(sa.select(t.event).order_by(t.event.c.ticket_id, t.event.c.seq)):
        task = loads(row.payload).get("task") if row.type.startswith("task_") else None
        events.setdefault(str(row.ticket_id), []).append((row.type, row.actor_id, task))
    for ticket in sorted(events.keys() - told.keys()):
        yield f"ticket {ticket} exists, and nobody was told so"
    for ticket, changes in told.items():
        if ticket not in events:
            yield f"ticket {ticket} was acknowledged and is not there"
        else:
            yield from _events(ticket, changes, events[ticket])


def _events(ticket: str, changes: list[Change], found: list[tuple[Any, ...]]) -> Iterator[str]:
    expected = [(change.type.value, change.by, change.task) for change in changes]
    for kind, _, task in (Counter(expected) - Counter(found)).elements():
        yield f"ticket {ticket}: {kind} of task {task} was acknowledged and is not there"
    for kind, _, task in (Counter(found) - Counter(expected)).elements():
        yield f"ticket {ticket}: {kind} of task {task} is there once more than it was acknowledged"
    if Counter(found) == Counter(expected) and found != expected:
        yield f"ticket {ticket}: the events stand in another order than they were acknowledged"


def _numbers(connection: sa.Connection, ledger: Ledger) -> Iterator[str]:
    """Each number as it was told, none twice, none left out."""
    found = {str(row.id): row.number for row in connection.execute(sa.select(t.ticket.c.id, t.ticket.c.number))}
    opened = [change for change in ledger.changes if change.type is EventType.TICKET_OPENED]
    for change in opened:
        if found.get(change.ticket, change.reply.body["number"]) != change.reply.body["number"]:
            yield f"ticket {change.ticket} was told {change.reply.body['number']} and has {found[change.ticket]}"
    told = Counter(change.reply.body["number"] for change in opened)
    yield from (f"{number} was given to {count} tickets" for number, count in told.items() if count > 1)
    for day in {number[:-6] for number in told}:
        taken = sorted(int(number[-6:]) for number in found.values() if number and number.startswith(day))
        missing = sorted(set(range(1, max(taken, default=0) + 1)) - set(taken))
        if missing:
            yield f"the numbers of {day} leave out {missing}"


def _completions(connection: sa.Connection) -> Iterator[str]:
    """One ending for each task that has ended, none for the others."""
    ends: Counter[tuple[Any, int]] = Counter()
    for row in connection.execute(sa.select(t.event).where(t.event.c.type.in_([each.value for each in _ENDING]))):
        ends[row.ticket_id, loads(row.payload)["task"]] += 1
    for row in connection.execute(sa.select(t.task)):
        expected = 1 if row.state == "completed" else 0
        if ends[row.ticket_id, row.seq] != expected:
            count = ends[row.ticket_id, row.seq]
            yield f"task {row.ticket_id}.{row.seq} is {row.state} and was completed {count} times"


def _keys(connection: sa.Connection, ledger: Ledger) -> Iterator[str]:
    """Each acknowledged key stands with the status that was told."""
    kept = {(row.actor_id, row.key): row.status for row in connection.execute(sa.select(t.idempotency))}
    for change in ledger.changes:
        if kept.get((change.by, change.request.key)) != change.reply.status:
            yield f"the key {change.request.key} ({change.type}) was acknowledged and is not kept"


def _jobs(connection: sa.Connection) -> Iterator[str]:
    """Each task was announced by one job when it opened or was released, each person told by one job, and once."""
    jobs = list(connection.execute(sa.select(t.job)))
    announced = Counter(
        (loads(row.args)["ticket_id"], loads(row.args)["task"]) for row in jobs if row.kind == "notify_task"
    )
    released = Counter(
        (str(row.ticket_id), loads(row.payload)["task"])
        for row in connection.execute(sa.select(t.event).where(t.event.c.type == EventType.TASK_RELEASED.value))
    )
    for row in connection.execute(sa.select(t.task.c.ticket_id, t.task.c.seq)):
        task = str(row.ticket_id), row.seq
        count, expected = announced.pop(task, 0), 1 + released[task]
        if count != expected:
            yield f"task {row.ticket_id}.{row.seq} is announced by {count} jobs instead of {expected}"
    yield from (f"a job announces the task {ticket}.{seq}, which is not there" for ticket, seq in announced)
    told = Counter(row.args for row in jobs if row.kind == "mail")
    yield from (f"{count} jobs tell {args}" for args, count in told.items() if count > 1)
    sent = Counter(
        (row.ticket_id, row.recipient_id, row.link, row.job_id) for row in connection.execute(sa.select(t.message))
    )
    yield from (f"{message} was told {count} times" for message, count in sent.items() if count > 1)
    yield from (f"the job {row.kind} {row.args} is dead: {row.error}" for row in jobs if row.state == "dead")


def _files(connection: sa.Connection, blobs: BlobDirectory, ledger: Ledger) -> Iterator[str]:
    """Each file that was taken is there byte by byte, and on its ticket when a change put it there."""
    rows = {str(row.id): row for row in connection.execute(sa.select(t.upload))}
    attached: dict[str, Counter[str]] = {}
    for row in connection.execute(sa.select(t.attachment)):
        attached.setdefault(str(row.ticket_id), Counter())[row.sha256] += 1
    for page in ledger.pages:
        placed = {upload: ticket for ticket, uploads in page.attached.items() for upload in uploads}
        for upload, content in page.files.items():
            sha256 = hashlib.sha256(content).hexdigest()
            if not blobs.exists(sha256) or blobs.path(sha256).read_bytes() != content:
                yield f"the file {upload} was taken and its bytes are not there"
            if upload in placed and attached.get(placed[upload], Counter())[sha256] != 1:
                yield f"the file {upload} is not once on the ticket {placed[upload]}"
            if upload not in placed and upload not in rows:
                yield f"the file {upload} was taken and is in nobody's space"
