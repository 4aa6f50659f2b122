"""Readable pages of the API, made of its document: the operations, and what every code means. Nothing foreign loads."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, g
from markupsafe import Markup

from app.allowing import Public, allowing
from app.messages import sentences

_TITLE = "Faultdesk API"


def pages(document: Any) -> Blueprint:
    """The pages; `document` gives the completed OpenAPI document."""
    blueprint = Blueprint("api_pages", __name__)

    @blueprint.get("/api/docs")
    @allowing(Public())
    def operations() -> Response:
        """Every operation with what it takes and answers."""
        return _page(_TITLE, Markup("").join(_operations(document())))

    @blueprint.get("/api/docs/errors")
    @allowing(Public())
    def errors() -> Response:
        """Every code in both languages; problems link here."""
        rows = Markup("").join(_error(code, *each) for code, each in sentences().items())
        head = Markup("<h1>{}</h1><table><thead><tr><th>code</th><th>zh-CN</th><th>en</th></tr></thead>")
        return _page("Codes", head.format("Codes") + Markup("<tbody>{}</tbody></table>").format(rows))

    return blueprint


def _operations(document: dict[str, Any]) -> Iterator[Markup]:
    links = Markup('<a href="/api/openapi.json">OpenAPI 3.1</a> · <a href="/api/docs/errors">codes</a>')
    info = document["info"]
    yield Markup("<h1>{} {}</h1><p>{}</p>").format(info["title"], info["version"], links)
    for tag in document["tags"]:
        yield Markup("<h2>{}</h2><p>{}</p>").format(tag["name"], tag["description"])
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if isinstance(operation, dict) and tag["name"] in operation["tags"]:
                    yield _operation(method, path, operation, document)


def _operation(method: str, path: str, operation: dict[str, Any], document: dict[str, Any]) -> Markup:
    parameters = Markup("").join(_parameter(each) for each in operation.get("parameters", []))
    return Markup(
        '<section id="{id}"><h3><code>{method} {path}</code></h3><p>{summary}</p><p>{description}</p>'
        "<ul>{parameters}{body}{answers}</ul></section>"
    ).format(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        parameters=parameters,
        body=_body(operation, document),
        answers=Markup("").join(_answer(*each) for each in operation["responses"].items() if each[0] < "400"),
    )


def _parameter(of: dict[str, Any]) -> Markup:
    needed = ", required" if of.get("required") else ""
    return Markup("<li><code>{}</code> ({}{}): {}</li>").format(of["name"], of["in"], needed, of.get("description", ""))


def _body(operation: dict[str, Any], document: dict[str, Any]) -> Markup:
    content = operation.get("requestBody", {}).get("content", {})
    items = Markup("")
    for media_type, described in content.items():
        name = described["schema"].get("$ref", "").rpartition("/")[2]
        schema = document["components"]["schemas"].get(name, described["schema"])
        fields = ", ".join(
            f"{key}{'*' if key in schema.get('required', ()) else ''}" for key in schema.get("properties", {})
        )
        items += Markup("<li>{}: <code>{}</code></li>").format(media_type, fields or "the bytes")
    return items


def _answer(status: str, response: dict[str, Any]) -> Markup:
    names = [
        described["schema"].get("$ref", "").rpartition("/")[2] or media_type
        for media_type, described in response.get("content", {}).items()
    ]
    return Markup("<li>{} {} <code>{}</code></li>").format(status, response["description"], ", ".join(names))


def _error(code: str, zh: str, en: str) -> Markup:
    return Markup('<tr id="{}"><td><code>{}</code></td><td>{}</td><td>{}</td></tr>').format(code, code, zh, en)


def _page(title: str, body: Markup) -> Response:
    language = g.language
    text = Markup(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title>'
        '<meta name="viewport" content="width=device-width"></head><body><main>{}</main></body></html>'
    ).format(language, title, body)
    return Response(str(text), content_type="text/html; charset=utf-8")
