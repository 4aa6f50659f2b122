"""One-time links: the first admin's set-up, and the password reset that an admin hands out."""

from datetime import timedelta
from uuid import UUID

from engine.audit import record
from engine.checking import Checks
from engine.commands import people
from engine.commands.people import Profile
from engine.errors import Conflict, Gone, NotFound
from engine.ids import parse_uuid
from engine.passwords import check_password
from engine.permitting import need
from engine.ports.work import Work
from engine.secret import hash_of, new_secret
from engine.values.actors import Permission
from engine.values.audit import AuditType
from engine.values.people import Link, LinkPurpose, User

SETUP_LASTS = timedelta(hours=1)
RESET_LASTS = timedelta(minutes=30)


def make_setup_code(work: Work) -> str:
    """A code with which the first admin chooses name and password; earlier codes no longer work. For the host only.

    Raises: Conflict `SETUP_DONE` when there is, or ever was, an admin.
    """
    if work.people.had_admin():
        raise Conflict("SETUP_DONE")
    secret = _make(work, LinkPurpose.SETUP, None, SETUP_LASTS)
    record(work, AuditType.SETUP_CODE_MADE, "installation")
    return secret


def read_setup(work: Work, secret: str) -> None:
    """Return when the code can be used.

    Raises: NotFound when there is no such code or there was an admin, Gone `LINK_USED` or `LINK_EXPIRED`.
    """
    if work.people.had_admin():
        raise NotFound("setup")
    _usable(work, secret, LinkPurpose.SETUP)


def complete_setup(work: Work, secret: str, *, name: str, profile: Profile, password: str) -> User:
    """Make the first admin. The code is used up.

    Raises: NotFound, Gone (as `read_setup`), Invalid `FIELDS_INVALID`.
    """
    if work.people.had_admin():
        raise NotFound("setup")
    link = _usable(work, secret, LinkPurpose.SETUP)
    user = people.add(work, name=name, profile=profile, permissions=[Permission.ADMIN], password=password)
    work.links.use(link.hash, at=work.now)
    record(work, AuditType.SETUP_DONE, f"user:{user.name}")
    return user


def make_reset_link(work: Work, user_id: str) -> tuple[User, str]:
    """The secret of a link with which this person chooses a new password; earlier links for them no longer work.

    Raises: Forbidden, NotFound, Conflict `USER_INACTIVE`.
    """
    need(work.actor, Permission.ADMIN)
    parsed = parse_uuid(user_id)
    user = None if parsed is None else work.people.get(parsed, lock=True)
    if user is None:
        raise NotFound("user")
    if not user.active:
        raise Conflict("USER_INACTIVE", {"name": user.name})
    secret = _make(work, LinkPurpose.PASSWORD_RESET, user.id, RESET_LASTS)
    record(work, AuditType.RESET_LINK_MADE, f"user:{user.name}")
    return user, secret


def read_reset(work: Work, secret: str) -> User:
    """Whose password the link resets.

    Raises: NotFound when there is no such link, Gone `LINK_USED` or `LINK_EXPIRED`.
    """
    return _whose(work, _usable(work, secret, LinkPurpose.PASSWORD_RESET))


def reset_password(work: Work, secret: str, *, password: str) -> User:
    """Set a new password by the link, which is used up. Every session and token of the person ends.

    Raises: NotFound, Gone (as `read_reset`), Invalid `FIELDS_INVALID`.
    """
    link = _usable(work, secret, LinkPurpose.PASSWORD_RESET)
    user = _whose(work, link)
    checks = Checks()
    check_password(checks, "password", password, about=(user.name, user.display_name))
    checks.done()
    people.set_password(work, user, password)
    work.links.use(link.hash, at=work.now)
    return user


def _make(work: Work, purpose: LinkPurpose, user_id: UUID | None, lasts: timedelta) -> str:
    secret = new_secret()
    work.links.void(purpose, user_id, at=work.now)
    work.links.add(
        Link(
            hash=hash_of(secret),
            purpose=purpose,
            user_id=user_id,
            created_at=work.now,
            expires_at=work.now + lasts,
        )
    )
    return secret


def _usable(work: Work, secret: str, purpose: LinkPurpose) -> Link:
    link = work.links.get(hash_of(secret))
    if link is None or link.purpose is not purpose:
        raise NotFound("link")
    if link.used_at is not None:
        raise Gone("LINK_USED", {"at": link.used_at})
    if work.now >= link.expires_at:
        raise Gone("LINK_EXPIRED", {"at": link.expires_at})
    return link


def _whose(work: Work, link: Link) -> User:
    user = None if link.user_id is None else work.people.get(link.user_id, lock=True)
    if user is None or not user.active:
        raise NotFound("link")
    return user
