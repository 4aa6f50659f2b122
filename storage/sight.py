"""Who sees which tickets, in SQL: the rule of `engine.rulings.sight`, compared with it on random data by a test."""

from typing import Any

import sqlalchemy as sa

from engine.values.actors import Actor, Permission
from storage import tables as t


def seen_by(actor: Actor) -> sa.ColumnElement[bool]:
    """A condition on `ticket`: the actor sees it at all."""
    if actor.permissions & {Permission.ADMIN, Permission.AUDITOR}:
        return sa.true()
    return sa.or_(
        t.ticket.c.requester_id == actor.id,
        _has(t.party, actor),
        _has(t.follower, actor),
        t.ticket.c.process_id.in_(sa.select(t.process_owner.c.process_id).where(t.process_owner.c.user_id == actor.id)),
        _holds_a_role(actor),
    )


def _has(table: sa.Table, actor: Actor) -> sa.ColumnElement[bool]:
    return t.ticket.c.id.in_(sa.select(table.c.ticket_id).where(table.c.user_id == actor.id))


def _holds_a_role(actor: Actor) -> sa.ColumnElement[bool]:
    """A candidate role of the ticket's deployment; a business role counts only for the ticket's business."""
    business: Any = sa.case((t.role.c.per_business, sa.func.coalesce(t.ticket.c.business, "")), else_="")
    return (
        sa.exists()
        .where(t.deployment_role.c.deployment_id == t.ticket.c.deployment_id)
        .where(t.role.c.key == t.deployment_role.c.role)
        .where(t.role_member.c.role == t.deployment_role.c.role, t.role_member.c.user_id == actor.id)
        .where(t.role_member.c.business == business)
    )
