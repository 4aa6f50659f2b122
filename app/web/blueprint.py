"""Where pages are declared: the address, who may use it, and how much its request may bring."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path

from flask import Blueprint, Response

from app.allowing import Allow, SignedIn
from app.asking import asking
from app.bodies import JSON_BYTES
from bpmn.limits import ATTACHMENT_BYTES

HERE = Path(__file__).parent
NAME = "web"

WITH_FILES = 4 * ATTACHMENT_BYTES
"""Bytes of a form that carries files: those that a person picks at one go."""
MANY_PARTS = 5_000
"""Fields of the largest form: every row of its repeating groups."""

View = Callable[..., Response]

web = Blueprint(NAME, __name__, template_folder=str(HERE / "templates"))


def page(
    method: str, rule: str, *, allow: Allow | None = None, limit: int = JSON_BYTES, parts: int | None = None
) -> Callable[[View], View]:
    """Declare a page or what a form of it is sent to. The view gets the asking, then the route's arguments."""

    def declare(view: View) -> View:
        @wraps(view)
        def answered(**path: object) -> Response:
            return view(asking(), **path)

        answered.allow = allow or SignedIn()  # type: ignore[attr-defined]
        answered.body_limit = limit  # type: ignore[attr-defined]
        answered.form_parts = parts  # type: ignore[attr-defined]
        web.add_url_rule(rule, view.__name__, answered, methods=[method])
        return view

    return declare
