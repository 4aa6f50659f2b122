"""The reference pages that are made, not written: `python -m app.api.reference docs/reference`."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from flask import Flask

from app.api.document import document_of
from app.factory import create_app
from app.messages import sentences
from app.settings import Settings

MARK = "<!-- What follows is made by `python -m app.api.reference docs/reference`. -->"

_HEAD = ("| operation | | takes | answers |", "|---|---|---|---|")


def errors_page() -> str:
    """Every code with its sentence in both languages."""
    rows = (f"| `{code}` | {_cell(zh)} | {_cell(en)} |" for code, (zh, en) in sentences().items())
    return "\n".join((MARK, "", "| code | zh-CN | en |", "|---|---|---|", *rows, ""))


def operations_page(app: Flask) -> str:
    """Every operation of the API with who may use it."""
    document = document_of(app)
    lines = [MARK, ""]
    for tag in document["tags"]:
        lines += [f"## {tag['name']}", "", tag["description"] + ".", "", *_HEAD]
        lines += [_row(*each) for each in _operations(document, tag["name"])]
        lines.append("")
    return "\n".join(lines)


def with_made_part(page: str, made: str) -> str:
    """The page with its made part replaced."""
    return page.partition(MARK)[0] + made


def main(directory: Path) -> None:
    """Write both pages."""
    with tempfile.TemporaryDirectory() as scratch:
        app = create_app(
            Settings(database_url=f"sqlite:///{scratch}/x.db", data_dir=Path(scratch), secret_key=b"-" * 32)
        )
        for name, made in (("errors.md", errors_page()), ("api.md", operations_page(app))):
            page = directory / name
            page.write_text(with_made_part(page.read_text("utf-8"), made), "utf-8")


def _operations(document: dict[str, Any], tag: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict) and tag in operation["tags"]
    ]


def _row(method: str, path: str, operation: dict[str, Any]) -> str:
    needed = operation.get("description", "").partition("Needs one of: ")[2].rstrip(".")
    who = needed or ("" if operation["security"] else "everybody")
    said = operation["summary"] + (f" ({who})" if who else "")
    success = next(response for status, response in operation["responses"].items() if status.startswith("2"))
    taken = _schemas(operation.get("requestBody", {}))
    return f"| `{method} {path}` | {_cell(said)} | {taken} | {_schemas(success)} |"


def _schemas(of: dict[str, Any]) -> str:
    names = [
        described["schema"].get("$ref", "").rpartition("/")[2] or media_type
        for media_type, described in of.get("content", {}).items()
    ]
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
