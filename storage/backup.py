"""Backup and restore while the service writes: one archive of a consistent database and every attachment it refers to.

The archive is a gzipped tar: `manifest.json`, then the database (SQLite: one file; PostgreSQL: a COPY text per table),
then `blobs/<sha256>`. The database is read at one moment (SQLite's online backup; one REPEATABLE READ transaction),
the attachments after it: bytes are written before the row that names them, so each is there by then.
"""

import hashlib
import io
import json
import os
import re
import sqlite3
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO

import psycopg
import sqlalchemy as sa
from psycopg import sql

from bpmn.errors import FaultdeskError
from storage import migrations
from storage.blobs import BlobDirectory
from storage.database import Database
from storage.tables import metadata

FORMAT = 1
_MANIFEST = "manifest.json"
_BLOBS = "blobs/"
_SQLITE_FILE = "database/sqlite.db"
_CHUNK = 1 << 20


class BackupError(FaultdeskError):
    """A backup that cannot be made or restored; nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What an archive holds; every part but the attachments, whose names are their checksums, with its SHA-256."""

    format: int
    backend: str
    """`sqlite` or `postgresql`."""
    revision: str
    """Of the schema."""
    made_at: str
    """RFC 3339, in UTC."""
    parts: dict[str, str]
    """Member -> SHA-256, in the order in which they are restored."""
    columns: dict[str, list[str]]
    """PostgreSQL: member -> the columns of its rows."""
    blobs: tuple[str, ...]
    expired: tuple[str, ...] = ()
    """Uploads whose time ended while the backup was made, and whose bytes were gone by then."""


def backup(database: Database, blobs_dir: Path, target: Path) -> Manifest:
    """Write the archive; the file appears under its name only when it is complete, readable by its owner alone.

    Raises: BackupError `SCHEMA_NOT_CURRENT` when the database is not at this release's schema, `BACKUP_INCOMPLETE`
    with the hashes of attachments whose bytes are missing.
    """
    if not migrations.is_current(database):
        raise BackupError("SCHEMA_NOT_CURRENT", {"revision": migrations.current(database)})
    target.parent.mkdir(parents=True, exist_ok=True)
    blobs = BlobDirectory(blobs_dir)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
        room = Path(scratch)
        snapshot = _snapshot_postgresql if database.is_postgresql else _snapshot_sqlite
        manifest = _manifest(database, blobs, snapshot(database, room))
        whole = room / "archive"
        _pack(whole, room, manifest, blobs)
        whole.replace(target)
    return manifest


def restore(source: Path, database: Database, blobs_dir: Path, *, replace: bool = False) -> Manifest:
    """Put an archive's database and attachments in place and upgrade them to this release's schema.

    The archive is read through and checked before anything is changed. With `replace`, what the database held is gone;
    attachments that lie in the store stay.

    Raises: BackupError `BACKUP_UNREADABLE`, `BACKUP_FORMAT`, `BACKUP_DAMAGED` naming the member,
    `BACKUP_OTHER_DATABASE`; SchemaUnknown when a newer release made it; BackupError `TARGET_NOT_EMPTY`.
    """
    with tempfile.TemporaryDirectory(prefix="faultdesk-restore-") as scratch:
        room = Path(scratch)
        manifest = _checked(source, room)
        if manifest.backend != _backend(database):
            raise BackupError("BACKUP_OTHER_DATABASE", {"archive": manifest.backend, "target": _backend(database)})
        _check_parts(manifest, room)
        if manifest.revision not in migrations.revisions():
            raise migrations.SchemaUnknown("SCHEMA_UNKNOWN", {"revision": manifest.revision})
        if not replace and _holds_something(database):
            raise BackupError("TARGET_NOT_EMPTY", {"database": database.url.render_as_string(hide_password=True)})
        # Attachments first: bytes without a row harm nobody, a row without its bytes does.
        _unpack_blobs(source, BlobDirectory(blobs_dir))
        (_fill_postgresql if database.is_postgresql else _fill_sqlite)(database, room, manifest)
    migrations.upgrade(database)
    return manifest


def _backend(database: Database) -> str:
    return "postgresql" if database.is_postgresql else "sqlite"


