"""Cross-site requests: what comes with a cookie must come from our own pages.

A browser sends the cookie by itself, so a change needs two further proofs: the Origin header, which no page can forge,
and a token that only our pages know, bound to the session. A bearer token is sent by nobody but its holder's program.
"""

import hmac
from urllib.parse import urlsplit

from flask import Request

from app.settings import Settings, is_loopback
from engine.errors import Forbidden

HEADER = "X-CSRF-Token"
FIELD = "csrf_token"


def csrf_token(settings: Settings, session: bytes) -> str:
    """The token of a session (the hash of its id): 256 bits, the same as long as the session lasts."""
    return hmac.new(settings.secret_key, b"csrf:" + session, "sha256").hexdigest()


def check_origin(request: Request, settings: Settings, *, required: bool) -> None:
    """Return when the request comes from a page of ours, or (unless required) from no page at all.

    Raises: Forbidden `CSRF`.
    """
    origin = request.headers.get("Origin")
    if origin is None and not required:
        return
    if origin is None or not _is_ours(origin, settings.base_url):
        raise Forbidden("CSRF", {"reason": "origin"})


def check_token(request: Request, settings: Settings, session: bytes) -> None:
    """Return when the request carries the session's token, in the header or as a form field.

    Raises: Forbidden `CSRF`.
    """
    given = request.headers.get(HEADER)
    if given is None and request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        given = request.form.get(FIELD)
    expected = csrf_token(settings, session)
    if given is None or not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise Forbidden("CSRF", {"reason": "token"})


def _is_ours(origin: str, base_url: str) -> bool:
    if origin == base_url:
        return True
    # On one machine 127.0.0.1, ::1 and localhost are the same service.
    try:
        theirs, ours = urlsplit(origin), urlsplit(base_url)
        same = (theirs.scheme, theirs.port) == (ours.scheme, ours.port)
    except ValueError:
        return False
    return same and is_loopback(theirs.hostname) and is_loopback(ours.hostname)
