"""The session cookie: HttpOnly, SameSite=Lax; over https `__Host-` and Secure, so that no other host can set it."""

from flask import Request, Response

from app.settings import Settings
from engine.commands.sign_in import ABSOLUTE
from storage.credentials import SessionCredential, hash_of

_LONGEST = 200


def cookie_name(settings: Settings) -> str:
    """The name by which the session travels."""
    return "__Host-faultdesk" if settings.is_https else "faultdesk"


def session_in(request: Request, settings: Settings) -> SessionCredential | None:
    """The session that the request's cookie names, if it has one."""
    secret = request.cookies.get(cookie_name(settings))
    return SessionCredential(hash_of(secret)) if secret and len(secret) <= _LONGEST else None


def begin_session(response: Response, secret: str, settings: Settings) -> None:
    """Hand the session to the browser."""
    response.set_cookie(
        cookie_name(settings),
        secret,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="Lax",
    )


def end_session(response: Response, settings: Settings) -> None:
    """Take the session from the browser."""
    response.delete_cookie(cookie_name(settings), path="/", secure=settings.is_https, httponly=True, samesite="Lax")
