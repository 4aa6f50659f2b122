"""The attachment store: whole or not at all, and never swept under a hand that reaches for it (F-04, F-07)."""

import errno
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.errors import Busy, Invalid, NotFound, TooLarge
from storage.blobs import BlobDirectory

HOUR = timedelta(hours=1)


@pytest.fixture
def blobs(tmp_path: Path) -> BlobDirectory:
    return BlobDirectory(tmp_path / "blobs")


def put(blobs: BlobDirectory, content: bytes, limit: int = 1000) -> str:
    return blobs.put([content], limit=limit, inspect=lambda file: None)[0].sha256


def files(blobs: BlobDirectory) -> list[str]:
    return sorted(str(p.relative_to(blobs.root)) for p in blobs.root.rglob("*") if p.is_file() and p.name != ".lock")


def test_f_02_bytes_lie_under_their_hash_and_come_back(blobs: BlobDirectory) -> None:
    blob, said = blobs.put([b"ab", b"", b"c"], limit=3, inspect=lambda file: (file.seek(0), file.read()))
    expected = hashlib.sha256(b"abc").hexdigest()
    assert (blob.sha256, blob.size, said) == (expected, 3, (0, b"abc"))
    assert files(blobs) == [f"{expected[:2]}/{expected[2:4]}/{expected}"]
    with blobs.open(expected) as file:
        assert file.read() == b"abc"
    assert blobs.exists(expected)
    assert put(blobs, b"abc") == expected
    assert len(files(blobs)) == 1


def test_one_byte_over_the_limit_is_refused_while_it_comes_and_nothing_is_kept(blobs: BlobDirectory) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(5):
            yield b"x" * 10
        raise AssertionError("read on after the limit")

    with pytest.raises(TooLarge) as refused:
        blobs.put(endless(), limit=39, inspect=lambda file: None)
    assert (refused.value.code, refused.value.params) == ("FILE_TOO_LARGE", {"limit": 39})
    assert files(blobs) == []


def test_what_the_inspection_refuses_is_not_kept(blobs: BlobDirectory) -> None:
    def refuse(file: Any) -> None:
        raise Invalid("TYPE_MISMATCH")

    with pytest.raises(Invalid):
        blobs.put([b"x"], limit=9, inspect=refuse)
    assert files(blobs) == []


FULL = """
import os, subprocess, sys
from pathlib import Path
from engine.errors import Busy
from storage.blobs import BlobDirectory

root = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(root)], check=True)
blobs = BlobDirectory(root)

def refusal(size):
    try:
        blobs.put([b"x" * 1000] * size, limit=10**9, inspect=lambda file: None)
    except Busy as busy:
        return busy.code, dict(busy.params)

def files():
    return [p.name for p in root.rglob("*") if p.is_file() and p.name != ".lock"]

assert refusal(10) is None
[kept] = files()
print(refusal(1000), files() == [kept])
assert refusal(11) is None
(root / kept[:2] / kept[2:4] / kept).unlink()
subprocess.run(["mount", "-o", "remount,ro", str(root)], check=True)
before = files()
print(refusal(12), files() == before)
print(blobs.derived(before[0], "png", lambda file: b"preview"))
"""


