"""What a command on one ticket decided, on its way into the tables: queued whole, written with the commit."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

# Both databases know these forms of an upsert, and PostgreSQL's construct compiles for SQLite too.
from sqlalchemy.dialects.postgresql import insert

from engine.values.changes import Changes
from engine.values.processes import PREFIX
from engine.values.tickets import Memory, TaskState, Ticket
from engine.zone import at_home
from storage import rows
from storage import tables as t
from storage.channel import Statement
from storage.jobs import enqueuing
from storage.json import dumps
from storage.work import Work

SAVED_FOR = timedelta(days=30)
"""How long saved answers, and the uploads they name, are kept."""

_INSERT_TICKET = sa.insert(t.ticket)
_UPDATE_TICKET = sa.update(t.ticket).where(t.ticket.c.id == bindparam("of_ticket", type_=sa.Uuid))
_INSERT_STATE = sa.insert(t.ticket_state)
_UPDATE_STATE = sa.update(t.ticket_state).where(t.ticket_state.c.ticket_id == bindparam("of_ticket", type_=sa.Uuid))
_INSERT_TASK = sa.insert(t.task)
_UPDATE_TASK = sa.update(t.task).where(
    t.task.c.ticket_id == bindparam("of_ticket", type_=sa.Uuid), t.task.c.seq == bindparam("of_seq")
)
_INSERT_OFFER = sa.insert(t.offer)
_DELETE_OFFERS = sa.delete(t.offer).where(
    t.offer.c.ticket_id == bindparam("of_ticket", type_=sa.Uuid), t.offer.c.seq == bindparam("of_seq")
)
_INSERT_EVENT = sa.insert(t.event)
_INSERT_COMMENT = sa.insert(t.comment)
_INSERT_ATTACHMENT = sa.insert(t.attachment)
_DELETE_UPLOAD = sa.delete(t.upload).where(t.upload.c.id == bindparam("of_upload", type_=sa.Uuid))
_DELETE_SAVED = sa.delete(t.saved_answers).where(
    t.saved_answers.c.user_id == bindparam("of_user", type_=sa.Uuid), t.saved_answers.c.key == bindparam("of_key")
)
_ROW = insert(t.saved_answers)
_KEEP_SAVED = _ROW.on_conflict_do_update(
    index_elements=["user_id", "key"],
    set_={"answers": _ROW.excluded.answers, "updated_at": _ROW.excluded.updated_at},
)
_KEEP_UPLOAD = sa.update(t.upload).where(
    t.upload.c.id == bindparam("of_upload", type_=sa.Uuid), t.upload.c.user_id == bindparam("of_user", type_=sa.Uuid)
)
_DELETE_FOLLOWER = sa.delete(t.follower).where(
    t.follower.c.ticket_id == bindparam("of_ticket", type_=sa.Uuid),
    t.follower.c.user_id == bindparam("of_user", type_=sa.Uuid),
)


_ADD_PARTY = insert(t.party).on_conflict_do_nothing()
_ADD_FOLLOWER = insert(t.follower).on_conflict_do_nothing()
_COUNT = (
    insert(t.counter)
    .values(kind=bindparam("of_kind"), day=bindparam("of_day"), value=1)
    .on_conflict_do_update(index_elements=["kind", "day"], set_={"value": t.counter.c.value + 1})
)
_COUNTER_VALUE = (
    sa.select(sa.cast(t.counter.c.value, sa.Text))
    .where(t.counter.c.kind == bindparam("of_kind"), t.counter.c.day == bindparam("of_day"))
    .scalar_subquery()
)
_NUMBER = (
    sa.update(t.ticket)
    .where(t.ticket.c.id == bindparam("of_ticket", type_=sa.Uuid))
    .values(
        number=bindparam("prefix", type_=sa.Text)
        + sa.func.substr("000000", sa.func.length(_COUNTER_VALUE) + 1)
        + _COUNTER_VALUE
    )
    .returning(t.ticket.c.number)
)


def save(work: Work, changes: Changes) -> None:
    """Queue everything that was decided."""
    work.write_together([*_rows(changes, work)])
    if changes.opening:
        _give_number(work, changes.ticket)


def _rows(changes: Changes, work: Work) -> Iterator[Statement]:
    yield from _ticket_rows(changes)
    yield from _task_rows(changes)
    yield Statement(_INSERT_EVENT, rows.event_row(changes.event))
    yield from _file_rows(changes)
    yield from _people_rows(changes)
    for key in changes.saved_answers_dropped:
        yield _dropping(work, key)
    if changes.jobs:
        yield enqueuing(changes.jobs, now=work.now)


def keep_answers(work: Work, key: str, answers: Mapping[str, object], uploads: Sequence[UUID]) -> None:
    """Queue the actor's saved answers under this key; their uploads named here expire no sooner than they do."""
    row = {"user_id": work.actor.id, "key": key, "answers": dumps(dict(answers))}
    work.write(_KEEP_SAVED, {**row, "updated_at": work.now})
    if uploads:
        kept = {"of_user": work.actor.id, "expires_at": work.now + SAVED_FOR}
        work.write(_KEEP_UPLOAD, [{"of_upload": upload, **kept} for upload in uploads])


