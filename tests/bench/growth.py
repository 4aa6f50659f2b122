"""What reading costs as a desk grows: `python -m tests.bench.growth [--tickets 1000000] [--events 10000000]`.

The same requests over HTTP, by the same people, when the desk is small and when it has grown; and what both sizes cost
while nobody asks.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from storage.database import Database
from tests.bench import cpu
from tests.bench.client import Connection
from tests.bench.desk import Bench, desk
from tests.bench.growing import OPEN_SHARE, enter_crowd, grow
from tests.bench.stencils import Stencil, stencils
from tests.support.postgres import SETTINGS, Cluster, running_cluster

LARGER = {"shared_buffers": "512MB", "max_wal_size": "8GB", "maintenance_work_mem": "256MB"}
WARM, TIMES, LEAST = 5, 60, 7
_SLOW_S = 0.5
"""A request that takes longer is asked only LEAST times."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """A request that is timed: what it is, who asks, and where."""

    name: str
    who: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Size:
    """What was measured at one size: milliseconds of each read, CPU seconds of server and database while idle."""

    tasks: int
    events: int
    reads: Mapping[str, float]
    idle: tuple[float, float]


def main() -> None:
    """Measure a hundredth of the desk, then the whole of it, and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000_000, help="tickets with an open task")
    parser.add_argument("--events", type=int, default=10_000_000, help="rows of timelines")
    parser.add_argument("--idle", type=float, default=30, help="seconds without a request at either size")
    parser.add_argument("--explain", action="store_true", help="print the plans that took longer than 20 ms")
    given = parser.parse_args()
    more = {"session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": "20ms"}
    settings = {**SETTINGS, **LARGER, **(more if given.explain else {})}
    with running_cluster(durable=True, settings=settings) as cluster, tempfile.TemporaryDirectory() as directory:
        url = cluster.create_database(name="growth")
        with desk(url, Path(directory)) as bench:
            _print(_grown(cluster, url, bench, given))
        if given.explain:
            print((cluster.directory / "log").read_text(errors="replace"))


def _grown(cluster: Cluster, url: str, bench: Bench, given: argparse.Namespace) -> list[Size]:
    database = Database(url)
    wanted = round(given.tickets / OPEN_SHARE)
    sizes = (wanted // 100, wanted)
    with psycopg.connect(cluster.conninfo("growth"), autocommit=True) as driver:
        made = stencils(bench, driver, events=round(given.events / wanted))
        crowd = enter_crowd(database, driver, bench.tokens)
        database.dispose()
        found, first = [], 0
        for size in sizes:
            began = time.monotonic()
            grow(driver, made, crowd, first=first, tickets=size - first)
            first = size
            print(f"{size:,} tickets written in {time.monotonic() - began:.0f} s", flush=True)
            found.append(_measured(cluster, bench, driver, made, given.idle))
    return found


def _measured(
    cluster: Cluster, bench: Bench, driver: psycopg.Connection[Any], made: Mapping[str, Stencil], idle: float
) -> Size:
    counted = driver.execute(
        "SELECT (SELECT count(*) FROM task WHERE state IN ('open', 'claimed')), (SELECT count(*) FROM event)"
    ).fetchone()
    assert counted is not None
    reads = {each.name: _milliseconds(bench, each) for each in _reads(made)}
    return Size(tasks=counted[0], events=counted[1], reads=reads, idle=_idle(cluster, bench, idle))


def _reads(made: Mapping[str, Stencil]) -> Sequence[Read]:
    ticket = made["review"].ticket_id
    return (
        Read(name="inbox, claimable, one role", who="chen", path="/api/v1/tasks"),
        Read(name="inbox, claimable, 20 businesses", who="wide", path="/api/v1/tasks"),
        Read(name="inbox, mine", who="li", path="/api/v1/tasks?view=mine"),
        Read(name="inbox, done", who="wei", path="/api/v1/tasks?view=done"),
        Read(name="inbox counts, one role", who="chen", path="/api/v1/tasks/counts"),
        Read(name="inbox counts, 20 businesses", who="wide", path="/api/v1/tasks/counts"),
        Read(name="inbox page, one role", who="chen", path="/inbox"),
        Read(name="inbox page, 20 businesses", who="wide", path="/inbox"),
        Read(name="tickets, admin", who="root", path="/api/v1/tickets"),
        Read(name="tickets, sees all by a role", who="chen", path="/api/v1/tickets"),
        Read(name="tickets, sees a business", who="rare", path="/api/v1/tickets"),
        Read(name="tickets, party to 30", who="few", path="/api/v1/tickets"),
        Read(name="tickets, sees none", who="nobody", path="/api/v1/tickets"),
        Read(name="tickets page, sees few", who="few", path="/tickets?scope=all"),
        Read(name="q, number, admin", who="root", path=f"/api/v1/tickets?q={made['held'].number}"),
        Read(name="q, title of many, admin", who="root", path="/api/v1/tickets?q=%E6%97%A0%E6%B3%95"),
        Read(name="q, title of none, admin", who="root", path="/api/v1/tickets?q=zebra"),
        Read(name="q, title of none, sees few", who="few", path="/api/v1/tickets?q=zebra"),
        Read(name="tickets, stuck, admin", who="root", path="/api/v1/tickets?stuck=true"),
        Read(name="tickets, a seldom business, admin", who="root", path="/api/v1/tickets?business=seldom"),
        Read(name="tickets, a service, admin", who="root", path="/api/v1/tickets?service=fault"),
        Read(name="ticket", who="wei", path=f"/api/v1/tickets/{ticket}"),
        Read(name="ticket's timeline", who="wei", path=f"/api/v1/tickets/{ticket}/timeline"),
        Read(name="ticket's page", who="wei", path=f"/tickets/{ticket}"),
    )


def _milliseconds(bench: Bench, read: Read) -> float:
    """The median of what the request takes, from its sending to its answer's end."""
    connection = Connection(bench.port)

    def once() -> float:
        began = time.perf_counter()
        reply = connection.send("GET", read.path, token=bench.tokens[read.who])
        took = time.perf_counter() - began
        if reply.status != 200:
            raise RuntimeError(f"{read.name}: {reply.status} {reply.body[:500]!r}")
        return took

    try:
        slow = max(once() for _ in range(WARM)) > _SLOW_S
        return statistics.median(once() for _ in range(LEAST if slow else TIMES)) * 1000
    finally:
        connection.close()


def _idle(cluster: Cluster, bench: Bench, seconds: float) -> tuple[float, float]:
    postmaster = int((cluster.directory / "data" / "postmaster.pid").read_text().split()[0])
    time.sleep(2)
    before = cpu.seconds(bench.pid), cpu.seconds(postmaster)
    time.sleep(seconds)
    return cpu.seconds(bench.pid) - before[0], cpu.seconds(postmaster) - before[1]


def _print(sizes: Sequence[Size]) -> None:
    small, large = sizes
    headings = (f"{size.tasks:,} open, {size.events:,} events" for size in sizes)
    print(f"| p50 in ms | {' | '.join(headings)} | ratio |")
    print("|---|---:|---:|---:|")
    for name, at_first in small.reads.items():
        print(f"| {name} | {at_first:.2f} | {large.reads[name]:.2f} | {large.reads[name] / at_first:.2f} |")
    for place, name in enumerate(("server", "database")):
        print(f"| idle CPU of the {name}, s | {small.idle[place]:.2f} | {large.idle[place]:.2f} | |")


if __name__ == "__main__":
    main()
