"""Whether the service lives, whether it can work, and what it measured."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, request

from app.addresses import within
from app.allowing import Public, allowing
from app.answers import respond
from app.asking import address_of
from app.desk import Desk, desk_of
from engine.errors import Busy
from storage.answer import Answer
from storage.channel import Statement
from storage.failures import ERRORS
from storage.migrations import is_current
from storage.retrying import run_again

health = Blueprint("health", __name__)

_READY = Statement(sa.select(sa.literal(1)))


@health.get("/health/live")
@allowing(Public())
def live() -> Response:
    """200 as long as the process answers at all."""
    return respond(Answer(status=200, body={"status": "live"}))


@health.get("/health/ready")
@allowing(Public())
def ready() -> Response:
    """200 when the database answers and has the schema that this release needs, else 503 saying which fails."""
    checks = checks_of(_desk())
    healthy = all(checks.values())
    body = {"status": "ready" if healthy else "not_ready", "checks": checks}
    headers = {} if healthy else {"Retry-After": "5"}
    return respond(Answer(status=200 if healthy else 503, body=body, headers=headers))


@health.get("/metrics")
@allowing(Public())
def metrics() -> Response:
    """Prometheus's text format, for the addresses in `FAULTDESK_METRICS_FROM`; for others there is no such page."""
    desk = _desk()
    if not within(address_of(request, desk), desk.settings.metrics_from):
        abort(404)
    return Response(desk.metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def checks_of(desk: Desk) -> dict[str, bool]:
    """What the service needs to work, and whether it has it."""

    def once(_sent: Callable[[], None]) -> dict[str, bool]:
        with desk.database.channel(writing=False) as channel:
            channel.ask([_READY])
        return {"database": True, "migrations": is_current(desk.database)}

    try:
        # An idle connection that was lost meanwhile says nothing of the database.
        return run_again(once, repeatable=True)
    except (*ERRORS, Busy):
        return {"database": False, "migrations": False}


def _desk() -> Desk:
    return desk_of(current_app)
