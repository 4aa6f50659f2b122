"""Reading what a request brings: JSON and query, checked before anything looks at their meaning.

Python's own parser takes the last of two equal keys, NaN, and nesting until the stack ends; none of that is JSON that
two readers understand alike (RFC 8259, section 4), so it is refused.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from app.errors import Malformed, Unreadable, Unsupported
from bpmn.forms.problems import located
from engine.errors import FieldProblem

JSON_BYTES = 1024 * 1024
JSON_DEPTH = 64
JSON_KEYS = 10_000

# Possessive, and content with a text that never ends: from each quote of such a text another search would start.
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")
_UNFIT = re.compile("[\x00\ud800-\udfff]")
_DIGITS = 4_000


class DeskParser(FlaskParser):
    """Feeds flask-smorest's `arguments` from the readers below; nothing unknown passes."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = dict.fromkeys(
        ("json", "query", "form", "files", "headers", "cookies", "path", "view_args"), RAISE
    )

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002
        """See FlaskParser."""
        return json_of(req)

    def load_querystring(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002
        """See FlaskParser."""
        return query_of(req)

    def handle_error(self, error: ValidationError, *_args: object, **_options: object) -> Any:
        """See FlaskParser."""
        raise refused(error)


def refused(error: ValidationError) -> Unreadable:
    """What marshmallow found wrong, as our own refusal naming every field."""
    messages = error.messages
    if isinstance(messages, dict) and len(messages) == 1 and next(iter(messages)) in ("json", "query", "form"):
        messages = next(iter(messages.values()))
    found = [FieldProblem(path=each.path, code=each.code, params=each.params) for each in located(messages)]
    return Unreadable("INPUT_REFUSED", {"count": len(found)}, problems=found)


def json_of(request: Request) -> Any:
    """The request's JSON.

    Raises: Unsupported `MEDIA_TYPE_UNSUPPORTED`; Malformed `ENCODING` or `JSON_MALFORMED`; Unreadable `JSON_TOO_DEEP`,
        `JSON_TOO_MANY_KEYS`, `KEY_REPEATED`, or `INPUT_REFUSED` naming texts that cannot be kept.
    """
    if request.mimetype != "application/json":
        raise Unsupported("MEDIA_TYPE_UNSUPPORTED", {"expected": "application/json", "given": request.mimetype})
    value = parse_json(request.get_data())
    unfit = [FieldProblem(path=path, code="TEXT_NOT_UNICODE") for path in _unfit(value, "")]
    if unfit:
        raise Unreadable("INPUT_REFUSED", {"count": len(unfit)}, problems=unfit)
    return value


def parse_json(content: bytes) -> Any:
    """The value of a JSON text.

    Raises: as `json_of`.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("ENCODING", {"what": "body"}) from None
    bare = _STRINGS.sub(b"", content)
    if _depth(bare) > JSON_DEPTH:
        raise Unreadable("JSON_TOO_DEEP", {"limit": JSON_DEPTH})
    # Outside of strings a colon stands for a key each, so that nothing is built to count them.
    if bare.count(b":") > JSON_KEYS:
        raise Unreadable("JSON_TOO_MANY_KEYS", {"limit": JSON_KEYS})
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "number"
        raise Malformed("JSON_MALFORMED", {"reason": reason}) from None


def query_of(request: Request) -> dict[str, str]:
    """The query's parameters.

    Raises: Unreadable `PARAMETER_REPEATED`.
    """
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Unreadable(
                "PARAMETER_REPEATED", {"name": name}, problems=[FieldProblem(path=name, code="PARAMETER_REPEATED")]
            )
    return request.args.to_dict()


def check_address(request: Request) -> None:
    """Return when path and query are UTF-8 without NUL; werkzeug would put a replacement sign for what is not.

    Raises: Malformed `ENCODING`.
    """
    path = request.environ.get("PATH_INFO", "").encode("latin-1", "replace")
    query = unquote_to_bytes(request.environ.get("QUERY_STRING", ""))
    for part in (path, query):
        try:
            text = part.decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("ENCODING", {"what": "address"}) from None
        if "\0" in text:
            raise Malformed("ENCODING", {"what": "address"})


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of the text.

    Raises: Unreadable `KEY_REPEATED`.
    """
    made = dict(pairs)
    if len(made) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        shown = twice.encode("utf-8", "replace").decode()
        raise Unreadable("KEY_REPEATED", {"key": shown}, problems=[FieldProblem(path=shown, code="KEY_REPEATED")])
    return made


def _no_constant(_name: str) -> Any:
    raise ValueError("not a number of JSON")


def _integer(text: str) -> int:
    if len(text) > _DIGITS:
        raise ValueError("too many digits")
    return int(text)


def _depth(bare: bytes) -> int:
    """How deep the brackets nest in a text without its strings, without parsing: a parser's stack would end first."""
    deepest = depth = 0
    for found in _BRACKETS.finditer(bare):
        depth += 1 if found[0] in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _unfit(value: object, path: str) -> Iterator[str]:
    if isinstance(value, str):
        if _UNFIT.search(value):
            yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            place = f"{path}.{key}" if path else key
            if _UNFIT.search(key):
                yield place.encode("utf-8", "replace").decode().replace("\0", "?")
            yield from _unfit(inner, place)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _unfit(inner, f"{path}.{at}" if path else str(at))
