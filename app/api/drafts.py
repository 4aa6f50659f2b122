"""Drafts: process texts being edited, sound or not."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from app.allowing import Holding
from app.answers import shown
from app.api.files import FILE, export, file_in
from app.api.noun import Noun
from app.api.reading import NOTHING, done, keys
from app.api.schemas.processes import DraftPage, DraftQuery, DraftShown, DraftsQuery
from app.api.showing import processes as show
from app.asking import Ask
from bpmn.limits import BUNDLE_BYTES
from engine.commands import drafts
from engine.inspecting import inspected
from engine.permitting import READERS
from engine.queries import processes as queries
from engine.values.actors import Permission
from storage.answer import Answer
from storage.store import Store

noun = Noun("drafts", "Process texts being edited")

Taken = Mapping[str, Any]
_DESIGNER = Holding.any_of(Permission.DESIGNER)
_READERS = Holding(READERS)


@noun.operation("GET", "/drafts", allow=_READERS, query=DraftsQuery, answer=DraftPage, etag=True)
def list_drafts(ask: Ask, query: Taken) -> Response:
    """Drafts, the newest first; of one process only, when named."""
    process = query["process"]
    return keys(
        ask,
        query,
        lambda work, before, limit: queries.list_drafts(work, process_key=process, before=before, limit=limit),
        show.draft,
    )


@noun.operation(
    "POST",
    "/drafts",
    allow=_DESIGNER,
    query=DraftQuery,
    takes=FILE,
    limit=BUNDLE_BYTES,
    answer=DraftShown,
    status=201,
    location=True,
    etag=True,
)
def create_draft(ask: Ask, query: Taken) -> Answer:
    """Keep a text as a draft, with what lint finds in it."""
    name, content = _file(ask, query)

    def act(work: Store) -> Answer:
        made = drafts.create(work, content=content, file_name=name)
        return done(show.draft(made), status=201, version=made.revision, location=f"/api/v1/drafts/{made.id}")

    return ask.perform(act)


@noun.operation("GET", "/drafts/<draft_id>", allow=_READERS, answer=DraftShown, etag=True)
def get_draft(ask: Ask, draft_id: str) -> Response:
    """One draft with its findings."""
    found = ask.look(lambda work: queries.read_draft(work, draft_id))
    return shown(show.draft(found), version=found.revision)


@noun.operation("GET", "/drafts/<draft_id>/content", allow=_READERS, gives="application/octet-stream")
def export_draft(ask: Ask, draft_id: str) -> Response:
    """The text of a draft."""
    return export(ask.look(lambda work: queries.export_draft(work, draft_id)))


@noun.operation(
    "PUT",
    "/drafts/<draft_id>",
    allow=_DESIGNER,
    query=DraftQuery,
    takes=FILE,
    limit=BUNDLE_BYTES,
    answer=DraftShown,
    if_match="required",
    etag=True,
)
def save_draft(ask: Ask, query: Taken, draft_id: str) -> Answer:
    """Replace a draft's text."""
    name, content = _file(ask, query)

    def act(work: Store) -> Answer:
        saved = drafts.save(work, draft_id, content=content, file_name=name, revision=ask.if_match)
        return done(show.draft(saved), version=saved.revision)

    return ask.perform(act)


@noun.operation("DELETE", "/drafts/<draft_id>", allow=_DESIGNER, status=204, if_match="required")
def delete_draft(ask: Ask, draft_id: str) -> Answer:
    """Throw a draft away."""

    def act(work: Store) -> Answer:
        drafts.delete(work, draft_id, revision=ask.if_match)
        return NOTHING

    return ask.perform(act)


def _file(ask: Ask, query: Taken) -> tuple[str, bytes]:
    ask.admit()
    name, content = file_in(request, query["file_name"])
    inspected(content, name)
    return name, content
