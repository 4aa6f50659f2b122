"""What a file is, told from its bytes; its name only says what it claims to be.

The media types are IANA's. What is not recognised is `application/octet-stream`: stored and offered as a download,
never shown.
"""

import re
import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO, Final

from engine.errors import Invalid

UNKNOWN: Final = "application/octet-stream"
TEXT: Final = "text/plain"
IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What is shown as a re-encoded preview."""

_HEAD = 64 * 1024
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_PROGRAM = "application/x-executable"
_CFB = "application/x-ole-storage"

_SIGNATURES: Final = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"MZ", _PROGRAM),
    (0, b"\x7fELF", _PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", _PROGRAM),
    (0, b"\xce\xfa\xed\xfe", _PROGRAM),
    (0, b"\xca\xfe\xba\xbe", _PROGRAM),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _CFB),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"BM", "image/bmp"),
    (257, b"ustar", "application/x-tar"),
)
_OFFICE_PARTS: Final = {"word/document.xml": _DOCX, "xl/workbook.xml": _XLSX, "ppt/presentation.xml": _PPTX}

_IMAGE_NAMES: Final = frozenset({"png", "jpg", "jpeg", "gif", "webp"})
_STRICT: Final = {
    "pdf": {"application/pdf"},
    "docx": {_DOCX, _CFB},  # A document with a password is an OLE container.
    "xlsx": {_XLSX, _CFB},
    "pptx": {_PPTX, _CFB},
    "mp4": {"video/mp4", "video/quicktime"},
    "mov": {"video/mp4", "video/quicktime"},
    "bmp": {"image/bmp"},
}
"""What the bytes must be for a name that people open without thinking. Images may carry each other's names."""
_ZIPS: Final = frozenset({"application/zip", _DOCX, _XLSX, _PPTX})
_TEXT_NAMES: Final = {"csv": "text/csv", "json": "application/json", "md": "text/markdown", "eml": "message/rfc822"}

_ELEMENT = re.compile(rb"<([a-z:]+)", re.IGNORECASE)
_HTML_ELEMENTS: Final = frozenset(
    b"html head body script style iframe a b br div h1 img p svg:script table title form meta link object embed".split()
)
_MAIL = re.compile(
    rb"^(?:(?:From|Received|Return-Path|Date|Subject|To|Message-ID|MIME-Version|Delivered-To)\s*:)", re.IGNORECASE
)


def media_type(file: BinaryIO, name: str) -> str:
    """The media type of an open, seekable file that is called `name`.

    Raises: Invalid `TYPE_MISMATCH` when the name claims an image, a document or a video and the bytes are something
    else, or the bytes are a program or a web page under such a name.
    """
    found = sniff(file)
    claimed = PurePosixPath(name).suffix.lower().removeprefix(".")
    if not _agrees(claimed, found):
        raise Invalid("TYPE_MISMATCH", {"name": name, "found": found})
    return _TEXT_NAMES.get(claimed, found) if found == TEXT else found


def sniff(file: BinaryIO) -> str:
    """The media type by the bytes alone."""
    file.seek(0)
    head = file.read(_HEAD)
    return _by_signature(head, file) or _by_text(head) or UNKNOWN


def _agrees(claimed: str, found: str) -> bool:
    if claimed in _IMAGE_NAMES:
        return found in IMAGES
    if claimed == "zip":
        return found in _ZIPS
    if claimed in _STRICT:
        return found in _STRICT[claimed]
    # A program may be sent as what it is, or without saying; not as a text.
    return not (found == _PROGRAM and claimed in {"txt", "log", "svg", *_TEXT_NAMES})


def _by_signature(head: bytes, file: BinaryIO) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "video/quicktime" if head[8:12] == b"qt  " else _boxed(head[8:12])
    if head[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return _zipped(file)
    return next(
        (kind for at, magic, kind in _SIGNATURES if head.startswith(magic, at) and not _is_word(head, magic)), None
    )


def _is_word(head: bytes, magic: bytes) -> bool:
    """Two letters open a bitmap and a DOS program, and also many a sentence."""
    return len(magic) == 2 and b"\0" not in head


def _boxed(brand: bytes) -> str:
    """ISO base media files by their major brand (ISO/IEC 14496-12)."""
    return {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif", b"avif": "image/avif"}.get(
        brand, "audio/mp4" if brand == b"M4A " else "video/mp4"
    )


def _zipped(file: BinaryIO) -> str:
    """Office documents are zip files with known parts; only the directory is read, nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return UNKNOWN
    return next((kind for part, kind in _OFFICE_PARTS.items() if part in names), "application/zip")


def _by_text(head: bytes) -> str | None:
    if not _is_text(head):
        return None
    plain = head.removeprefix(b"\xef\xbb\xbf")
    if plain.startswith(b"#!") or plain.lstrip()[:5].lower() == b"<?php":
        return "text/x-script"
    return _by_markup(plain) or ("message/rfc822" if _MAIL.match(plain) else TEXT)


def _by_markup(plain: bytes) -> str | None:
    """Pages and drawings by what stands behind the prolog (XML 1.0, production 22), skipped part by part."""
    rest = plain.lstrip()
    while skipped := _prolog_part(rest):
        if rest[:14].lower() == b"<!doctype html":
            return "text/html"
        rest = rest[skipped:].lstrip()
    element = _ELEMENT.match(rest)
    name = b"" if element is None else element[1].lower()
    if name == b"svg" or name.endswith(b":svg"):
        return "image/svg+xml"
    if name in _HTML_ELEMENTS:
        return "text/html"
    return "application/xml" if plain.lstrip().startswith(b"<?xml") else None


def _prolog_part(rest: bytes) -> int:
    """Bytes of the comment, declaration or document type at the beginning; 0 when there is none."""
    for begin, end in ((b"<!--", b"-->"), (b"<?", b"?>"), (b"<!doctype", b">")):
        if rest[: len(begin)].lower() == begin:
            at = rest.find(end, len(begin))
            return at + len(end) if at >= 0 else len(rest)
    return 0


def _is_text(head: bytes) -> bool:
    if not head:
        return True
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decodes(head, "utf-16")
    return b"\0" not in head and (_decodes(head, "utf-8") or _decodes(head, "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    """Whether these are characters; the last one may be cut where the head ends."""
    for cut in range(4 if len(head) == _HEAD else 1):
        try:
            text = head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(ord(character) < 32 and character not in "\t\n\r\f\b\x1b" for character in text)
    return False
