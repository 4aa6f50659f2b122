"""Every refusal and failure as `application/problem+json` (RFC 9457), made in this one place.

`code` and `params` are stable; `title` and `detail` are sentences in the reader's language. A failure that nobody
foresaw says nothing but the request's id, under which the log holds the rest.
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus

import structlog
from flask import Flask, Response, current_app, g, has_app_context, request
from werkzeug.exceptions import HTTPException

from app.answers import respond
from app.errors import Malformed, Unsupported
from app.findings import finding
from app.messages import render, title_of
from bpmn.errors import FaultdeskError
from bpmn.text import ZH
from engine import errors
from storage.answer import Answer

CONTENT_TYPE = "application/problem+json"
PAGES = "faultdesk.pages"
"""The extension that makes a page of an answer, or gives None where none was asked for."""
RETRY_AFTER = 2
"""Seconds, where the refusal itself names none."""

_STATUS: tuple[tuple[type[FaultdeskError], int], ...] = (
    (Malformed, 400),
    (Unsupported, 415),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Gone, 410),
    (errors.PreconditionFailed, 412),
    (errors.TooLarge, 413),
    (errors.Invalid, 422),
    (errors.PreconditionRequired, 428),
    (errors.TooMany, 429),
    (errors.Busy, 503),
)
_HTTP_CODES = {
    400: "BAD_REQUEST",
    404: "NO_SUCH_ADDRESS",
    405: "METHOD_NOT_ALLOWED",
    408: "REQUEST_TIMEOUT",
    413: "BODY_TOO_LARGE",
    414: "ADDRESS_TOO_LONG",
    415: "MEDIA_TYPE_UNSUPPORTED",
    416: "RANGE_NOT_SATISFIABLE",
    421: "MISDIRECTED",
    431: "HEADERS_TOO_LARGE",
}
_KEPT_HEADERS = ("Allow", "Retry-After", "Content-Range")

log = structlog.get_logger("faultdesk.http")


def status_of(error: FaultdeskError) -> int:
    """The HTTP status that says what the asker can do about the error; one outside the tree is unprocessable."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 422)


def problem_answer(error: FaultdeskError, *, language: str, request_id: str) -> Answer:
    """The answer that tells of a refusal."""
    status = status_of(error)
    if status == 403 and has_app_context():
        g.refused = error.code  # `app.auditing` keeps it, once it is answered.
    body = problem(status, error.code, error.params, language=language, request_id=request_id)
    problems = getattr(error, "problems", ())
    if problems:
        body["errors"] = [_field(each, language) for each in problems]
    findings = error.params.get("findings")
    if isinstance(findings, Sequence) and not isinstance(findings, str):
        body["params"] = {key: value for key, value in error.params.items() if key != "findings"}
        body["findings"] = [finding(each) for each in findings]
    return Answer(status=status, body=body, headers={"Content-Type": CONTENT_TYPE, **_headers(status, error.params)})


def problem(
    status: int, code: str, params: Mapping[str, object], *, language: str, request_id: str
) -> dict[str, object]:
    """The members of a problem (RFC 9457, section 3)."""
    return {
        "type": f"/api/docs/errors#{code}",
        "title": title_of(status, language),
        "status": status,
        "detail": render(code, params, language),
        "code": code,
        "params": dict(params),
        "request_id": request_id,
    }


def handle_problems(app: Flask) -> None:
    """Have every error of the application answered as a problem."""
    app.register_error_handler(FaultdeskError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)


def _refused(error: FaultdeskError) -> Response:
    return _answered(problem_answer(error, language=_language(), request_id=_request_id()))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    code = _HTTP_CODES.get(status, _named(status))
    answer = _plain_answer(status, code)
    response = _answered(answer)
    for name, value in error.get_headers(request.environ):
        if name in _KEPT_HEADERS:
            response.headers[name] = value
    return response


def _failed(error: Exception) -> Response:
    # The type and the place tell what happened; the message of a foreign error may hold what a person entered.
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    return _answered(_plain_answer(500, "INTERNAL"))


def _answered(answer: Answer) -> Response:
    """The answer as a page where a page was asked for, else as a problem."""
    page = current_app.extensions.get(PAGES)
    return (page(answer) if page is not None else None) or respond(answer)


def _plain_answer(status: int, code: str) -> Answer:
    body = problem(status, code, {}, language=_language(), request_id=_request_id())
    return Answer(status=status, body=body, headers={"Content-Type": CONTENT_TYPE, **_headers(status, {})})


def _field(each: errors.FieldProblem, language: str) -> dict[str, object]:
    return {
        "path": each.path,
        "code": each.code,
        "params": dict(each.params),
        "detail": render(each.code, each.params, language),
    }


def _headers(status: int, params: Mapping[str, object]) -> dict[str, str]:
    if status == 408:
        # What is still to come of the body is not waited for.
        return {"Connection": "close"}
    if status in (429, 503):
        return {"Retry-After": str(params.get("retry_after", RETRY_AFTER))}
    # RFC 9110, 15.5.2: a 401 names the ways to say who is asking.
    return {"WWW-Authenticate": 'Bearer realm="faultdesk"'} if status == 401 else {}


def _named(status: int) -> str:
    try:
        return re.sub(r"[^A-Z]+", "_", HTTPStatus(status).phrase.upper())
    except ValueError:
        return "HTTP_ERROR"


def _request_id() -> str:
    return str(g.get("request_id", ""))


def _language() -> str:
    return str(g.get("language", ZH))
