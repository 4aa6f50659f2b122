"""Users: accounts are made and taken out of use by admins; what a person may change is their own profile."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from zoneinfo import available_timezones

from bpmn.errors import FaultdeskError
from bpmn.text import EN, ZH
from engine.audit import difference, record
from engine.checking import Checks, check_revision
from engine.commands.sign_in import new_session, reauthenticate
from engine.errors import Conflict, NotFound
from engine.ids import new_id, parse_uuid
from engine.passwords import check_password
from engine.permitting import need
from engine.ports.work import Work
from engine.values.actors import Permission
from engine.values.audit import AuditType
from engine.values.people import User

LANGUAGES = (ZH, EN)
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\]{1,189}")


@dataclass(frozen=True, kw_only=True)
class Profile:
    """New facts about a user; None leaves one as it is, an empty text takes it away."""

    display_name: str | None = None
    email: str | None = None
    language: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True, kw_only=True)
class PasswordChanged:
    """A changed password; `secret` is the new session's when the request came with one, since all sessions ended."""

    user: User
    secret: str | None


def create(
    work: Work,
    *,
    name: str,
    profile: Profile,
    permissions: Iterable[Permission] = (),
    password: str | None = None,
) -> User:
    """Make an account. Without a password nobody can sign in until a reset link was used.

    Raises: Forbidden, Invalid `FIELDS_INVALID`, Conflict `NAME_TAKEN`.
    """
    need(work.actor, Permission.ADMIN)
    return add(work, name=name, profile=profile, permissions=permissions, password=password)


def add(
    work: Work, *, name: str, profile: Profile, permissions: Iterable[Permission] = (), password: str | None = None
) -> User:
    """The same without asking who wants it: for the host's own command line, and the first admin's set-up.

    Raises: Invalid `FIELDS_INVALID`, Conflict `NAME_TAKEN`.
    """
    checks = Checks()
    if not _NAME.fullmatch(name):
        checks.refuse("name", "USER_NAME_INVALID")
    user = User(id=new_id(), name=name, display_name=name, permissions=frozenset(permissions), created_at=work.now)
    user = _changed(checks, user, profile)
    if password is not None:
        check_password(checks, "password", password, about=(name, user.display_name))
    checks.done()
    if work.people.by_name(name) is not None:
        raise Conflict("NAME_TAKEN", {"name": name})
    work.people.add(user, password_hash=None if password is None else work.passwords.hash(password))
    record(work, AuditType.USER_CREATED, f"user:{name}", {"after": _facts(user)})
    return user


def change(work: Work, user_id: str, profile: Profile, *, revision: int | None) -> User:
    """Change somebody's profile, as an admin.

    Raises: Forbidden, NotFound, PreconditionRequired, PreconditionFailed, Invalid `FIELDS_INVALID`.
    """
    before = _load(work, user_id, revision)
    checks = Checks()
    after = _changed(checks, before, profile)
    checks.done()
    return _save(work, before, after, AuditType.USER_CHANGED)


def set_permissions(work: Work, user_id: str, permissions: Iterable[Permission], *, revision: int | None) -> User:
    """Say what somebody may do with the system; it holds with their next request.

    Raises: Forbidden, NotFound, PreconditionRequired, PreconditionFailed, Conflict `LAST_ADMIN`.
    """
    before = _load(work, user_id, revision)
    after = replace(before, permissions=frozenset(permissions))
    if Permission.ADMIN not in after.permissions:
        _keep_an_admin(work, before)
    return _save(work, before, after, AuditType.PERMISSIONS_CHANGED)


def deactivate(work: Work, user_id: str, *, revision: int | None) -> User:
    """Take an account out of use: its sessions and tokens end at once.

    Raises: Forbidden, NotFound, PreconditionRequired, PreconditionFailed, Conflict `LAST_ADMIN`.
    """
    before = _load(work, user_id, revision)
    _keep_an_admin(work, before)
    work.sessions.end_all(before.id)
    work.tokens.revoke_all(before.id, at=work.now)
    return _save(work, before, replace(before, active=False), AuditType.USER_DEACTIVATED)


def reactivate(work: Work, user_id: str, *, revision: int | None) -> User:
    """Take an account into use again; its sessions and tokens stay ended.

    Raises: Forbidden, NotFound, PreconditionRequired, PreconditionFailed.
    """
    before = _load(work, user_id, revision)
    return _save(work, before, replace(before, active=True), AuditType.USER_REACTIVATED)