@dataclass(frozen=True, kw_only=True)
class _Snapshot:
    parts: dict[str, str]
    columns: dict[str, list[str]]
    attached: set[str]
    uploaded: set[str]


def _manifest(database: Database, blobs: BlobDirectory, taken: _Snapshot) -> Manifest:
    named = taken.attached | taken.uploaded
    missing = {each for each in named if not blobs.exists(each)}
    if lost := missing & taken.attached:
        raise BackupError("BACKUP_INCOMPLETE", {"sha256": sorted(lost)})
    return Manifest(
        format=FORMAT,
        backend=_backend(database),
        revision=migrations.revisions()[0],
        made_at=datetime.now(UTC).isoformat(),
        parts=taken.parts,
        columns=taken.columns,
        blobs=tuple(sorted(named - missing)),
        expired=tuple(sorted(missing)),
    )


# Reading the database at one moment.

_REFERRED = ("SELECT DISTINCT sha256 FROM attachment", "SELECT DISTINCT sha256 FROM upload")


def _snapshot_sqlite(database: Database, room: Path) -> _Snapshot:
    path = room / _SQLITE_FILE
    path.parent.mkdir()
    with database.engine.connect() as connection, closing(sqlite3.connect(path)) as copy:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        source.backup(copy)
        # Otherwise reading it would leave its write-ahead log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        attached, uploaded = ({row[0] for row in copy.execute(text)} for text in _REFERRED)
    return _Snapshot(parts={_SQLITE_FILE: _sha256(path)}, columns={}, attached=attached, uploaded=uploaded)


def _snapshot_postgresql(database: Database, room: Path) -> _Snapshot:
    (room / "database").mkdir()
    columns = {f"database/{table.name}.copy": table.columns.keys() for table in metadata.sorted_tables}
    with _driver(database) as driver, driver.transaction():
        driver.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for member, names in columns.items():
            _copy_out(driver, room / member, names)
        attached, uploaded = ({row[0] for row in driver.execute(text)} for text in _REFERRED)
    parts = {member: _sha256(room / member) for member in columns}
    return _Snapshot(parts=parts, columns=columns, attached=attached, uploaded=uploaded)


def _copy_out(driver: psycopg.Connection[Any], path: Path, columns: list[str]) -> None:
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(*_named(path.stem, columns))
    with path.open("wb") as file, driver.cursor() as cursor, cursor.copy(statement) as rows:
        for chunk in rows:
            file.write(chunk)


def _named(table: str, columns: list[str]) -> tuple[sql.Identifier, sql.Composed]:
    return sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))


