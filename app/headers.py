"""Headers of every response: what a browser may do with it, and under which id the log knows it."""

from flask import Response

from app.settings import Settings

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
_ALWAYS = [(name.lower(), (name, value)) for name, value in _HEADERS.items()]
_HSTS = "max-age=63072000; includeSubDomains"


def harden(response: Response, settings: Settings, *, request_id: str) -> Response:
    """The response with the headers that it does not set itself."""
    present = {name.lower() for name, _ in response.headers}
    response.headers.extend([pair for name, pair in _ALWAYS if name not in present])
    if settings.is_https:
        response.headers.setdefault("Strict-Transport-Security", _HSTS)
    response.headers["X-Request-Id"] = request_id
    return response
