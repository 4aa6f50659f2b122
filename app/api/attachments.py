"""Attachments: what a ticket's files are, their bytes as a download, and pictures of images."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request, send_file

from app.allowing import SignedIn
from app.answers import shown
from app.api.noun import Noun
from app.api.schemas.fields import OneOf, QueryWhole
from app.api.schemas.fields import Taken as Query
from app.api.schemas.tickets import AttachmentShown, AttachmentsShown
from app.api.showing import tickets as show
from app.asking import Ask
from engine.errors import NotFound
from engine.media import IMAGES, UNKNOWN
from engine.queries import tickets as queries
from engine.values.events import Attachment
from storage.previews import PreviewSize, preview

noun = Noun("attachments", "Files of tickets")

_INERT = IMAGES | {"application/pdf", "text/plain"}
"""Types under which a file may be downloaded; anything else says nothing about itself."""
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class PreviewQuery(Query):
    """How large."""

    size = QueryWhole(load_default=PreviewSize.LARGE.value, validate=OneOf([size.value for size in PreviewSize]))


@noun.operation("GET", "/tickets/<ticket_id>/attachments", allow=SignedIn(), answer=AttachmentsShown, etag=True)
def list_attachments(ask: Ask, ticket_id: str) -> Response:
    """All files of a ticket (20 at most), the internal ones only for those who see them."""
    found = ask.look(lambda work: queries.attachments(work, ticket_id))
    return shown({"items": [show.attachment(each) for each in found]})


@noun.operation("GET", "/attachments/<attachment_id>", allow=SignedIn(), answer=AttachmentShown, etag=True)
def get_attachment(ask: Ask, attachment_id: str) -> Response:
    """What a file is."""
    return shown(show.attachment(_found(ask, attachment_id)))


@noun.operation("GET", "/attachments/<attachment_id>/content", allow=SignedIn(), gives=UNKNOWN)
def download_attachment(ask: Ask, attachment_id: str) -> Response:
    """The file's bytes, always as a download."""
    found = _found(ask, attachment_id)
    return download(ask, found.sha256, found.name, found.media_type)


@noun.operation("GET", "/attachments/<attachment_id>/preview", allow=SignedIn(), query=PreviewQuery, gives="image/webp")
def preview_attachment(ask: Ask, query: Mapping[str, Any], attachment_id: str) -> Response:
    """A picture of an image, re-encoded without metadata; 404 for what is no image."""
    found = _found(ask, attachment_id)
    if found.media_type not in IMAGES:
        raise NotFound("preview")
    response = Response(preview(ask.desk.blobs, found.sha256, PreviewSize(query["size"])), mimetype="image/webp")
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(f"{found.sha256[:32]}-{query['size']}")
    response.make_conditional(request)
    return response


def download(ask: Ask, sha256: str, name: str, media_type: str) -> Response:
    """Stored bytes as a download that no browser runs (RFC 6266 and RFC 5987 for its name), or a part of them.

    Raises: NotFound when the bytes are gone.
    """
    if not ask.desk.blobs.exists(sha256):
        raise NotFound("file")
    response = send_file(
        ask.desk.blobs.path(sha256),
        mimetype=media_type if media_type in _INERT else UNKNOWN,
        as_attachment=True,
        download_name=name,
        etag=sha256[:32],
    )
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _found(ask: Ask, attachment_id: str) -> Attachment:
    return ask.look(lambda work: queries.attachment(work, attachment_id))