def drop_answers(work: Work, key: str) -> None:
    """Queue forgetting the actor's saved answers under this key."""
    work.write_together([_dropping(work, key)])


def _dropping(work: Work, key: str) -> Statement:
    return Statement(_DELETE_SAVED, {"of_user": work.actor.id, "of_key": key})


def _ticket_rows(changes: Changes) -> Iterator[Statement]:
    ticket, position = changes.ticket, changes.position
    state = {}
    if position is not None:
        state = {
            "state": position.state,
            "variables": dumps(dict(position.variables)),
            "memory": _memory_text(position.memory),
        }
    if changes.opening:
        yield Statement(_INSERT_TICKET, rows.ticket_row(ticket))
        yield Statement(_INSERT_STATE, {"ticket_id": ticket.id, **state})
        return
    yield Statement(_UPDATE_TICKET, {"of_ticket": ticket.id, **rows.ticket_changes(ticket)})
    if state:
        yield Statement(_UPDATE_STATE, {"of_ticket": ticket.id, **state})


def _task_rows(changes: Changes) -> Iterator[Statement]:
    for task in changes.tasks_changed:
        values = rows.task_row(task)
        key = {"of_ticket": values.pop("ticket_id"), "of_seq": values.pop("seq")}
        yield Statement(_UPDATE_TASK, {**key, **values})
        # A task that can be claimed now could not before, so that no offer is both taken away and made here.
        if task.state is not TaskState.OPEN:
            yield Statement(_DELETE_OFFERS, key)
    if changes.tasks_opened:
        yield Statement(_INSERT_TASK, [rows.task_row(task) for task in changes.tasks_opened])
    offers = [row for task in (*changes.tasks_changed, *changes.tasks_opened) for row in rows.offer_rows(task)]
    if offers:
        yield Statement(_INSERT_OFFER, offers)


def _file_rows(changes: Changes) -> Iterator[Statement]:
    comment = changes.comment
    if comment is not None:
        yield Statement(
            _INSERT_COMMENT,
            {
                "ticket_id": comment.ticket_id,
                "seq": comment.seq,
                "author_id": comment.author.id,
                "at": comment.at,
                "internal": comment.internal,
                "text": comment.text,
            },
        )
    if changes.attachments:
        yield Statement(_INSERT_ATTACHMENT, [rows.attachment_row(each) for each in changes.attachments])
    for upload in changes.uploads_taken:
        yield Statement(_DELETE_UPLOAD, {"of_upload": upload})


def _people_rows(changes: Changes) -> Iterator[Statement]:
    ticket_id = changes.ticket.id
    for person in changes.parties:
        yield Statement(_ADD_PARTY, {"ticket_id": ticket_id, "user_id": person})
    for person, added_by in changes.followers_added:
        yield Statement(_ADD_FOLLOWER, {"ticket_id": ticket_id, "user_id": person, "added_by": added_by})
    for person in changes.followers_removed:
        yield Statement(_DELETE_FOLLOWER, {"of_ticket": ticket_id, "of_user": person})


def _give_number(work: Work, ticket: Ticket) -> None:
    """The counter's row is locked for the last moment only: everything else is written before it."""
    day = at_home(ticket.opened_at).strftime("%Y%m%d")
    counter = {"of_kind": ticket.kind.value, "of_day": day}
    work.write_last(_COUNT, counter)
    work.write_last(_NUMBER, {**counter, "of_ticket": ticket.id, "prefix": f"{PREFIX[ticket.kind]}{day}"})


def _memory_text(memory: Memory) -> str:
    return dumps({"visits": dict(memory.visits), "performers": dict(memory.performers)})
