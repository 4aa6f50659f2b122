"""Bundles: a .zip with diagrams and the form files beside them, unpacked in memory and within bounds."""

import io
import posixpath
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bpmn.findings import Finding, Severity
from bpmn.limits import BUNDLE_BYTES, BUNDLE_FILES, FILE_BYTES
from bpmn.reader import Reading, choose_main, read_bpmn, refused, several_processes
from bpmn.refusal import Refusal

DIAGRAMS = (".bpmn", ".bpmn2", ".bpmn20.xml", ".xml")
FORMS = (".form", ".json")

_END = b"PK\x05\x06"
_DIRECTORY_BYTES = 256 * 1024
"""A central directory of 100 entries is far smaller; a larger one is not parsed at all."""

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\:]")


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """The files of a .zip by their path: diagrams, forms, and the names of those that nobody reads."""

    diagrams: Mapping[str, bytes]
    forms: Mapping[str, bytes]
    ignored: tuple[str, ...] = ()


def read_any(content: bytes, name: str) -> Reading:
    """Read a diagram or a bundle of them, told apart by their first bytes; never raises for bad input.

    A bundle is read whole or not at all: one unreadable file in it makes the reading unreadable, and the
    findings name the file. Its main process is the first diagram's in path order that a person can start.
    """
    if not content.startswith((b"PK\x03\x04", _END)):
        return read_bpmn(content, name=name)
    try:
        bundle = unpack(content)
    except Refusal as refusal:
        return refused(refusal, name)
    readings = read_bundle(bundle)
    return _merged(readings, bundle.ignored)


def read_bundle(bundle: Bundle) -> tuple[tuple[str, Reading], ...]:
    """A reading for each diagram of the bundle, with its path, in path order; all its findings name their
    file.
    """
    return tuple((path, _read_diagram(path, bundle)) for path in sorted(bundle.diagrams))


