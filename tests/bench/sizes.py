"""Bytes that a finished ticket leaves behind, indexes included."""

import sqlite3
import tempfile
from pathlib import Path

import psycopg

from tests.bench.desk import desk
from tests.bench.incident import run
from tests.bench.servers import Place, database

_OF_TICKETS = (
    "ticket",
    "ticket_state",
    "task",
    "offer",
    "event",
    "comment",
    "attachment",
    "follower",
    "party",
    "job",
    "message",
)


def bytes_per_ticket(kind: str, tickets: int) -> str:
    """A line about so many finished tickets in a database of their own."""
    with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as place:
        with desk(place.url, Path(folder)) as bench:
            run(bench.plan(clients=4, tickets=tickets))
        return f"{kind}: " + (_sqlite(place) if kind == "sqlite" else _postgresql(place))


def _postgresql(place: Place) -> str:
    with psycopg.connect(place.url.replace("+psycopg", ""), autocommit=True) as connection:
        found = connection.execute("SELECT count(*) FROM ticket").fetchone()
        assert found is not None
        connection.execute("VACUUM")
        kept = _sizes(connection, found[0])
        # What the updates of a ticket's life left free is used again by later tickets; this is what none can use.
        connection.execute("VACUUM FULL")
        live = _sizes(connection, found[0])
    parts = ", ".join(f"{name} {size:.0f}" for name, size in live.items() if size >= 50)
    return (
        f"{sum(live.values()):.0f} bytes per ticket, indexes included ({parts}); "
        f"{sum(kept.values()):.0f} with the room that later tickets use again"
    )


def _sizes(connection: psycopg.Connection[tuple[int]], tickets: int) -> dict[str, float]:
    sizes = {}
    for name in _OF_TICKETS:
        row = connection.execute("SELECT pg_total_relation_size(%s::regclass)", (name,)).fetchone()
        assert row is not None
        sizes[name] = row[0] / tickets
    return sizes


def _sqlite(place: Place) -> str:
    with sqlite3.connect(place.url.removeprefix("sqlite:///")) as connection:
        [tickets] = connection.execute("SELECT count(*) FROM ticket").fetchone()
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        [free] = connection.execute("PRAGMA freelist_count").fetchone()
        [size] = connection.execute("PRAGMA page_size").fetchone()
    return f"{(pages - free) * size / tickets:.0f} bytes per ticket, indexes and everything else in the file included"
