"""Who sees which tickets, in SQL: the rule of `engine.rulings.sight`, compared with it on random data by a test.

Each part compares columns of the ticket with a set that depends on the actor alone: the set is worked out once for a
list, and not once for each ticket that is passed over.
"""

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
        t.ticket.c.deployment_id.in_(_deployments(actor, t.deployment_role.c.deployment_id, per_business=False)),
        sa.tuple_(t.ticket.c.deployment_id, t.ticket.c.business).in_(
            _deployments(actor, t.deployment_role.c.deployment_id, t.role_member.c.business, per_business=True)
        ),
    )


def _has(table: sa.Table, actor: Actor) -> sa.ColumnElement[bool]:
    return t.ticket.c.id.in_(sa.select(table.c.ticket_id).where(table.c.user_id == actor.id))


def _deployments(actor: Actor, *columns: sa.Column[Any], per_business: bool) -> sa.Select[Any]:
    """The deployments in which the actor holds a candidate role; a business role counts for its business alone."""
    business = t.role_member.c.business
    return (
        sa.select(*columns)
        .select_from(
            t.role_member.join(t.role, t.role.c.key == t.role_member.c.role).join(
                t.deployment_role, t.deployment_role.c.role == t.role_member.c.role
            )
        )
        .where(
            t.role_member.c.user_id == actor.id,
            t.deployment_role.c.claims,
            t.role.c.per_business if per_business else ~t.role.c.per_business,
            business != "" if per_business else business == "",
        )
    )