def change_own_profile(work: Work, profile: Profile, *, password: str | None = None) -> User | FaultdeskError:
    """Change one's own name, language and zone, and with one's password the e-mail address.

    Returned, not raised, so that it is counted: Forbidden `PASSWORD_WRONG`, TooMany `SIGN_IN_THROTTLED`.

    Raises: Unauthenticated, Invalid `FIELDS_INVALID` or `PASSWORD_REQUIRED`.
    """
    before = _self(work)
    checks = Checks()
    after = _changed(checks, before, profile)
    if after.email != before.email and password is None:
        checks.refuse("password", "PASSWORD_REQUIRED")
    checks.done()
    if after.email != before.email:
        refusal = reauthenticate(work, before.id, password=password or "")
        if refusal is not None:
            return refusal
    return _save(work, before, after, AuditType.USER_CHANGED)


def change_own_password(
    work: Work, *, password: str, new_password: str, agent: str | None = None
) -> PasswordChanged | FaultdeskError:
    """Change one's own password. Every session and token of the person ends; the request's session is replaced.

    Returned, not raised, so that it is counted: Forbidden `PASSWORD_WRONG`, TooMany `SIGN_IN_THROTTLED`.

    Raises: Unauthenticated, Invalid `FIELDS_INVALID`.
    """
    user, session = _self(work), work.actor.session
    checks = Checks()
    check_password(checks, "new_password", new_password, about=(user.name, user.display_name))
    checks.done()
    refusal = reauthenticate(work, user.id, password=password)
    if refusal is not None:
        return refusal
    set_password(work, user, new_password)
    secret = None if session is None else new_session(work, user.id, agent=agent)
    return PasswordChanged(user=user, secret=secret)


def set_password(work: Work, user: User, password: str) -> None:
    """Store a checked password; whoever used the old one is out."""
    work.people.set_password(user.id, work.passwords.hash(password))
    work.sessions.end_all(user.id)
    work.tokens.revoke_all(user.id, at=work.now)
    record(work, AuditType.PASSWORD_CHANGED, f"user:{user.name}", by=user.person)


def _load(work: Work, user_id: str, revision: int | None) -> User:
    need(work.actor, Permission.ADMIN)
    parsed = parse_uuid(user_id)
    user = None if parsed is None else work.people.get(parsed, lock=True)
    if user is None:
        raise NotFound("user")
    check_revision(user.revision, revision)
    return user


def _self(work: Work) -> User:
    user = work.people.get(work.actor.id, lock=True)
    assert user is not None
    return user


def _save(work: Work, before: User, after: User, event: AuditType) -> User:
    saved = replace(after, revision=before.revision + 1)
    work.people.save(saved)
    record(work, event, f"user:{saved.name}", difference(_facts(before), _facts(saved)))
    return saved


def _keep_an_admin(work: Work, user: User) -> None:
    if user.active and Permission.ADMIN in user.permissions and work.people.active_admins() <= 1:
        raise Conflict("LAST_ADMIN", {"name": user.name})


def _changed(checks: Checks, user: User, profile: Profile) -> User:
    if profile.display_name is not None:
        user = replace(user, display_name=checks.text("display_name", profile.display_name))
    if profile.email is not None:
        address = profile.email.strip()
        if address and not _ADDRESS.fullmatch(address):
            checks.refuse("email", "EMAIL_INVALID")
        user = replace(user, email=checks.text("email", address, limit=254, required=False) or None)
    if profile.language is not None:
        if profile.language and profile.language not in LANGUAGES:
            checks.refuse("language", "FIELD_NOT_ONE_OF", allowed=list(LANGUAGES))
        user = replace(user, language=profile.language or None)
    if profile.time_zone is not None:
        if profile.time_zone and profile.time_zone not in available_timezones():
            checks.refuse("time_zone", "TIME_ZONE_UNKNOWN")
        user = replace(user, time_zone=profile.time_zone or None)
    return user


def _facts(user: User) -> Mapping[str, object]:
    return {
        "display_name": user.display_name,
        "email": user.email,
        "language": user.language,
        "time_zone": user.time_zone,
        "permissions": sorted(user.permissions),
        "active": user.active,
    }
