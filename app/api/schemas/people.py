"""People and how they come in: what is taken and shown."""

from marshmallow import fields

from app.api.schemas.common import NamesShown, NamesTaken, PageQuery, PersonShown, listed
from app.api.schemas.fields import Flag, Instant, Items, Part, Shown, Str, Taken, choice, items, text
from app.api.schemas.tickets import CandidateShown
from bpmn.text import EN, ZH
from engine.values.actors import Permission, Scope

_NAME = 120
_SECRET = 4_096
"""Characters of a password as it is sent; the policy has its own limits and its own codes."""
_KEY = 63


class SignInTaken(Taken):
    """Who, and their password."""

    name = text(_NAME)
    password = text(_SECRET)


class ProfileTaken(Taken):
    """What is to be different; an empty text takes an address, language or zone away."""

    display_name = Str(load_default=None)
    email = Str(load_default=None)
    language = choice((ZH, EN, ""), load_default=None)
    time_zone = Str(load_default=None)


class OwnProfileTaken(ProfileTaken):
    """One's own profile; changing the e-mail address needs one's password."""

    password = text(_SECRET, required=False, load_default=None)


class PasswordTaken(Taken):
    """One's present password, and the new one."""

    password = text(_SECRET)
    new_password = text(_SECRET)


class SetupTaken(ProfileTaken):
    """The first admin, with the code that the host printed."""

    code = text(200)
    name = text(_NAME)
    password = text(_SECRET)


class ResetTaken(Taken):
    """A new password, with the code of a reset link."""

    code = text(200)
    password = text(_SECRET)


class UserTaken(ProfileTaken):
    """A new account. Without a password nobody can sign in until a reset link was used."""

    name = text(_NAME)
    permissions = Items(choice(Permission), load_default=list)
    password = text(_SECRET, required=False, load_default=None)


class PermissionsTaken(Taken):
    """What somebody may do with the system."""

    permissions = Items(choice(Permission), required=True)


class UsersQuery(PageQuery):
    """Which users."""

    active = Flag(load_default=None)


class TokenTaken(Taken):
    """A new token."""

    name = text(_NAME)
    scopes = Items(choice(Scope), required=True)
    expires_at = Instant(required=True)


class TokensQuery(Taken):
    """Whose tokens: one's own, or (admins) somebody's by user id."""

    user = text(36, required=False, load_default=None)


class RoleTaken(Taken):
    """A new role."""

    key = text(_KEY)
    names = Part(NamesTaken, required=True)
    per_business = Flag(load_default=False)


class RoleChangeTaken(Taken):
    """What is to be different."""

    names = Part(NamesTaken, load_default=None)
    per_business = Flag(load_default=None)


class MembersTaken(Taken):
    """User names, and the business for which they are to hold a business role."""

    users = items(text(_NAME), 100, required=True)
    business = text(_KEY, required=False, load_default=None, allow_none=True)


class MemberQuery(Taken):
    """For which business."""

    business = text(_KEY, required=False, load_default=None)


class BusinessTaken(Taken):
    """A new business line."""

    key = text(_KEY)
    names = Part(NamesTaken, required=True)


class BusinessChangeTaken(Taken):
    """What is to be different."""

    names = Part(NamesTaken, load_default=None)
    active = Flag(load_default=None)


class AuditQuery(PageQuery):
    """Of which subject (`role:ops`)."""

    subject = text(300, required=False, load_default=None)


class UserShown(Shown):
    """A user; `email` is null for whoever may not know it."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    display_name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    time_zone = fields.String(required=True, allow_none=True)
    permissions = fields.List(fields.String(), required=True)
    grants = fields.List(fields.Nested(CandidateShown), required=True)
    active = fields.Boolean(required=True)
    created_at = fields.DateTime(required=True)
    revision = fields.Integer(required=True)


class SessionShown(Shown):
    """Who is signed in; the token that changes must carry is null for bearer tokens, which need none."""

    user = fields.Nested(UserShown, required=True)
    csrf_token = fields.String(required=True, allow_none=True)
    scopes = fields.List(fields.String(), required=True)


class LinkShown(Shown):
    """A link that is shown once."""

    link = fields.String(required=True)
    expires_at = fields.DateTime(required=True)


class TokenShown(Shown):
    """A token without its secret."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    created_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True)
    revoked_at = fields.DateTime(required=True, allow_none=True)


class NewTokenShown(TokenShown):
    """A new token with its secret, which is shown this once."""

    secret = fields.String(required=True)


class RoleShown(Shown):
    """A role, with how many active people hold it: per business, or under '' in general."""

    key = fields.String(required=True)
    names = fields.Nested(NamesShown, required=True)
    per_business = fields.Boolean(required=True)
    members = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    revision = fields.Integer(required=True)


class MemberShown(Shown):
    """That somebody holds a role."""

    role = fields.String(required=True)
    business = fields.String(required=True, allow_none=True)
    user = fields.Nested(PersonShown, required=True)
    active = fields.Boolean(required=True)


class BusinessShown(Shown):
    """A business line."""

    key = fields.String(required=True)
    names = fields.Nested(NamesShown, required=True)
    active = fields.Boolean(required=True)
    revision = fields.Integer(required=True)


class AuditEventShown(Shown):
    """Something that happened to the installation."""

    id = fields.UUID(required=True)
    at = fields.DateTime(required=True)
    type = fields.String(required=True)
    actor = fields.Nested(PersonShown, required=True, allow_none=True)
    subject = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    payload = fields.Dict(required=True)


UserPage = listed(UserShown, "UserPage")
TokenPage = listed(TokenShown, "TokenPage")
RolePage = listed(RoleShown, "RolePage")
MemberPage = listed(MemberShown, "MemberPage")
BusinessPage = listed(BusinessShown, "BusinessPage")
AuditPage = listed(AuditEventShown, "AuditPage")
