"""Uploads: files in their uploader's own space, until a command names them or 24 hours have passed."""

from collections.abc import Iterator
from typing import IO

from flask import Response, request

from app.allowing import SignedIn
from app.answers import shown
from app.api.attachments import download
from app.api.noun import Noun
from app.api.reading import NOTHING, done
from app.api.schemas.tickets import UploadShown
from app.api.showing.common import Json
from app.asking import Ask
from app.csrf import FIELD
from app.errors import Unreadable, Unsupported
from app.limiting import UPLOADS
from bpmn.limits import ATTACHMENT_BYTES
from engine.errors import FieldProblem, NotFound
from engine.ids import parse_uuid
from engine.media import UNKNOWN
from engine.values.events import Upload
from storage import uploads
from storage.answer import Answer
from storage.store import Store

noun = Noun("uploads", "Files on their way to a ticket")

_CHUNK = 256 * 1024
_OVERHEAD = 64 * 1024
"""Bytes of a multipart body beside its file."""

MULTIPART = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "contentMediaType": UNKNOWN}},
            }
        }
    },
}


@noun.operation(
    "POST",
    "/uploads",
    allow=SignedIn(),
    takes=MULTIPART,
    limit=ATTACHMENT_BYTES + _OVERHEAD,
    answer=UploadShown,
    status=201,
    location=True,
)
def add_upload(ask: Ask) -> Answer:
    """Put a file (multipart part `file`) into one's own space, for 24 hours."""
    ask.limit("upload", UPLOADS)
    ask.look(uploads.check_room)
    name, stream = the_file()
    received = uploads.receive(ask.desk.blobs, _chunks(stream), name=name)

    def act(work: Store) -> Answer:
        made = uploads.add(work, received)
        return done(_upload(made), status=201, location=f"/api/v1/uploads/{made.id}")

    return ask.perform(act)


@noun.operation("GET", "/uploads/<upload_id>", allow=SignedIn(), answer=UploadShown, etag=True)
def get_upload(ask: Ask, upload_id: str) -> Response:
    """What one of one's own uploads is."""
    return shown(_upload(_found(ask, upload_id)))


@noun.operation("GET", "/uploads/<upload_id>/content", allow=SignedIn(), gives=UNKNOWN)
def download_upload(ask: Ask, upload_id: str) -> Response:
    """The bytes of one of one's own uploads, as a download."""
    found = _found(ask, upload_id)
    return download(ask, found.sha256, found.name, found.media_type)


@noun.operation("DELETE", "/uploads/<upload_id>", allow=SignedIn(), status=204)
def delete_upload(ask: Ask, upload_id: str) -> Answer:
    """Take one of one's own uploads away."""

    def act(work: Store) -> Answer:
        parsed = parse_uuid(upload_id)
        if parsed is None:
            _ = work.actor
            raise NotFound("upload")
        uploads.remove(work, parsed)
        return NOTHING

    return ask.perform(act)


def the_file(*, fields: frozenset[str] = frozenset()) -> tuple[str, IO[bytes]]:
    """The name and stream of the one file in a multipart body, which may have these other fields beside it.

    Raises: Unsupported `MEDIA_TYPE_UNSUPPORTED`, Unreadable `FILE_MISSING` or `INPUT_REFUSED`.
    """
    if request.mimetype != "multipart/form-data":
        raise Unsupported("MEDIA_TYPE_UNSUPPORTED", {"expected": "multipart/form-data", "given": request.mimetype})
    unknown = [name for name in request.form if name not in fields and name != FIELD]
    unknown += [name for name in request.files if name != "file"]
    if unknown or len(request.files.getlist("file")) > 1:
        problems = [FieldProblem(path=name or "", code="UNKNOWN_FIELD") for name in unknown or ["file"]]
        raise Unreadable("INPUT_REFUSED", {"count": len(problems)}, problems=problems)
    file = request.files.get("file")
    if file is None:
        raise Unreadable("FILE_MISSING", problems=[FieldProblem(path="file", code="FIELD_REQUIRED")])
    return file.filename or "file", file.stream


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _found(ask: Ask, upload_id: str) -> Upload:
    def read(work: Store) -> Upload:
        parsed = parse_uuid(upload_id)
        if parsed is None:
            _ = work.actor
            raise NotFound("upload")
        return uploads.find(work, parsed)

    return ask.look(read)


def _upload(of: Upload) -> Json:
    return {
        "id": str(of.id),
        "name": of.name,
        "media_type": of.media_type,
        "size": of.size,
        "sha256": of.sha256,
        "expires_at": of.expires_at,
    }
