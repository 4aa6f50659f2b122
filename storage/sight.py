"""Who sees which tickets, in SQL: the rule of `engine.rulings.sight`, compared with it on random data by a test.

Twice: as a condition on a ticket at hand, and as the ways by which everything that somebody sees is reached.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.values.actors import Actor, Permission
from storage import tables as t

ME = bindparam("me", type_=sa.Uuid)


def sees_all(actor: Actor) -> bool:
    """Whether there is no ticket that the actor does not see."""
    return bool(actor.permissions & {Permission.ADMIN, Permission.AUDITOR})


def _has(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.exists().where(table.c.ticket_id == t.ticket.c.id, table.c.user_id == ME)


def _deployments(*columns: sa.ColumnElement[Any], per_business: bool) -> sa.Select[Any]:
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
            t.role_member.c.user_id == ME,
            t.deployment_role.c.claims,
            t.role.c.per_business if per_business else ~t.role.c.per_business,
            business != "" if per_business else business == "",
        )
    )


_OWNED = sa.select(t.process_owner.c.process_id).where(t.process_owner.c.user_id == ME)
_DEPLOYMENT, _BUSINESS = t.deployment_role.c.deployment_id, t.role_member.c.business

# What depends on the actor alone stands first: it is worked out once, and not for each ticket that is passed over.
SEEN = sa.or_(
    t.ticket.c.requester_id == ME,
    t.ticket.c.process_id.in_(_OWNED),
    t.ticket.c.deployment_id.in_(_deployments(_DEPLOYMENT, per_business=False)),
    sa.tuple_(t.ticket.c.deployment_id, t.ticket.c.business).in_(
        _deployments(_DEPLOYMENT, _BUSINESS, per_business=True)
    ),
    _has(t.party),
    _has(t.follower),
)
"""A condition on `ticket`: the actor, named by the parameter `me`, sees it at all."""

REACH = sa.union(
    sa.select(t.deployment.c.id.label("deployment_id"), sa.literal_column("''").label("business")).where(
        t.deployment.c.process_id.in_(_OWNED)
    ),
    _deployments(_DEPLOYMENT, _BUSINESS, per_business=False),
    _deployments(_DEPLOYMENT, _BUSINESS, per_business=True),
)
"""The deployments whose tickets the actor sees: all of them (business ''), or those of one business."""
