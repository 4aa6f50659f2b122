"""Operations: one declaration says an operation's address, who may use it, what it takes and what it answers.

The declaration is the only source of the route, of the check of what is sent, and of the OpenAPI document.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema

from app.allowing import Allow, Public
from app.answers import respond
from app.asking import asking
from app.bodies import JSON_BYTES, DeskParser, json_of
from app.errors import Malformed, Unreadable, Unsupported
from engine.errors import FieldProblem, TooLarge
from storage.answer import Answer

Handler = Callable[..., Answer | Response]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation as it is declared."""

    method: str
    rule: str
    allow: Allow
    answer: type[Schema] | Schema | None = None
    """What a success answers; None for no content or for something that is not JSON."""
    status: int = 200
    also: int | None = None
    """Another status of success, with the same answer."""
    query: type[Schema] | None = None
    body: type[Schema] | None = None
    takes: Mapping[str, Any] | None = None
    """OpenAPI's request body of an operation that takes something other than JSON."""
    gives: str | None = None
    """The media type of an answer that is not JSON."""
    limit: int = JSON_BYTES
    """Bytes of the request's body."""
    if_match: str | None = None
    """`optional` or `required` where the operation looks at If-Match."""
    etag: bool = False
    """Whether a success carries an ETag."""
    location: bool = False
    keyed: bool = True
    """Whether a change heeds an Idempotency-Key; what says or answers a secret does not."""


class Noun(Blueprint):  # type: ignore[misc]
    """The operations on one noun, under /api/v1."""

    ARGUMENTS_PARSER = DeskParser()

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, __name__, url_prefix="/api/v1", description=description)

    def operation(self, method: str, rule: str, **declared: Any) -> Callable[[Handler], Handler]:
        """Declare an operation (see Operation). The handler gets the asking, then the query, then the body."""
        operation = Operation(method=method, rule=rule, **declared)

        def declare(handler: Handler) -> Handler:
            view = self._documented(_answering(handler), operation, handler.__name__)
            view = _guarded(view, operation)
            view.allow = operation.allow  # type: ignore[attr-defined]
            view.body_limit = operation.limit  # type: ignore[attr-defined]
            self.add_url_rule(rule, handler.__name__, view, methods=[method])
            return handler

        return declare

    def _documented(self, view: Callable[..., Response], operation: Operation, name: str) -> Callable[..., Response]:
        if operation.body is not None:
            view = self.arguments(operation.body(), location="json")(view)
        if operation.query is not None:
            view = self.arguments(operation.query(), location="query")(view)
        described: dict[str, Any] = {"x-operation": operation, "operationId": name}
        if operation.takes is not None:
            described["requestBody"] = operation.takes
        content = {"content_type": operation.gives} if operation.gives else {}
        schema = {"type": "string", "format": "binary"} if operation.gives else operation.answer
        documented: Callable[..., Response] = self.doc(**described)(
            self.response(operation.status, schema, **content)(view)
        )
        return documented


def _answering(handler: Handler) -> Callable[..., Response]:
    @wraps(handler)
    def view(*arguments: object, **path: object) -> Response:
        answer = handler(asking(), *arguments, **path)
        return answer if isinstance(answer, Response) else respond(answer)

    return view


def _guarded(view: Callable[..., Response], operation: Operation) -> Callable[..., Response]:
    """The view behind its checks. Whoever may not use it is told that, and not what was wrong with their request."""

    @wraps(view)
    def guarded(**path: object) -> Response:
        try:
            _refuse_untaken(operation)
            return view(**path)
        except (Unreadable, Malformed, Unsupported, TooLarge):
            if not isinstance(operation.allow, Public):
                asking().admit()
            raise

    return guarded


def _refuse_untaken(operation: Operation) -> None:
    """Raises: Unreadable `INPUT_REFUSED` for a query or body that the operation does not take."""
    unknown = list(request.args) if operation.query is None else []
    takes_nothing = operation.body is None and operation.takes is None
    if takes_nothing and request.method not in ("GET", "HEAD") and request.get_data():
        sent = json_of(request)
        unknown += list(sent) if isinstance(sent, dict) else ["body"]
    if unknown:
        problems = [FieldProblem(path=name, code="UNKNOWN_FIELD") for name in unknown]
        raise Unreadable("INPUT_REFUSED", {"count": len(problems)}, problems=problems)
