"""A backup taken while the service writes is one committed moment with every attachment of it (R-16)."""

import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage import migrations
from storage import tables as t
from storage.background import in_background
from storage.backup import BackupError, backup, restore
from storage.blobs import BlobDirectory
from storage.database import Database
from tests.support.office import Office
from tests.support.people import NOW
from tests.support.postgres import Cluster

New = Callable[[], Database]


@pytest.fixture
def new(request: pytest.FixtureRequest, backend: str, tmp_path: Path) -> Iterator[New]:
    """Makes empty databases of one backend."""
    opened: list[Database] = []
    cluster: Cluster | None = request.getfixturevalue("postgres") if backend == "postgresql" else None

    def make() -> Database:
        url = f"sqlite:///{tmp_path / f'{len(opened)}.db'}" if cluster is None else cluster.create_database()
        opened.append(Database(url))
        return opened[-1]

    yield make
    for database in opened:
        url = database.url.render_as_string(hide_password=False)
        database.dispose()
        if cluster is not None:
            cluster.drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def source(new: New) -> Database:
    database = new()
    migrations.upgrade(database)
    return database


@pytest.fixture
def blobs(tmp_path: Path) -> BlobDirectory:
    return BlobDirectory(tmp_path / "blobs")


class Writer(threading.Thread):
    """Attaches one file after another to a ticket: bytes first, then the row and a count in one transaction."""

    def __init__(self, database: Database, blobs: BlobDirectory, office: Office) -> None:
        super().__init__(daemon=True)
        self.database, self.blobs, self.office = database, blobs, office
        self.written, self.stopping = 0, threading.Event()
        self.changed = threading.Event()

    def attach(self) -> None:
        number = self.written + 1
        content = f"file {number}".encode()
        blob, _ = self.blobs.put([content], limit=99, inspect=lambda file: None)
        row = {"ticket_id": self.office.ticket_id, "seq": number, "sha256": blob.sha256, "name": "故障\t\\N\n.txt"}
        row |= {"media_type": "text/plain", "size": blob.size, "uploader_id": self.office.bob, "at": NOW}
        note = {"key": f"{number:06}", "value": "x"}

        def act(work: Any) -> None:
            work.write(sa.insert(t.attachment), {**row, "internal": False})
            work.write(sa.insert(t.setting), note)

        in_background(self.database, act, now=NOW)
        self.written = number
        self.changed.set()

    def run(self) -> None:
        while not self.stopping.is_set():
            self.attach()


def contents(database: Database) -> dict[str, list[str]]:
    """Every row of every table."""
    with database.engine.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
            for table in t.metadata.sorted_tables
        }


def attached(database: Database) -> list[tuple[int, str]]:
    with database.engine.connect() as connection:
        return [(row.seq, row.sha256) for row in connection.execute(sa.select(t.attachment).order_by("seq"))]


def test_a_backup_of_a_writing_service_is_a_committed_prefix_with_all_its_files(
    source: Database, new: New, blobs: BlobDirectory, tmp_path: Path
) -> None:
    writer = Writer(source, blobs, Office(source, tmp_path))
    for _ in range(30):
        writer.attach()
    writer.start()
    before = writer.written
    manifest = backup(source, blobs.root, tmp_path / "one.tar.gz")
    after = writer.written
    writer.changed.clear()
    assert writer.changed.wait(10), "the writer must still be writing"
    writer.stopping.set()
    writer.join()
    target, elsewhere = new(), BlobDirectory(tmp_path / "elsewhere")
    restore(tmp_path / "one.tar.gz", target, elsewhere.root)
    found = attached(target)
    assert before <= len(found) <= after + 1
    assert [seq for seq, _ in found] == list(range(1, len(found) + 1))
    with target.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(t.setting)).scalar() == len(found)
    assert len(manifest.blobs) == len(found)
    for seq, sha256 in found:
        with elsewhere.open(sha256) as file:
            assert file.read() == f"file {seq}".encode()


