"""Process texts on their way in, as the body itself or as a multipart part, and on their way out."""

import io

from flask import Request, Response, send_file

from app.api.uploads import the_file
from app.errors import Unreadable, Unsupported
from bpmn.limits import FILE_BYTES
from engine.errors import FieldProblem, TooLarge
from engine.filenames import clean
from engine.queries.processes import SourceFile

_RAW = {
    "application/xml": "process.bpmn",
    "text/xml": "process.bpmn",
    "application/bpmn+xml": "process.bpmn",
    "application/octet-stream": "process.bpmn",
    "application/zip": "process.zip",
}
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_PARTS = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {"type": "string", "contentMediaType": "application/octet-stream"},
            "message": {"type": "string", "maxLength": 1_000},
            "as_draft": {"type": "string", "enum": ["true", "false"]},
        },
    }
}
FILE = {
    "required": True,
    "content": {"application/xml": _BYTES, "application/zip": _BYTES, "multipart/form-data": _PARTS},
}
"""OpenAPI's description of a body that is a .bpmn file or a .zip bundle."""

_SANDBOX = "default-src 'none'; sandbox"
_ZIP = b"PK\x03\x04"


def file_in(request: Request, named: str | None, *, fields: frozenset[str] = frozenset()) -> tuple[str, bytes]:
    """The name and bytes of the file that the request brings.

    Raises: Unsupported, Unreadable `FILE_MISSING`, TooLarge `FILE_TOO_LARGE`.
    """
    if request.mimetype == "multipart/form-data":
        name, stream = the_file(fields=fields)
        return _sized(named or name, stream.read())
    if request.mimetype not in _RAW:
        expected = ", ".join(("multipart/form-data", *_RAW))
        raise Unsupported("MEDIA_TYPE_UNSUPPORTED", {"expected": expected, "given": request.mimetype})
    content = request.get_data()
    if not content:
        raise Unreadable("FILE_MISSING", problems=[FieldProblem(path="file", code="FIELD_REQUIRED")])
    return _sized(named or _RAW[request.mimetype], content)


def export(file: SourceFile) -> Response:
    """A text as a download, byte by byte as it came."""
    response = send_file(
        io.BytesIO(file.content),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=clean(file.name),
    )
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _sized(name: str, content: bytes) -> tuple[str, bytes]:
    """Only a bundle may be larger than one file; what is in it is measured when it is unpacked."""
    if len(content) > FILE_BYTES and not content.startswith(_ZIP):
        raise TooLarge("FILE_TOO_LARGE", {"limit": FILE_BYTES})
    return name, content