def unpack(content: bytes) -> Bundle:
    """The files of a .zip, none of them written anywhere.

    Raises: Refusal, in the order of the checks: `TOO_LARGE` (bytes of the .zip), `BUNDLE_MALFORMED`,
    `TOO_LARGE` (entries), then for each entry `BUNDLE_ENTRY_REFUSED` (path leaves the bundle, link,
    encrypted, nested .zip, method, name used twice), `TOO_LARGE` (declared, then real size);
    `BUNDLE_WITHOUT_PROCESS` when no diagram is in it.
    """
    if len(content) > BUNDLE_BYTES:
        raise Refusal("TOO_LARGE", what="bundle", limit=BUNDLE_BYTES)
    _check_directory(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = dict(_files(archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, struct.error):
        raise Refusal("BUNDLE_MALFORMED") from None
    diagrams = {path: data for path, data in files.items() if path.lower().endswith(DIAGRAMS)}
    forms = {path: data for path, data in files.items() if path.lower().endswith(FORMS)}
    if not diagrams:
        raise Refusal("BUNDLE_WITHOUT_PROCESS", files=len(files))
    ignored = tuple(sorted(path for path in files if path not in diagrams and path not in forms))
    return Bundle(diagrams=diagrams, forms=forms, ignored=ignored)


def _check_directory(content: bytes) -> None:
    """Refuse by the end record alone, before the directory it speaks of is parsed."""
    start = content.rfind(_END, max(0, len(content) - 65_557))
    if start < 0 or len(content) - start < 22:
        raise Refusal("BUNDLE_MALFORMED")
    count, size = struct.unpack_from("<HL", content, start + 10)
    if count > BUNDLE_FILES or size > _DIRECTORY_BYTES:
        raise Refusal("TOO_LARGE", what="entries", limit=BUNDLE_FILES)


def _files(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries = archive.infolist()
    if len(entries) > BUNDLE_FILES:
        raise Refusal("TOO_LARGE", what="entries", limit=BUNDLE_FILES)
    seen: set[str] = set()
    for entry in entries:
        _check_entry(entry, seen)
    if sum(entry.file_size for entry in entries) > BUNDLE_BYTES:
        raise Refusal("TOO_LARGE", what="bundle", limit=BUNDLE_BYTES)
    left = BUNDLE_BYTES
    for entry in entries:
        if not entry.is_dir():
            data = _content(archive, entry, left)
            left -= len(data)
            yield entry.filename, data


def _check_entry(entry: zipfile.ZipInfo, seen: set[str]) -> None:
    reason = _objection(entry, seen)
    if reason is not None:
        raise Refusal("BUNDLE_ENTRY_REFUSED", entry=_shown(entry.orig_filename), reason=reason)
    if entry.file_size > FILE_BYTES:
        raise Refusal("TOO_LARGE", what="bytes", limit=FILE_BYTES)
    seen.add(entry.filename)


def _objection(entry: zipfile.ZipInfo, seen: set[str]) -> str | None:
    path = entry.orig_filename
    kind = stat.S_IFMT(entry.external_attr >> 16)
    objections = {
        "path": path.startswith("/") or ".." in path.split("/") or _UNSAFE.search(path) is not None,
        "link": kind not in (0, stat.S_IFREG, stat.S_IFDIR),
        "encrypted": bool(entry.flag_bits & 0x1),
        "nested": path.lower().endswith((".zip", ".jar", ".bar")),
        "method": entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED),
        "twice": entry.filename in seen,
    }
    return next((reason for reason, holds in objections.items() if holds), None)


def _shown(path: str) -> str:
    return _UNSAFE.sub("?", path)[:200]


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    bound = min(left, FILE_BYTES)
    with archive.open(entry) as stream:
        data = stream.read(bound + 1)
    if len(data) > bound:
        raise Refusal("TOO_LARGE", what="bundle", limit=BUNDLE_BYTES)
    if data.startswith(b"PK\x03\x04"):
        raise Refusal("BUNDLE_ENTRY_REFUSED", entry=_shown(entry.orig_filename), reason="nested")
    return data


def _read_diagram(path: str, bundle: Bundle) -> Reading:
    reading = read_bpmn(bundle.diagrams[path], name=path, forms=_forms_beside(path, bundle.forms))
    named = tuple(replace(each, file=each.file or path) for each in reading.findings)
    return replace(reading, findings=named)


def _forms_beside(path: str, forms: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The forms by every name under which this diagram may refer to them: from its own folder, or from the
    top.
    """
    folder = posixpath.dirname(path)
    relative = {posixpath.relpath(each, folder or "."): content for each, content in forms.items()}
    return {**forms, **relative}


def _merged(readings: tuple[tuple[str, Reading], ...], ignored: tuple[str, ...]) -> Reading:
    findings = [finding for _, reading in readings for finding in reading.findings]
    findings += [
        Finding(
            code="BUNDLE_FILE_IGNORED",
            severity=Severity.INFO,
            file=_shown(path),
            params={"entry": _shown(path)},
        )
        for path in ignored
    ]
    if not all(reading.readable for _, reading in readings):
        return Reading(findings=tuple(findings), readable=False)
    findings += _keys_twice(readings)
    definitions = tuple(each for _, reading in readings for each in reading.definitions)
    by_file = tuple((path, reading.main) for path, reading in readings if reading.main is not None)
    mains = [definition for _, definition in by_file]
    main = choose_main(mains)
    if main is not None and len(mains) > 1:
        findings.append(several_processes(main, mains))
    return Reading(definitions=definitions, main=main, findings=tuple(findings), by_file=by_file)


def _keys_twice(readings: tuple[tuple[str, Reading], ...]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for path, reading in readings:
        for definition in reading.definitions:
            if definition.key in seen:
                yield Finding(
                    code="PROCESS_TWICE",
                    severity=Severity.ERROR,
                    element_id=definition.key,
                    line=definition.line,
                    params={"process": definition.key, "first": seen[definition.key]},
                    file=path,
                )
            seen.setdefault(definition.key, path)