def test_everything_comes_back_as_it_was(source: Database, new: New, blobs: BlobDirectory, tmp_path: Path) -> None:
    office = Office(source, tmp_path)
    office.open_task()
    office.work()
    Writer(source, blobs, office).attach()
    backup(source, blobs.root, tmp_path / "one.tar.gz")
    target = new()
    restore(tmp_path / "one.tar.gz", target, tmp_path / "elsewhere")
    assert contents(target) == contents(source)
    assert sum(map(len, contents(target).values())) > 20
    assert migrations.is_current(target)
    again = tmp_path / "again.tar.gz"
    backup(target, tmp_path / "elsewhere", again)
    third = new()
    restore(again, third, blobs.root)
    assert contents(third) == contents(source)


def test_a_target_that_holds_something_is_refused_unless_asked(
    source: Database, new: New, blobs: BlobDirectory, tmp_path: Path
) -> None:
    Office(source, tmp_path)
    archive = tmp_path / "one.tar.gz"
    backup(source, blobs.root, archive)
    target = new()
    migrations.upgrade(target)
    with target.engine.begin() as connection:
        connection.execute(sa.insert(t.setting).values(key="mine", value="kept"))
        connection.exec_driver_sql("CREATE TABLE left_over (n INTEGER)")
    before = contents(target)
    with pytest.raises(BackupError) as refused:
        restore(archive, target, blobs.root)
    assert refused.value.code == "TARGET_NOT_EMPTY"
    assert "password" not in str(refused.value.params).lower() or "***" in str(refused.value.params)
    assert contents(target) == before
    restore(archive, target, blobs.root, replace=True)
    assert contents(target) == contents(source)
    assert "left_over" not in sa.inspect(target.engine).get_table_names()


def test_an_empty_schema_is_no_reason_to_refuse(
    source: Database, new: New, blobs: BlobDirectory, tmp_path: Path
) -> None:
    Office(source, tmp_path)
    backup(source, blobs.root, tmp_path / "one.tar.gz")
    target = new()
    migrations.upgrade(target)
    restore(tmp_path / "one.tar.gz", target, blobs.root)
    assert contents(target) == contents(source)


def test_a_file_that_is_missing_makes_no_backup(source: Database, blobs: BlobDirectory, tmp_path: Path) -> None:
    writer = Writer(source, blobs, Office(source, tmp_path))
    writer.attach()
    [(_, sha256)] = attached(source)
    blobs.path(sha256).unlink()
    with pytest.raises(BackupError) as refused:
        backup(source, blobs.root, tmp_path / "one.tar.gz")
    assert (refused.value.code, refused.value.params) == ("BACKUP_INCOMPLETE", {"sha256": [sha256]})
    assert [path.name for path in tmp_path.iterdir() if "tar.gz" in path.name] == []


def test_the_archive_is_for_its_owner_alone(source: Database, blobs: BlobDirectory, tmp_path: Path) -> None:
    backup(source, blobs.root, tmp_path / "one.tar.gz")
    assert (tmp_path / "one.tar.gz").stat().st_mode & 0o077 == 0


