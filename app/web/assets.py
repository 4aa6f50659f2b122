"""Styles, icons and scripts, from our own host alone; their addresses change with their bytes."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Response, send_from_directory

from app.allowing import Public
from app.asking import Ask
from app.web.blueprint import HERE, page

STATIC = HERE / "static"
_YEAR = 365 * 24 * 3600


@page("GET", "/static/<path:name>", allow=Public())
def asset(_ask: Ask, name: str) -> Response:
    """A file of the pages; kept by the browser for as long as its address stays the same."""
    response = send_from_directory(STATIC, name, max_age=_YEAR)
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


@cache
def asset_address(name: str) -> str:
    """The address of a file, with a part that changes when the file does."""
    digest = hashlib.sha256(Path(STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"
