"""Versions: import a .bpmn file or a .zip bundle, read its findings, give it back, delete it while nothing uses it."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from app.allowing import Holding, SignedIn
from app.answers import shown
from app.api.files import FILE, export, file_in
from app.api.noun import Noun
from app.api.reading import NOTHING, done, keys
from app.api.schemas.common import PageQuery
from app.api.schemas.processes import (
    ExaminedShown,
    ExamineTaken,
    FormOfVersionShown,
    ImportedShown,
    ImportQuery,
    VersionPage,
    VersionShown,
)
from app.api.showing import processes as show
from app.api.showing.forms import form as show_form
from app.asking import Ask
from app.findings import finding
from bpmn.forms.showing import describe
from bpmn.limits import BUNDLE_BYTES
from engine.commands import deployments, versions
from engine.errors import NotFound
from engine.inspecting import facts_of, inspected
from engine.queries import processes as queries
from engine.values.actors import Permission
from engine.zone import at_home
from storage.answer import Answer
from storage.store import Store

noun = Noun("versions", "Imported texts")

Taken = Mapping[str, Any]
_DESIGNER = Holding.any_of(Permission.DESIGNER)
_IMPORT: dict[str, Any] = {
    "allow": _DESIGNER,
    "query": ImportQuery,
    "takes": FILE,
    "limit": BUNDLE_BYTES,
    "answer": ImportedShown,
    "status": 201,
    "also": 200,
    "location": True,
}


@noun.operation("POST", "/versions", **_IMPORT)
def import_file(ask: Ask, query: Taken) -> Answer:
    """Import a file as the next version of the process it names, which is made if need be.

    200 when its meaning was stored before. 422 with findings when it has errors, unless `as_draft` is true.
    """
    return _import(ask, query, None)


@noun.operation("POST", "/processes/<key>/versions", **_IMPORT)
def import_version(ask: Ask, query: Taken, key: str) -> Answer:
    """Import a file as the next version of this process."""
    return _import(ask, query, key)


@noun.operation("GET", "/processes/<key>/versions", allow=SignedIn(), query=PageQuery, answer=VersionPage, etag=True)
def list_versions(ask: Ask, query: Taken, key: str) -> Response:
    """The versions of a process, the newest first."""
    return keys(
        ask,
        query,
        lambda work, before, limit: queries.list_versions(work, key, before=before, limit=limit),
        show.version,
    )


@noun.operation("GET", "/processes/<key>/versions/<number:number>", allow=SignedIn(), answer=VersionShown, etag=True)
def get_version(ask: Ask, key: str, number: int) -> Response:
    """One version with its findings."""
    return shown(show.version(ask.look(lambda work: queries.read_version(work, key, number))))


@noun.operation(
    "GET",
    "/processes/<key>/versions/<number:number>/content",
    allow=SignedIn(),
    gives="application/octet-stream",
)
def export_version(ask: Ask, key: str, number: int) -> Response:
    """The bytes that were imported, unchanged."""
    return export(ask.look(lambda work: queries.export_version(work, key, number)))


@noun.operation("DELETE", "/processes/<key>/versions/<number:number>", allow=_DESIGNER, status=204)
def delete_version(ask: Ask, key: str, number: int) -> Answer:
    """Delete a version that no deployment uses; its number is not given again."""

    def act(work: Store) -> Answer:
        versions.delete(work, key, number)
        return NOTHING

    return ask.perform(act)


@noun.operation(
    "POST",
    "/processes/<key>/versions/<number:number>/examine",
    allow=Holding.any_of(Permission.DESIGNER, Permission.ADMIN),
    body=ExamineTaken,
    answer=ExaminedShown,
)
def examine_version(ask: Ask, body: Taken, key: str, number: int) -> Answer:
    """What lint finds in a version against this installation with these bindings; changes nothing."""
    found = ask.look(lambda work: deployments.examine(work, key, number, body["role_bindings"]))
    findings = [finding(facts_of(each)) for each in found.findings]
    return done({"deployable": not found.obstacles, "findings": findings})


@noun.operation(
    "GET",
    "/processes/<key>/versions/<number:number>/forms/<element>",
    allow=SignedIn(),
    answer=FormOfVersionShown,
    etag=True,
)
def get_form(ask: Ask, key: str, number: int, element: str) -> Response:
    """The form of a task or start event of a version, with its form-js source."""
    definition = ask.look(lambda work: queries.version_definition(work, key, number))
    drawn = definition.form_of(element) if element in definition.nodes_by_id else None
    if drawn is None:
        raise NotFound("form")
    fields = describe(drawn, answers={}, variables={}, now=at_home(ask.now))
    return shown({**show_form(drawn, fields, internal=True), "element": element, "source": drawn.source})


def _import(ask: Ask, query: Taken, key: str | None) -> Answer:
    # Admission first: reading the text may cost seconds, and nobody unknown may cause them.
    ask.admit()
    name, content = file_in(request, query["file_name"], fields=frozenset({"message", "as_draft"}))
    message = query["message"] if query["message"] is not None else request.form.get("message", "")
    as_draft = query["as_draft"] if query["as_draft"] is not None else request.form.get("as_draft") == "true"
    # The command finds this result in its cache, so no lock is held while lint explores the text.
    inspected(content, name)

    def act(work: Store) -> Answer:
        made = versions.import_version(
            work, content=content, file_name=name, message=message, as_draft=as_draft, key=key
        )
        return _imported(made)

    return ask.perform(act)


def _imported(made: versions.Imported) -> Answer:
    body = {
        "process": None if made.process is None else show.process(made.process),
        "version": None if made.version is None else show.version(made.version),
        "same": made.same,
        "draft": None if made.draft is None else show.draft(made.draft),
        "findings": [finding(each) for each in made.findings],
    }
    return done(body, status=200 if made.same else 201, location=_address(made))


def _address(made: versions.Imported) -> str:
    if made.version is not None:
        return f"/api/v1/processes/{made.version.process_key}/versions/{made.version.number}"
    assert made.draft is not None
    return f"/api/v1/drafts/{made.draft.id}"