@contextmanager
def _driver(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection that may take its time; closed afterwards, so that no request inherits that."""
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        connection.detach()
        for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
            driver.execute(sql.SQL("SET {} = 0").format(sql.Identifier(setting)))
        yield driver


# The archive.


def _pack(path: Path, room: Path, manifest: Manifest, blobs: BlobDirectory) -> None:
    text = json.dumps(asdict(manifest), indent=1).encode()
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
            _add(archive, _MANIFEST, io.BytesIO(text), len(text))
            for member in manifest.parts:
                with (room / member).open("rb") as part:
                    _add(archive, member, part, (room / member).stat().st_size)
            for sha256 in manifest.blobs:
                with blobs.open(sha256) as blob:
                    _add(archive, _BLOBS + sha256, blob, os.fstat(blob.fileno()).st_size)
        file.flush()
        os.fsync(file.fileno())


def _add(archive: tarfile.TarFile, name: str, content: BinaryIO, size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(time.time())
    archive.addfile(member, content)


_UNREADABLE = (
    tarfile.TarError,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RecursionError,
)


def _checked(source: Path, room: Path) -> Manifest:
    """The manifest of an archive whose every member is there and has its checksum; its database parts lie in `room`."""
    try:
        with tarfile.open(source, "r|gz") as archive:
            return _read_through(archive, room)
    except _UNREADABLE as error:
        raise BackupError("BACKUP_UNREADABLE", {"file": str(source), "reason": type(error).__name__}) from None


def _read_through(archive: tarfile.TarFile, room: Path) -> Manifest:
    members = iter(archive)
    manifest = _manifest_of(archive, next(members, None))
    expected = {**manifest.parts, **{_BLOBS + sha256: sha256 for sha256 in manifest.blobs}}
    for member in members:
        # Only names that the manifest lists are met, and only database parts are written: none can lead elsewhere.
        wanted = expected.pop(member.name, None)
        content = archive.extractfile(member) if member.isreg() else None
        target = room / member.name if _PART.fullmatch(member.name) else None
        if wanted is None or content is None or _spooled(content, target) != wanted:
            raise BackupError("BACKUP_DAMAGED", {"member": member.name})
    if expected:
        raise BackupError("BACKUP_DAMAGED", {"member": min(expected)})
    return manifest


def _check_parts(manifest: Manifest, room: Path) -> None:
    """Return when what is put back is what was checked, and a file that says it is a database is one.

    Raises: BackupError `BACKUP_DAMAGED`.
    """
    is_sqlite = manifest.backend == "sqlite"
    if set(manifest.parts) != ({_SQLITE_FILE} if is_sqlite else set(manifest.columns)):
        raise BackupError("BACKUP_DAMAGED", {"member": _MANIFEST})
    if is_sqlite and not _is_sound(room / _SQLITE_FILE):
        raise BackupError("BACKUP_DAMAGED", {"member": _SQLITE_FILE})


def _is_sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path)) as database:
            return bool(database.execute("PRAGMA quick_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


_PART = re.compile(r"database/[a-z_]+\.(?:db|copy)")


def _manifest_of(archive: tarfile.TarFile, member: tarfile.TarInfo | None) -> Manifest:
    content = archive.extractfile(member) if member is not None and member.name == _MANIFEST else None
    if content is None:
        raise ValueError("no manifest")
    values = json.loads(content.read())
    if values["format"] != FORMAT:
        raise BackupError("BACKUP_FORMAT", {"format": values["format"], "known": FORMAT})
    return Manifest(**{**values, "blobs": tuple(values["blobs"]), "expired": tuple(values["expired"])})


def _spooled(content: IO[bytes], target: Path | None) -> str:
    """The SHA-256 of what is read, written to the target on the way."""
    digest = hashlib.sha256()
    with ExitStack() as stack:
        file = None
        if target is not None:
            target.parent.mkdir(exist_ok=True)
            file = stack.enter_context(target.open("wb"))
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            if file is not None:
                file.write(chunk)
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# Putting things back.


def _unpack_blobs(source: Path, blobs: BlobDirectory) -> None:
    with tarfile.open(source, "r|gz") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.name.startswith(_BLOBS) else None
            if content is not None:
                blobs.put(iter(partial(content.read, _CHUNK), b""), limit=member.size, inspect=_as_it_is)


def _as_it_is(_file: BinaryIO) -> None:
    """What was let in once is not judged again."""


def _holds_something(database: Database) -> bool:
    with database.engine.connect() as connection:
        tables = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
        return any(
            connection.execute(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)).first() is not None
            for name in tables
        )


def _fill_sqlite(database: Database, room: Path, _manifest: Manifest) -> None:
    with closing(sqlite3.connect(room / _SQLITE_FILE)) as source, database.engine.connect() as connection:
        target = connection.connection.driver_connection
        assert isinstance(target, sqlite3.Connection)
        source.backup(target)


def _fill_postgresql(database: Database, room: Path, manifest: Manifest) -> None:
    """All in one transaction: either the database holds the backup afterwards, or what it held before."""
    with migrations.alone(database) as connection:
        present = sa.MetaData()
        present.reflect(connection)
        version = present.tables["alembic_version"]
        connection.execute(sa.delete(version))
        present.remove(version)
        present.drop_all(connection)
        migrations.upgrade_within(connection, manifest.revision)
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        for member, columns in manifest.columns.items():
            _copy_in(driver, room / member, columns)


def _copy_in(driver: psycopg.Connection[Any], path: Path, columns: list[str]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(*_named(path.stem, columns))
    with path.open("rb") as file, driver.cursor() as cursor, cursor.copy(statement) as rows:
        while chunk := file.read(_CHUNK):
            rows.write(chunk)
