"""What this machine offers a PostgreSQL of the tests' own: its programs, an account, a directory, a port."""

import contextlib
import fcntl
import os
import pwd
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

PROGRAMS = ("initdb", "postgres")
PREFIX = "faultdesk-pg-"
ROOM_IN_MEMORY = 1 << 30


class PostgresAbsentError(Exception):
    """PostgreSQL's programs are not on this machine; the message says where they were looked for."""


class PostgresFailedError(Exception):
    """The cluster could not be made or started; the message holds what PostgreSQL printed."""


class RunAs(TypedDict, total=False):
    """The arguments of `subprocess` that choose the account; none for one's own."""

    user: int
    group: int
    extra_groups: list[int]


def find_binaries() -> Path:
    """Return the directory of initdb and postgres: the one on PATH, else Debian's newest.

    Raises:
        PostgresAbsentError: neither has both programs.
    """
    on_path = [Path(found).resolve().parent] if (found := shutil.which(PROGRAMS[0])) else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
    for candidate in (*on_path, *newest_first):
        if all((candidate / program).exists() for program in PROGRAMS):
            return candidate
    raise PostgresAbsentError("PostgreSQL is not installed: no initdb on PATH or in /usr/lib/postgresql/*/bin")


@contextlib.contextmanager
def cluster_directory(run_as: RunAs, *, on_disk: bool) -> Iterator[Path]:
    """Make a directory that belongs to the account and remove it afterwards.

    A killed test run cannot remove its own, so the next run does: the owner holds a lock on the file
    `owner` for as long as it lives, and whatever nobody holds is swept.
    """
    parent = None if on_disk else in_memory()
    _sweep(Path(parent or tempfile.gettempdir()))
    # A hidden name until the lock is held, or a run that begins at the same moment would sweep it.
    hidden = Path(tempfile.mkdtemp(prefix=f".{PREFIX}", dir=parent))
    with (hidden / "owner").open("w") as owner:
        fcntl.flock(owner, fcntl.LOCK_EX)
        directory = hidden.rename(hidden.with_name(hidden.name.removeprefix(".")))
        try:
            give(directory, run_as)
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)


def _sweep(parent: Path) -> None:
    for directory in parent.glob(f"{PREFIX}*"):
        # Locked by a run that lives, or gone meanwhile, or someone else's: not ours to remove.
        with contextlib.suppress(OSError), (directory / "owner").open("r") as owner:
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(directory, ignore_errors=True)


def in_memory() -> str | None:
    """Return a directory in memory with room for a cluster, unless TMPDIR says where to put things.

    A database is a thousand small files. An ext4 that has just removed as many takes a third of a second
    to create them again, which would be most of a test's time.
    """
    memory = Path("/dev/shm")
    if "TMPDIR" in os.environ or not os.access(memory, os.W_OK | os.X_OK):
        return None
    return str(memory) if shutil.disk_usage(memory).free >= ROOM_IN_MEMORY else None


def account() -> RunAs:
    """Return whom to run PostgreSQL as: it refuses to run as root, so root needs another account.

    Raises:
        PostgresFailedError: there is no such account.
    """
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            entry = known[name]
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise PostgresFailedError("PostgreSQL refuses to run as root, and there is no account postgres or nobody")


def give(path: Path, run_as: RunAs) -> None:
    """Make the account the owner of a file or directory."""
    if run_as:
        os.chown(path, run_as["user"], run_as["group"])


def free_port() -> int:
    """Return a loopback port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
