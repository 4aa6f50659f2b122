"""What every request passes on its way in and every response on its way out."""

import time

import structlog
from flask import Flask, Response, g, request
from flask.globals import request_ctx

from app.allowing import allow_of
from app.asking import begin
from app.bodies import JSON_BYTES, check_address
from app.desk import Desk
from app.errors import Malformed
from app.headers import harden
from app.languages import negotiated
from engine.ids import new_id

log = structlog.get_logger("faultdesk.http")

REPEATED = "faultdesk.repeated"
"""Where the environ of a request names a header that came more than once and may not."""


def watch(app: Flask, desk: Desk) -> None:
    """Put the checks before every view and the headers, measures and log line after it."""

    @app.before_request
    def arrive() -> Response | None:
        g.started = time.perf_counter()
        g.request_id = str(new_id())
        g.language = negotiated(request, desk.settings.language)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        return _check(app, desk)

    @app.after_request
    def leave(response: Response) -> Response:
        _note(desk, response)
        return harden(response, desk.settings, request_id=g.request_id)

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        structlog.contextvars.clear_contextvars()


def body_limit(view: object) -> int:
    """How many bytes this view's request may bring."""
    return int(getattr(view, "body_limit", JSON_BYTES))


def _check(app: Flask, desk: Desk) -> Response | None:
    check_address(request)
    repeated = request.environ.get(REPEATED)
    if repeated is not None:
        raise Malformed("BAD_REQUEST", {"header": repeated})
    if request.url_rule is None or request.endpoint is None:
        return None
    if request.method == "OPTIONS":
        return _options()
    view = app.view_functions[request.endpoint]
    request.max_content_length = body_limit(view)
    request.max_form_parts = getattr(view, "form_parts", None) or request.max_form_parts
    allow = allow_of(view)
    assert allow is not None
    begin(request, desk, allow, request_id=g.request_id)
    return None


def _options() -> Response:
    """The methods of an address, for anybody; no other origin is told that it may use them."""
    adapter = request_ctx.url_adapter
    assert adapter is not None
    response = Response(status=204)
    # Each method of an address is a rule of its own; the adapter knows them all.
    response.headers["Allow"] = ", ".join(sorted(adapter.allowed_methods()))
    return response


def _note(desk: Desk, response: Response) -> None:
    seconds = time.perf_counter() - g.started
    # An address that is none of ours is one label: whoever scans for holes must not fill the memory.
    route = request.url_rule.rule if request.url_rule is not None else "none"
    desk.metrics.request(route=route, method=request.method, status=response.status_code, seconds=seconds)
    log.info(
        "request",
        method=request.method,
        route=route,
        status=response.status_code,
        ms=round(seconds * 1000, 2),
    )
