"""Answers held against the OpenAPI document: the status is declared, the body has the declared members and no other."""

import re
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse


class Document:
    """An OpenAPI 3.1 document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        resource = Resource(contents=_closed(document), specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource("urn:api", resource)
        self._paths = [
            (re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(path)) + "$"), path) for path in document["paths"]
        ]
        # The address without parameters goes before the one with: /tasks/counts is no task.
        self._paths.sort(key=lambda each: each[1].count("{"))

    def check(self, method: str, path: str, response: TestResponse) -> None:
        """Return when the document declares this answer."""
        operation = self.operation(method, path.partition("?")[0])
        if operation is None:
            return
        declared = operation["responses"].get(str(response.status_code))
        assert declared is not None, f"{method} {path} answers {response.status_code}, which it does not declare"
        if response.status_code in (204, 304):
            assert response.data == b""
            return
        content = declared["content"]
        assert response.mimetype in content or "octet-stream" in "".join(content), (path, response.mimetype, content)
        if response.mimetype.endswith("json"):
            self._validate(content[response.mimetype]["schema"], response.get_json())

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """The operation at this address, if the document has it."""
        for pattern, template in self._paths:
            if pattern.match(path) and method.lower() in self.document["paths"][template]:
                found: dict[str, Any] = self.document["paths"][template][method.lower()]
                return found
        return None

    def _validate(self, schema: dict[str, Any], value: object) -> None:
        absolute = _absolute(schema)
        validator = Draft202012Validator(absolute, registry=self._registry)
        errors = [f"{'.'.join(map(str, error.path))}: {error.message[:200]}" for error in validator.iter_errors(value)]
        assert errors == []


def _closed(value: Any) -> Any:
    """The document with every object schema closed: what is not declared must not be answered."""
    if isinstance(value, dict):
        made = {key: _closed(inner) for key, inner in value.items()}
        if "properties" in made and isinstance(made["properties"], dict):
            made.setdefault("additionalProperties", False)
        return made
    return [_closed(inner) for inner in value] if isinstance(value, list) else value


def _absolute(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: f"urn:api{inner}" if key == "$ref" and isinstance(inner, str) else _absolute(inner)
            for key, inner in value.items()
        }
    return [_absolute(inner) for inner in value] if isinstance(value, list) else value
