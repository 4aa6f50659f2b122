"""Reading users, roles, businesses, tokens and the audit."""

from engine.errors import Forbidden, NotFound
from engine.ids import parse_uuid
from engine.permitting import need
from engine.ports.work import Work
from engine.queries.paging import page_of
from engine.values.actors import Permission
from engine.values.audit import AuditEvent
from engine.values.pages import Page
from engine.values.people import Business, Member, RoleMembers, Token, User

_OVERSEERS = (Permission.ADMIN, Permission.AUDITOR)


def read_me(work: Work) -> User:
    """The actor's own account.

    Raises: Unauthenticated.
    """
    user = work.people.get(work.actor.id)
    if user is None:
        raise NotFound("user")
    return user


def list_users(work: Work, *, active: bool | None = None, after: str | None = None, limit: int = 50) -> Page[User, str]:
    """Users by name, for admins and auditors.

    Raises: Forbidden.
    """
    need(work.actor, *_OVERSEERS)
    return page_of(
        lambda count: work.people.page(after=after, limit=count, active=active),
        limit=limit,
        key=lambda each: each.name,
    )


def read_user(work: Work, user_id: str) -> User:
    """One user: for admins and auditors anybody, for everybody else themselves.

    Raises: NotFound.
    """
    parsed, actor = parse_uuid(user_id), work.actor
    if parsed is None or not (actor.permissions & set(_OVERSEERS) or parsed == actor.id):
        raise NotFound("user")
    user = work.people.get(parsed)
    if user is None:
        raise NotFound("user")
    return user


def list_roles(work: Work) -> tuple[RoleMembers, ...]:
    """Every role with the number of its active members.

    Raises: Unauthenticated.
    """
    _ = work.actor
    return work.roles.all()


def read_role(work: Work, key: str) -> RoleMembers:
    """One role.

    Raises: NotFound.
    """
    found = next((each for each in list_roles(work) if each.role.key == key), None)
    if found is None:
        raise NotFound("role")
    return found


def list_members(work: Work, key: str, *, after: str | None = None, limit: int = 50) -> Page[Member, str]:
    """Who holds a role, by business and user name: for admins, auditors, designers, and whoever holds it themselves.

    Raises: NotFound, Forbidden.
    """
    actor, role = work.actor, work.roles.get(key)
    if role is None:
        raise NotFound("role")
    if not actor.permissions and not any(grant.role == key for grant in actor.grants):
        raise Forbidden("PERMISSION_REQUIRED", {"permissions": sorted(Permission)})
    business, _, name = (after or "").rpartition("/")
    return page_of(
        lambda count: work.roles.members(key, after=(business, name) if after else None, limit=count),
        limit=limit,
        key=lambda each: f"{each.business or ''}/{each.person.name}",
    )


def list_businesses(work: Work) -> tuple[Business, ...]:
    """Every business by key; those out of use only for admins and auditors.

    Raises: Unauthenticated.
    """
    every = bool(work.actor.permissions & set(_OVERSEERS))
    return tuple(each for each in work.businesses.all() if each.active or every)


def read_business(work: Work, key: str) -> Business:
    """One business.

    Raises: NotFound.
    """
    found = next((each for each in list_businesses(work) if each.key == key), None)
    if found is None:
        raise NotFound("business")
    return found


def list_tokens(work: Work, user_id: str | None = None) -> tuple[Token, ...]:
    """The actor's own tokens, or (admins) somebody's, the newest first.

    Raises: Unauthenticated, NotFound.
    """
    actor = work.actor
    wanted = actor.id if user_id is None else parse_uuid(user_id)
    if wanted is None or (wanted != actor.id and not actor.is_admin):
        raise NotFound("user")
    return work.tokens.of(wanted)


def list_audit(
    work: Work, *, subject: str | None = None, before: str | None = None, limit: int = 50
) -> Page[AuditEvent, str]:
    """What happened to the installation, the newest first; of one subject ("role:ops") only, when named.

    Raises: Forbidden.
    """
    need(work.actor, *_OVERSEERS)
    last = None if before is None else parse_uuid(before)
    return page_of(
        lambda count: work.audit.page(before=last, limit=count, subject=subject),
        limit=limit,
        key=lambda each: str(each.id),
    )
