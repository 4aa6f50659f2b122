"""Refusals and failures of pages as pages: what happened, its code and the request's id; a sign-in where that helps."""

from collections.abc import Mapping

from flask import Flask, Response, g, render_template, request

from app.asking import Ask
from app.desk import desk_of
from app.problems import PAGES
from app.web.blueprint import NAME
from app.web.reader import Reader, chosen_language, reader_of, zone_of
from app.web.safe_next import came_from, sign_in_address
from app.web.showing import go
from app.web.translating import forget
from storage.answer import Answer

_OURS = ("/api/", "/health/", "/metrics", "/static/")


def handle_pages(app: Flask) -> None:
    """Have `app.problems` ask here first."""

    def shown(answer: Answer) -> Response | None:
        if not _is_page():
            return None
        if answer.status == 401:
            return _to_sign_in()
        return _page(app, answer)

    app.extensions[PAGES] = shown


def _is_page() -> bool:
    """Whether the request was for a page: one of ours, or no address at all, asked by a browser."""
    if request.url_rule is not None:
        return request.blueprint == NAME and not (request.endpoint or "").endswith(".asset")
    wants_html = request.accept_mimetypes.best_match(["application/problem+json", "text/html"]) == "text/html"
    return wants_html and not request.path.startswith(_OURS)


def _to_sign_in() -> Response:
    """The sign-in page, which leads back; a form that was sent leads back to the page that it stood on."""
    return go(sign_in_address(came_from()))


def _page(app: Flask, answer: Answer) -> Response:
    reader = _reader(app)
    forget()
    body: Mapping[str, object] = answer.body if isinstance(answer.body, Mapping) else {}
    html = render_template(
        "problem.html",
        shell=None,
        reader=reader,
        csrf="",
        here=came_from(),
        request_id=g.get("request_id", ""),
        status=answer.status,
        code=str(body.get("code", "")),
        params=body.get("params", {}),
    )
    headers = {name: value for name, value in answer.headers.items() if name == "Retry-After"}
    return Response(html, status=answer.status, headers=headers, content_type="text/html; charset=utf-8")


def _reader(app: Flask) -> Reader:
    """Nobody is looked up for a failure: the database may be what failed."""
    settings = desk_of(app).settings
    ask: Ask | None = g.get("ask")
    if ask is not None:
        return g.get("reader") or reader_of(ask, request, None)
    g.reader = Reader(
        actor=None, language=chosen_language(request, settings.language), zone=zone_of(None), now=settings.clock()
    )
    return g.reader  # type: ignore[no-any-return]
