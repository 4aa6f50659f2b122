"""The OpenAPI 3.1 document, completed with what every operation has in common, and served."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, Response, current_app
from flask_smorest import Api

from app.allowing import Allow, Holding, Public, allowing
from app.answers import shown
from app.api.noun import Operation
from app.api.pages import pages

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_MEANINGS = {
    "400": "The request cannot be read",
    "401": "Nobody known is asking",
    "403": "The asker may not do this",
    "404": "There is no such thing, or the asker may not know of it",
    "408": "The body came too slowly",
    "409": "The state does not allow it, or somebody else was faster",
    "410": "The link was used or has expired",
    "412": "If-Match names another version",
    "413": "The body is too large",
    "415": "The media type is not taken",
    "422": "What was sent is not valid; `errors` name the fields",
    "428": "If-Match is required",
    "429": "Too often",
    "503": "Try again later; nothing changed",
}
_ETAG = {"ETag": {"schema": {"type": "string"}, "description": "The version, good for If-Match"}}
_LOCATION = {"Location": {"schema": {"type": "string"}, "description": "The address of what was made"}}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
    "description": "The first answer to this key and body is given again for 24 hours",
}
_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "An ETag: answers 304 when nothing has changed since",
}
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token made under /api/v1/tokens"},
    "session": {"type": "apiKey", "in": "cookie", "name": "faultdesk", "description": "The cookie of a sign-in"},
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRF-Token",
        "description": "Beside the cookie, for every change; the Origin header must be the service's own",
    },
}


_MADE = "faultdesk-document"


def documents(api: Api) -> Blueprint:
    """The pages that serve the document; it is made when first asked for."""
    blueprint = Blueprint("documents", __name__)

    def document() -> dict[str, Any]:
        made: dict[str, Any] = current_app.extensions.setdefault(_MADE, {})
        if not made:
            made.update(completed(api.spec.to_dict()))
        return made

    @blueprint.get("/api/openapi.json")
    @allowing(Public())
    def openapi() -> Response:
        """The document."""
        return shown(document())

    blueprint.register_blueprint(pages(document))
    return blueprint


def document_of(app: Flask) -> dict[str, Any]:
    """The document of an application."""
    found: dict[str, Any] = app.test_client().get("/api/openapi.json").get_json()
    return found


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with security, headers and problems for every operation."""
    document["jsonSchemaDialect"] = "https://spec.openapis.org/oas/3.1/dialect/base"
    components = document.setdefault("components", {})
    components["securitySchemes"] = _SCHEMES
    components["responses"] = {}
    for path in document["paths"].values():
        for method, operation in path.items():
            if isinstance(operation, dict):
                _complete(operation, method)
    return document


def _complete(operation: dict[str, Any], method: str) -> None:
    declared: Operation = operation.pop("x-operation")
    operation["security"] = _security(declared.allow, method)
    parameters = operation.setdefault("parameters", [])
    if method != "get" and declared.keyed and not isinstance(declared.allow, Public):
        parameters.append(_IDEMPOTENCY_KEY)
    if declared.if_match is not None:
        parameters.append(_if_match(required=declared.if_match == "required"))
    if method == "get" and declared.etag:
        parameters.append(_NONE_MATCH)
    operation["responses"] = _responses(operation.get("responses", {}), declared, method)
    _allowed(operation, declared.allow)


def _security(allow: Allow, method: str) -> list[dict[str, list[str]]]:
    if isinstance(allow, Public):
        return []
    return [{"token": []}, {"session": []} if method == "get" else {"session": [], "csrf": []}]


def _if_match(*, required: bool) -> dict[str, Any]:
    return {
        "name": "If-Match",
        "in": "header",
        "required": required,
        "schema": {"type": "string", "pattern": '^(\\*|"v[1-9][0-9]{0,8}(\\.[0-9a-f]+)?")$'},
        "description": "The ETag of what is to be changed: 412 when it has changed meanwhile",
    }


def _responses(given: Mapping[str, Any], declared: Operation, method: str) -> dict[str, Any]:
    responses = {str(status): response for status, response in given.items() if status != "default"}
    success = responses[str(declared.status)]
    if declared.also is not None:
        responses[str(declared.also)] = {**success, "description": "There was such a thing already"}
    headers = {**(_ETAG if declared.etag else {}), **(_LOCATION if declared.location else {})}
    if headers:
        success["headers"] = headers
    if method == "get" and declared.etag:
        responses["304"] = {"description": "Not changed"}
    content = {"application/problem+json": {"schema": _PROBLEM}}
    for status, meaning in _MEANINGS.items():
        responses[status] = {"description": meaning, "content": content}
    return responses


def _allowed(operation: dict[str, Any], allow: Allow) -> None:
    if isinstance(allow, Holding):
        names = ", ".join(sorted(allow.permissions))
        operation["description"] = (operation.get("description", "") + f"\n\nNeeds one of: {names}.").strip()
