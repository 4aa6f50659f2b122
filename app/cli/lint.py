"""`faultdesk lint`: the report of import and deploy, for a designer's terminal or CI. Reads files, changes nothing."""

import sys
from collections.abc import Mapping
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.text import Text as Styled

from app.cli.directories import directory_from_database, directory_from_server
from bpmn.directory import Directory
from bpmn.findings import Finding, Severity, Verdict
from bpmn.inspection import Inspection, inspect
from bpmn.limits import BUNDLE_BYTES
from bpmn.messages import messages_of
from bpmn.text import EN, ZH

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="json: one line each.")
@click.option("--lang", type=click.Choice([ZH, EN]), default=None, help="Language of the text report.")
@click.option("--db", default=None, help="Judge roles and members by this installation's database (SQLAlchemy URL).")
@click.option("--server", default=None, help="The same by a running service; the token is read from FAULTDESK_TOKEN.")
def lint(files: tuple[Path, ...], form: str, lang: str | None, db: str | None, server: str | None) -> None:
    """Lint BPMN files and .zip bundles. Exit status 1 when one has errors or cannot be read."""
    directory = _directory(db, server)
    failed = False
    for file in files:
        found = _inspect(file, directory)
        if form == "json":
            sys.stdout.buffer.write(orjson.dumps(report(file, found)) + b"\n")
            sys.stdout.buffer.flush()
        else:
            _print(file, found, lang or EN)
        failed = failed or _has_errors(found)
    sys.exit(1 if failed else 0)


def report(file: Path, found: Inspection) -> Mapping[str, object]:
    """The JSON report of one file: file, verdict, findings with their sentences in both languages."""
    return {"file": str(file), "verdict": found.verdict.value, "findings": [_finding(each) for each in found.findings]}


def _finding(finding: Finding) -> dict[str, object]:
    fields: dict[str, object] = {
        "code": finding.code,
        "severity": finding.severity.value,
        "element_id": finding.element_id,
        "line": finding.line,
        "message": messages_of(finding),
    }
    return {**fields, "file": finding.file} if finding.file else fields


def _inspect(file: Path, directory: Directory | None) -> Inspection:
    """One byte over the largest size is read, so that a larger file is refused as such and not swallowed whole."""
    try:
        with file.open("rb") as opened:
            content = opened.read(BUNDLE_BYTES + 1)
    except OSError as error:
        return _unreadable(str(error.strerror))
    return inspect(content, file.name, directory)


def _unreadable(reason: str) -> Inspection:
    """A file that cannot be opened is refused like one that cannot be read, and the others are still linted."""
    finding = Finding(code="FILE_UNREADABLE", severity=Severity.ERROR, params={"reason": reason})
    return Inspection(verdict=Verdict.REFUSED, definition=None, findings=(finding,), readable=False)


def _has_errors(found: Inspection) -> bool:
    return not found.readable or any(each.severity is Severity.ERROR for each in found.findings)


def _print(file: Path, found: Inspection, language: str) -> None:
    console = Console(soft_wrap=True, highlight=False)
    console.print(Styled.assemble((harmless(str(file)), "bold"), ": ", (found.verdict.value, "bold")))
    for each in found.findings:
        place = harmless(f"{each.file}:{each.line}") if each.file else str(each.line)
        line = Styled.assemble(
            f"  {place:>5}  ",
            (f"{each.severity.value:<7}", _STYLES[each.severity]),
            f"  {each.code}  ",
            (harmless(each.element_id or ""), "cyan"),
        )
        console.print(line)
        console.print(Styled(f"         {harmless(messages_of(each)[language])}"))


def harmless(text: str) -> str:
    """The text with everything in it that a terminal would obey, or that would pretend to be a line, written out."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


def _directory(db: str | None, server: str | None) -> Directory | None:
    if db is not None and server is not None:
        raise click.UsageError("--db and --server: give one of them.")
    if db is not None:
        return directory_from_database(db)
    return None if server is None else directory_from_server(server)