def rewritten(archive: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """A copy of the archive whose members are changed, renamed, or left out."""
    made = archive.with_name("changed.tar.gz")
    with tarfile.open(archive) as old, tarfile.open(made, "w:gz") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            after = change(member.name, content.read())
            if after is not None:
                info = tarfile.TarInfo(after[0])
                info.size = len(after[1])
                new.addfile(info, io.BytesIO(after[1]))
    return made


def _flip(name: str, content: bytes) -> tuple[str, bytes]:
    return name, content if name == "manifest.json" else content[:-1] + bytes([content[-1] ^ 1]) if content else b"x"


def _without_blobs(name: str, content: bytes) -> tuple[str, bytes] | None:
    return None if name.startswith("blobs/") else (name, content)


def _climbing(name: str, content: bytes) -> tuple[str, bytes]:
    return ("../../evil" if name.startswith("blobs/") else name), content


def _of_the_future(name: str, content: bytes) -> tuple[str, bytes]:
    return name, json.dumps({**json.loads(content), "format": 99}).encode() if name == "manifest.json" else content


def _of_a_newer_schema(name: str, content: bytes) -> tuple[str, bytes]:
    return name, json.dumps(
        {**json.loads(content), "revision": "9999"}
    ).encode() if name == "manifest.json" else content


def _of_another_kind(name: str, content: bytes) -> tuple[str, bytes]:
    return name, json.dumps(
        {**json.loads(content), "backend": "oracle"}
    ).encode() if name == "manifest.json" else content


def _nested(name: str, content: bytes) -> tuple[str, bytes]:
    return name, b"[" * 100_000 if name == "manifest.json" else content


def _without_parts(name: str, content: bytes) -> tuple[str, bytes] | None:
    if name == "manifest.json":
        return name, json.dumps({**json.loads(content), "parts": {}}).encode()
    return None if name.startswith("database/") else (name, content)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_flip, "BACKUP_DAMAGED"),
        (_without_blobs, "BACKUP_DAMAGED"),
        (_climbing, "BACKUP_DAMAGED"),
        (_of_the_future, "BACKUP_FORMAT"),
        (_of_a_newer_schema, "SCHEMA_UNKNOWN"),
        (_of_another_kind, "BACKUP_OTHER_DATABASE"),
        (lambda name, content: None, "BACKUP_UNREADABLE"),
        (_nested, "BACKUP_UNREADABLE"),
        (_without_parts, "BACKUP_DAMAGED"),
    ],
)
def test_an_archive_that_is_not_whole_changes_nothing(
    source: Database, new: New, blobs: BlobDirectory, tmp_path: Path, change: Any, code: str
) -> None:
    writer = Writer(source, blobs, Office(source, tmp_path))
    writer.attach()
    backup(source, blobs.root, tmp_path / "one.tar.gz")
    target, elsewhere = new(), BlobDirectory(tmp_path / "elsewhere")
    with pytest.raises(Exception) as refused:  # noqa: PT011 - its code is what is asserted
        restore(rewritten(tmp_path / "one.tar.gz", change), target, elsewhere.root)
    assert getattr(refused.value, "code", None) == code
    assert sa.inspect(target.engine).get_table_names() == []
    assert list(elsewhere.root.glob("??/??/*")) == []


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.9])
def test_an_archive_that_breaks_off_is_refused(
    source: Database, new: New, blobs: BlobDirectory, tmp_path: Path, keep: float
) -> None:
    archive = tmp_path / "one.tar.gz"
    backup(source, blobs.root, archive)
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(len(whole) * keep) if keep < 1 else int(keep)])
    with pytest.raises(BackupError) as refused:
        restore(archive, new(), blobs.root)
    assert refused.value.code in {"BACKUP_UNREADABLE", "BACKUP_DAMAGED"}


def test_a_file_that_is_no_database_replaces_none(tmp_path: Path, sqlite_database: Database) -> None:
    garbage = b"x" * 5_000
    manifest = {
        "format": 1,
        "backend": "sqlite",
        "revision": migrations.revisions()[0],
        "made_at": "",
        "parts": {"database/sqlite.db": hashlib.sha256(garbage).hexdigest()},
        "columns": {},
        "blobs": [],
        "expired": [],
    }
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as archive:
        for name, content in (("manifest.json", json.dumps(manifest).encode()), ("database/sqlite.db", garbage)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    with pytest.raises(BackupError) as refused:
        restore(tmp_path / "bad.tar.gz", sqlite_database, tmp_path / "blobs", replace=True)
    assert (refused.value.code, refused.value.params) == ("BACKUP_DAMAGED", {"member": "database/sqlite.db"})
    assert "ticket" in sa.inspect(sqlite_database.engine).get_table_names()