def test_a_full_or_read_only_disk_says_try_again_and_leaves_nothing_behind(tmp_path: Path) -> None:
    alone = ["unshare", "--map-root-user", "--mount"]
    possible = [*alone, "mount", "-t", "tmpfs", "none", str(tmp_path)]
    if shutil.which("unshare") is None or subprocess.run(possible, capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount a small disk of their own to fill")
    ran = subprocess.run(
        [*alone, sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert ran.stdout.splitlines() == [
        "('STORAGE_FULL', {'retry_after': 60}) True",
        "('STORAGE_NOT_WRITABLE', {'retry_after': 60}) True",
        "b'preview'",
    ], ran.stderr


@pytest.mark.parametrize(
    ("number", "code"), [("ENOSPC", "STORAGE_FULL"), ("EDQUOT", "STORAGE_FULL"), ("EACCES", "STORAGE_NOT_WRITABLE")]
)
def test_an_error_of_the_disk_while_it_is_written_is_told_as_one(blobs: BlobDirectory, number: str, code: str) -> None:
    def inspect(file: Any) -> None:
        raise OSError(getattr(errno, number), "x")

    with pytest.raises(Busy) as refused:
        blobs.put([b"x"], limit=9, inspect=inspect)
    assert refused.value.code == code
    assert files(blobs) == []


def test_another_error_of_the_system_stays_what_it_is(blobs: BlobDirectory) -> None:
    def cut() -> Iterator[bytes]:
        raise ConnectionResetError(errno.ECONNRESET, "the sender went away")
        yield b""

    with pytest.raises(ConnectionResetError):
        blobs.put(cut(), limit=9, inspect=lambda file: None)
    assert files(blobs) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 63, "A" * 64, "a" * 64 + "\n", "a" * 64])
def test_only_a_hash_that_is_stored_opens_anything(blobs: BlobDirectory, name: str) -> None:
    with pytest.raises(NotFound):
        blobs.open(name)


def test_an_old_blob_is_removed_with_its_previews_and_a_renewed_one_stays(blobs: BlobDirectory) -> None:
    old, renewed = put(blobs, b"old"), put(blobs, b"renewed")
    blobs.derived(old, "320.webp", lambda file: b"small")
    now = datetime.now(UTC)
    for each in (old, renewed):
        os.utime(blobs.path(each), times=(now.timestamp() - 90_000,) * 2)
    before = now - timedelta(hours=24)
    assert sorted(blobs.old(before=before)) == sorted([old, renewed])
    put(blobs, b"renewed")
    assert blobs.remove(old, before=before)
    assert not blobs.remove(renewed, before=before)
    assert files(blobs) == [f"{renewed[:2]}/{renewed[2:4]}/{renewed}"]


def test_a_preview_is_made_once(blobs: BlobDirectory) -> None:
    made = []
    blob = put(blobs, b"original")

    def make(file: Any) -> bytes:
        made.append(file.read())
        return b"small"

    assert [blobs.derived(blob, "x", make) for _ in range(3)] == [b"small"] * 3
    assert made == [b"original"]
    with pytest.raises(NotFound):
        blobs.derived("a" * 64, "x", make)


def test_putting_and_removing_the_same_bytes_at_once_never_loses_a_fresh_put(blobs: BlobDirectory) -> None:
    """Every put is followed by a look; the sweeper only removes what it finds aged."""
    stop, lost = threading.Event(), []
    before = datetime.now(UTC) - HOUR
    blob = put(blobs, b"same")

    def sweep() -> None:
        while not stop.is_set():
            for each in list(blobs.old(before=before)):
                blobs.remove(each, before=before)

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    for _ in range(300):
        path = blobs.path(blob)
        if path.exists():
            with suppress(FileNotFoundError):
                os.utime(path, times=(0, 0))
        put(blobs, b"same")
        if not blobs.exists(blob):
            lost.append(1)
    stop.set()
    sweeper.join()
    assert lost == []


DYING = """
import os, signal, sys
from pathlib import Path
from storage.blobs import BlobDirectory

def chunks():
    yield b"half"
    os.kill(os.getpid(), signal.SIGKILL)

BlobDirectory(Path(sys.argv[1])).put(chunks(), limit=99, inspect=lambda file: None)
"""


def test_what_a_crash_leaves_half_written_is_no_blob_and_goes_with_the_sweep(blobs: BlobDirectory) -> None:
    ended = subprocess.run([sys.executable, "-c", DYING, str(blobs.root)], cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == -signal.SIGKILL
    [left] = files(blobs)
    assert left.startswith("incoming/")
    assert list(blobs.old(before=datetime.now(UTC) - HOUR)) == []
    assert files(blobs) == [left]
    assert list(blobs.old(before=datetime.now(UTC) + HOUR)) == []
    assert files(blobs) == []


def test_the_store_is_for_its_owner_alone(blobs: BlobDirectory) -> None:
    blob = put(blobs, b"secret")
    assert blobs.root.stat().st_mode & 0o077 == 0
    assert blobs.path(blob).stat().st_mode & 0o077 == 0
