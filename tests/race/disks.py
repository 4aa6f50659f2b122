"""Disks that fail: a full one, a bounded one, one that became read-only. Each gives back what it took."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_PIECE = 64 * 1024


@contextmanager
def small_disk(directory: Path, *, megabytes: int) -> Iterator[Path]:
    """A file system of its own in memory. Only root may mount one; without it the test is skipped."""
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "race", str(directory)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("only root may mount a small disk")
    try:
        yield directory
    finally:
        subprocess.run(["umount", "--lazy", directory], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """The disk is full: ENOSPC for whoever wants a page more."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (_PIECE, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def bounded(pids: list[int], *, bytes_in_a_file: int) -> Iterator[None]:
    """These processes may write no file beyond so many bytes: EFBIG, where a quota gives EDQUOT."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (bytes_in_a_file, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def read_only(*files: Path) -> Iterator[None]:
    """Nobody may write these files, not even whoever has them open, as after a file system's fall to read-only."""
    if os.geteuid() != 0 or not _flagged("+i", files):
        _flagged("-i", files)
        pytest.skip("only root may make an open file read-only, and not on every file system")
    try:
        yield
    finally:
        assert _flagged("-i", files)


def processes_of(pid: int) -> list[int]:
    """The process and all its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in processes_of(int(child)))]


def _flagged(flag: str, files: tuple[Path, ...]) -> bool:
    try:
        return subprocess.run(["chattr", flag, *files], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
