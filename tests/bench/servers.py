"""The databases and servers that a benchmark runs, and what stands in its heading about the machine."""

import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.client import Connection
from tests.support.postgres import running_cluster

ROOT = Path(__file__).resolve().parents[2]
_GRANIAN = Path(sys.executable).parent / "granian"
_PATIENCE_S = 30


@dataclass(frozen=True, kw_only=True)
class Server:
    """A process that answers on a port of this machine; `pid` is the parent of all its processes."""

    port: int
    pid: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """An empty database: its URL, and the process of its server (None where it lives in the service's own)."""

    kind: str
    url: str
    pid: int | None


@contextmanager
def database(kind: str, directory: Path) -> Iterator[Place]:
    """A fresh database of this kind, `sqlite` or `postgresql`, which waits for the disk at each commit."""
    if kind == "sqlite":
        yield Place(kind=kind, url=f"sqlite:///{directory / 'bench.db'}", pid=None)
        return
    with running_cluster(durable=True) as cluster:
        pid = int((cluster.directory / "data" / "postmaster.pid").read_text().splitlines()[0])
        yield Place(kind=kind, url=cluster.create_database(), pid=pid)


@contextmanager
def floor(place: Place, directory: Path, *, steps: str) -> Iterator[Server]:
    """The floor over a desk's database, with as many processes as the product has there.

    `steps` is `library` or `engine` (see `tests.bench.floor_steps`).
    """
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    workers = 1 if place.kind == "sqlite" else os.cpu_count() or 1
    options = ["--interface", "wsgi", "--port", str(port), "--workers", str(workers), "--no-access-log"]
    with (directory / f"floor-{steps}.log").open("wb") as log:
        process = subprocess.Popen(
            [_GRANIAN, *options, "--working-dir", ROOT, "tests.bench.floor:app"],
            env={**os.environ, "FLOOR_DB": place.url, "FLOOR_STEPS": steps, "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _await(port)
        yield Server(port=port, pid=process.pid)
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)


def heading() -> str:
    """What the figures below were measured on."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return (
        f"commit {commit or 'unknown'}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    )


def _await(port: int) -> None:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        try:
            connection = Connection(port)
        except OSError:
            time.sleep(0.1)
            continue
        connection.send("GET", "/health/live")
        connection.close()
        return
    raise TimeoutError(f"nothing answers on port {port}")
