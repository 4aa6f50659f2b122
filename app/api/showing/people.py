"""Users, roles, businesses, tokens and the audit as JSON."""

from app.api.showing.common import Json, grant, names_as_given, person, person_or_none
from engine.values.actors import Actor
from engine.values.audit import AuditEvent
from engine.values.people import Business, Member, RoleMembers, Token, User


def user(of: User, reader: Actor) -> Json:
    """A user; the e-mail address only for themselves and for admins."""
    knows = reader.is_admin or reader.id == of.id
    return {
        "id": str(of.id),
        "name": of.name,
        "display_name": of.display_name,
        "email": of.email if knows else None,
        "language": of.language,
        "time_zone": of.time_zone,
        "permissions": sorted(of.permissions),
        "grants": [grant(each) for each in sorted(of.grants, key=str)],
        "active": of.active,
        "created_at": of.created_at,
        "revision": of.revision,
    }


def role(of: RoleMembers) -> Json:
    """A role, with how many active people hold it: per business, or under '' in general."""
    return {
        "key": of.role.key,
        "names": names_as_given(of.role.names),
        "per_business": of.role.per_business,
        "members": dict(of.members),
        "revision": of.role.revision,
    }


def member(of: Member) -> Json:
    """That somebody holds a role."""
    return {"role": of.role, "business": of.business, "user": person(of.person), "active": of.active}


def business(of: Business) -> Json:
    """A business line."""
    return {"key": of.key, "names": names_as_given(of.names), "active": of.active, "revision": of.revision}


def token(of: Token) -> Json:
    """A token without its secret, which nobody knows any more."""
    return {
        "id": str(of.id),
        "name": of.name,
        "scopes": sorted(of.scopes),
        "created_at": of.created_at,
        "expires_at": of.expires_at,
        "revoked_at": of.revoked_at,
    }


def audit_event(of: AuditEvent) -> Json:
    """Something that happened to the installation."""
    return {
        "id": str(of.id),
        "at": of.at,
        "type": of.type.value,
        "actor": person_or_none(of.actor),
        "subject": of.subject,
        "address": of.address,
        "payload": dict(of.payload),
    }
