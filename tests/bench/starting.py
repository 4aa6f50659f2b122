"""What it takes to be there: `python -m tests.bench.starting`.

From the start of the process to its first 200, what each of its processes holds in memory after 200 requests, and the
import and lint of a diagram of 1 MB.
"""

import os
import re
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from bpmn.inspection import inspect
from tests.bench import cpu
from tests.bench.client import Connection
from tests.bench.desk import Bench, desk
from tests.bench.diagram import drawn
from tests.scenario.people import TIMEOUT_S
from tests.scenario.serving import FAULTDESK
from tests.support.postgres import running_cluster

STARTS, REQUESTS, BEST_OF = 5, 200, 5
DIAGRAM_BYTES = 1_000_000
_POLL_S = 0.005
_PATIENCE_S = 60
_PSS = re.compile(r"^(Rss|Pss):\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What one process holds, in bytes: resident, and with what it shares with others divided by their number."""

    rss: int
    pss: int


def main() -> None:
    """Measure and print."""
    with running_cluster(durable=True) as cluster, tempfile.TemporaryDirectory() as directory:
        for name, url in (
            ("SQLite", f"sqlite:///{directory}/faultdesk.db"),
            ("PostgreSQL", cluster.create_database(name="starting")),
        ):
            place = Path(directory) / name
            place.mkdir()
            first = _start(url, place)
            starts = [_start(url, place) for _ in range(STARTS)]
            took, used = sorted(each[0] for each in starts), sorted(each[1] for each in starts)
            print(f"{name}: first start, on an empty database {first[0]:.2f} s ({first[1]:.2f} s CPU);", end=" ")
            print(
                f"start, median of {STARTS} {statistics.median(took):.2f} s, {took[0]:.2f} to {took[-1]:.2f}", end=" "
            )
            print(f"({statistics.median(used):.2f} s CPU)", flush=True)
        for name, url in (
            ("SQLite", f"sqlite:///{directory}/desk.db"),
            ("PostgreSQL", cluster.create_database(name="memory")),
        ):
            place = Path(directory) / f"{name} desk"
            place.mkdir()
            with desk(url, place) as bench:
                _print_memory(name, bench)
                if name == "PostgreSQL":
                    _print_import(bench)
    for label, content in (("with forms", drawn(DIAGRAM_BYTES)), ("bare", drawn(DIAGRAM_BYTES, forms=False))):
        made = inspect(content)
        nodes = len(made.definition.nodes) if made.definition else 0
        fastest = min(_cpu(content) for _ in range(BEST_OF))
        print(f"read and lint {len(content):,} bytes {label} ({nodes:,} nodes, {made.verdict}): {fastest:.2f} s CPU")


def _cpu(content: bytes) -> float:
    began = time.process_time()
    inspect(content)
    return time.process_time() - began


def _start(url: str, directory: Path) -> tuple[float, float]:
    """Seconds from the start of `faultdesk serve` to the first 200 of /health/ready, and of CPU used for it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = {
        **os.environ,
        "FAULTDESK_DB": url,
        "FAULTDESK_DATA_DIR": str(directory / "data"),
        "FAULTDESK_PASSWORD_COST": "low",
    }
    with (directory / "serve.log").open("wb") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            [FAULTDESK, "serve", "--port", str(port)], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            while not _ready(port):
                if process.poll() is not None or time.perf_counter() - began > _PATIENCE_S:
                    raise RuntimeError((directory / "serve.log").read_text("utf-8", "replace"))
                time.sleep(_POLL_S)
            return time.perf_counter() - began, cpu.seconds(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_PATIENCE_S)


def _ready(port: int) -> bool:
    with _connected(port) as connections:
        return any(connection.send("GET", "/health/ready").status == 200 for connection in connections)


@contextmanager
def _connected(port: int) -> Iterator[Sequence[Connection]]:
    """One connection, or none where nothing listens yet."""
    try:
        connection = Connection(port)
    except ConnectionError:
        yield ()
        return
    try:
        yield (connection,)
    finally:
        connection.close()


def _print_memory(name: str, bench: Bench) -> None:
    paths = ("/api/v1/tasks", "/api/v1/tasks/counts", "/inbox", "/api/v1/tickets", "/tickets?scope=all", "/catalogue")
    for number in range(REQUESTS):
        # A connection of its own each, so that the kernel gives some to every process.
        connection = Connection(bench.port)
        reply = connection.send("GET", paths[number % len(paths)], token=bench.tokens["wei"])
        connection.close()
        if reply.status != 200:
            raise RuntimeError(f"{reply.status} {reply.body[:500]!r}")
    for each in cpu.tree(bench.pid):
        held = _memory(each.pid)
        kind = "starter" if each.pid == bench.pid else "process"
        print(f"{name}, {kind}: {held.rss / 1e6:.0f} MB resident, {held.pss / 1e6:.0f} MB proportional", flush=True)


def _memory(pid: int) -> Memory:
    found = dict(_PSS.findall(Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")))
    return Memory(rss=int(found["Rss"]) * 1024, pss=int(found["Pss"]) * 1024)


def _print_import(bench: Bench) -> None:
    content = drawn(DIAGRAM_BYTES)
    before, began = cpu.seconds(bench.pid), time.perf_counter()
    answer = requests.post(
        f"{bench.service.url}/api/v1/versions",
        files={"file": ("long.bpmn", content, "application/xml")},
        headers={"Authorization": f"Bearer {bench.tokens['dora']}"},
        timeout=TIMEOUT_S,
    )
    took = time.perf_counter() - began
    if answer.status_code != 201:
        raise RuntimeError(answer.text)
    print(
        f"import {len(content):,} bytes over HTTP: {took:.2f} s, {cpu.seconds(bench.pid) - before:.2f} s CPU",
        flush=True,
    )


if __name__ == "__main__":
    main()
