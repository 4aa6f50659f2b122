"""Uploads: one's own, bounded, for a day (F-03, F-04, F-06, F-07)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from bpmn.limits import ATTACHMENT_BYTES, UPLOADS_BYTES
from engine.errors import Invalid, NotFound, TooLarge
from engine.ids import new_id
from engine.ports.blobs import Blob
from engine.values.actors import Actor
from engine.values.events import Upload
from storage import uploads
from storage.background import in_background
from storage.blobs import BlobDirectory
from storage.channel import Statement
from storage.database import Database
from storage.retrying import run_again
from storage.store import Store
from storage.tables import upload, user
from tests.storage.test_previews import png_header

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Admitting:
    """A gate that lets one person in."""

    def __init__(self, who: UUID) -> None:
        self.who = Actor(id=who, name="alice", display_name="Alice")

    def statements(self) -> list[Statement]:
        return [Statement(sa.select(sa.literal(1)))]

    def judge(self, rows: Any, *, now: datetime) -> Actor:
        return self.who


def person(database: Database, name: str) -> UUID:
    row = {"id": new_id(), "name": name, "display_name": name, "created_at": NOW}
    in_background(database, lambda work: work.write(sa.insert(user), row), now=NOW)
    return row["id"]  # type: ignore[return-value]


def as_(database: Database, who: UUID, act: Any, *, at: datetime = NOW) -> Any:
    def once(sent: Any) -> Any:
        with database.channel(writing=True) as channel:
            work = Store(channel, gate=Admitting(who), now=at)  # type: ignore[arg-type]
            result = act(work)
            work.commit()
            return result

    return run_again(once, repeatable=True)


@pytest.fixture
def blobs(tmp_path: Path) -> BlobDirectory:
    return BlobDirectory(tmp_path / "blobs")


def text(blobs: BlobDirectory, content: bytes = b"hello", name: str = "a.txt") -> uploads.Received:
    return uploads.receive(blobs, [content], name=name)


def big(size: int) -> uploads.Received:
    return uploads.Received(blob=Blob(sha256="a" * 64, size=size), name="big.bin", media_type="x/y")


def kept(blobs: BlobDirectory) -> list[Path]:
    return [path for path in blobs.root.rglob("*") if path.is_file() and path.name != ".lock"]


def test_f_06_an_upload_is_found_by_its_uploader_alone_and_for_a_day(database: Database, blobs: BlobDirectory) -> None:
    alice, eve = person(database, "alice"), person(database, "eve")
    made: Upload = as_(database, alice, lambda work: uploads.add(work, text(blobs, name="../../日志.txt")))
    assert (made.name, made.media_type, made.size, made.user_id) == ("日志.txt", "text/plain", 5, alice)
    assert as_(database, alice, lambda work: uploads.find(work, made.id)) == made
    for who, at in ((eve, NOW), (alice, NOW + timedelta(hours=24, seconds=1))):
        with pytest.raises(NotFound):
            as_(database, who, lambda work: uploads.find(work, made.id), at=at)
    with pytest.raises(NotFound):
        as_(database, eve, lambda work: uploads.remove(work, made.id))
    as_(database, alice, lambda work: uploads.remove(work, made.id))
    with pytest.raises(NotFound):
        as_(database, alice, lambda work: uploads.find(work, made.id))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.png", b"<html><script>1</script></html>", "TYPE_MISMATCH"),
        ("a.png", b"MZ\x90\x00" + bytes(99), "TYPE_MISMATCH"),
        ("a.png", b"<?php evil(); ?>", "TYPE_MISMATCH"),
        ("a.png", png_header(50_000, 50_000).getvalue(), "IMAGE_TOO_LARGE"),
        ("a.png", b"\x89PNG\r\n\x1a\nrubbish", "IMAGE_BROKEN"),
    ],
)
def test_f_03_f_04_what_is_refused_leaves_nothing(blobs: BlobDirectory, name: str, content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        uploads.receive(blobs, [content], name=name)
    assert refused.value.code == code
    assert kept(blobs) == []


def test_f_04_25_megabytes_fit_and_one_byte_more_does_not(blobs: BlobDirectory) -> None:
    whole = [b"\1" * (1024 * 1024)] * 25
    assert uploads.receive(blobs, whole, name="a.bin").blob.size == ATTACHMENT_BYTES
    with pytest.raises(TooLarge) as refused:
        uploads.receive(blobs, [*whole, b"x"], name="b.bin")
    assert refused.value.code == "FILE_TOO_LARGE"
    assert len(kept(blobs)) == 1


def test_a_page_or_a_program_under_its_own_name_is_kept_as_a_download(blobs: BlobDirectory) -> None:
    assert text(blobs, b"<html></html>", "page.html").media_type == "text/html"
    assert text(blobs, b"MZ\x90\x00" + bytes(99), "setup.exe").media_type == "application/x-executable"


def test_f_04_a_person_has_one_gigabyte_and_an_expired_upload_takes_none(database: Database) -> None:
    alice, bob = person(database, "alice"), person(database, "bob")
    as_(database, alice, lambda work: uploads.add(work, big(UPLOADS_BYTES - 10)))
    as_(database, alice, lambda work: uploads.add(work, big(10)))
    with pytest.raises(Invalid) as refused:
        as_(database, alice, lambda work: uploads.add(work, big(1)))
    assert refused.value.code == "UPLOADS_FULL"
    with pytest.raises(Invalid):
        as_(database, alice, uploads.check_room)
    as_(database, bob, lambda work: uploads.add(work, big(1)))
    later = NOW + timedelta(hours=25)
    as_(database, alice, uploads.check_room, at=later)
    in_background(database, uploads.expire, now=later)
    with database.channel(writing=False) as channel:
        assert channel.ask([Statement(sa.select(upload))]) == [[]]


def test_ten_uploads_at_once_do_not_share_the_last_room(database: Database) -> None:
    alice = person(database, "alice")
    barrier = threading.Barrier(8)

    def one(_: int) -> str:
        barrier.wait()
        try:
            as_(database, alice, lambda work: uploads.add(work, big(UPLOADS_BYTES // 2)))
        except Invalid as refused:
            return refused.code
        return "kept"

    with ThreadPoolExecutor(8) as pool:
        said = sorted(pool.map(one, range(8)))
    assert said == ["UPLOADS_FULL"] * 6 + ["kept"] * 2


def test_only_what_a_row_speaks_of_is_referred_to(database: Database, blobs: BlobDirectory) -> None:
    alice = person(database, "alice")
    here, orphan = text(blobs, b"here"), text(blobs, b"orphan")
    as_(database, alice, lambda work: uploads.add(work, here))
    hashes = [here.blob.sha256, orphan.blob.sha256]
    found = in_background(database, lambda work: uploads.referred_to(work, hashes), now=NOW)
    assert found == {here.blob.sha256}
