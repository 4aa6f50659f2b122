"""Where to go after signing in: a page of ours, whatever the address bar was made to say."""

from urllib.parse import quote, urlsplit

from flask import request

HOME = "/"
_LONGEST = 2_000


def safe_next(wanted: str | None) -> str:
    """The wanted path with its query, or `/` for anything that a browser might take for another place."""
    if not wanted or len(wanted) > _LONGEST or not wanted.startswith("/") or wanted.startswith("//"):
        return HOME
    if "\\" in wanted or any(ord(each) < 0x21 or ord(each) == 0x7F for each in wanted):
        return HOME
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else wanted


def came_from() -> str:
    """The page that the reader is on: this one, or the one whose form they sent."""
    if request.method == "GET":
        return safe_next(request.full_path.rstrip("?"))
    referrer = urlsplit(request.referrer or "")
    return safe_next(referrer.path + (f"?{referrer.query}" if referrer.query else ""))


def sign_in_address(wanted: str) -> str:
    """The sign-in page that leads back to this address."""
    safe = safe_next(wanted)
    return "/login" if safe == HOME else f"/login?next={quote(safe, safe='/')}"
