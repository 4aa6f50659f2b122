"""Damage as a faulty commit would do it: what was acknowledged is undone or done twice, and little else tells it."""

from uuid import UUID

import sqlalchemy as sa

from engine.ids import new_id
from storage import tables as t


def undo_claim(connection: sa.Connection, ticket: UUID) -> None:
    """Take the ticket's newest change, a claim, back in every table, as if its commit had never been."""
    event = t.event.c.ticket_id == ticket
    first = connection.execute(sa.select(t.event).where(event, t.event.c.seq == 1)).one()
    [task] = connection.execute(sa.select(t.task).where(t.task.c.ticket_id == ticket))
    connection.execute(sa.delete(t.event).where(event, t.event.c.seq == 2))
    connection.execute(sa.delete(t.party).where(t.party.c.ticket_id == ticket))
    free = {"state": "open", "assignee_id": None, "claimed_at": None, "version": 1}
    connection.execute(sa.update(t.task).where(t.task.c.ticket_id == ticket).values(**free))
    business = connection.scalar(sa.select(t.ticket.c.business).where(t.ticket.c.id == ticket))
    offer = {"ticket_id": ticket, "seq": task.seq, "role": "ops", "business": business, "opened_at": task.opened_at}
    connection.execute(sa.insert(t.offer).values(**offer))
    connection.execute(sa.update(t.ticket).where(t.ticket.c.id == ticket).values(events=1, last_hash=first.hash))


def complete_twice(connection: sa.Connection, ticket: UUID) -> None:
    """Enter the ticket's first completion once more."""
    rows = connection.execute(sa.select(t.event).where(t.event.c.ticket_id == ticket).order_by(t.event.c.seq)).all()
    done = next(row for row in rows if row.type == "task_completed")
    connection.execute(sa.insert(t.event).values(**{**done._asdict(), "seq": rows[-1].seq + 1}))


def lose_announcement(connection: sa.Connection, ticket: UUID) -> None:
    """Remove the jobs that announce the ticket's tasks."""
    connection.execute(sa.delete(t.job).where(t.job.c.kind == "notify_task", t.job.c.key == str(ticket)))


def tell_twice(connection: sa.Connection, ticket: UUID) -> None:
    """Enqueue a mail once more, under another key."""
    mail = connection.execute(sa.select(t.job).where(t.job.c.kind == "mail")).first()
    assert mail is not None
    connection.execute(sa.insert(t.job).values(**{**mail._asdict(), "id": new_id(), "dedupe": "another"}))


def skip_a_number(connection: sa.Connection, ticket: UUID) -> None:
    """Give the ticket a later number."""
    [number] = connection.scalars(sa.select(t.ticket.c.number).where(t.ticket.c.id == ticket))
    connection.execute(sa.update(t.ticket).where(t.ticket.c.id == ticket).values(number=f"{number[:-6]}000099"))


def forget_keys(connection: sa.Connection, ticket: UUID) -> None:
    """Lose the kept answers."""
    connection.execute(sa.delete(t.idempotency))


def lose_attachment(connection: sa.Connection, ticket: UUID) -> None:
    """Lose the rows of files on tickets."""
    connection.execute(sa.delete(t.attachment))
