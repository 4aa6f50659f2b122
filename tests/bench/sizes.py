"""Bytes that a finished ticket leaves behind, indexes included."""

import sqlite3

import psycopg

from tests.bench.servers import Place

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


def bytes_of(place: Place) -> str:
    """A line about all tickets of the database, after the dead rows were taken away as autovacuum does."""
    return _sqlite(place) if place.kind == "sqlite" else _postgresql(place)


def _postgresql(place: Place) -> str:
    with psycopg.connect(place.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("VACUUM")
        found = connection.execute("SELECT count(*) FROM ticket").fetchone()
        assert found is not None
        sizes = {}
        for name in _OF_TICKETS:
            row = connection.execute("SELECT pg_total_relation_size(%s::regclass)", (name,)).fetchone()
            assert row is not None
            sizes[name] = row[0] / found[0]
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sizes.items() if size >= 50)
    return f"{sum(sizes.values()):.0f} bytes per ticket, indexes included ({parts})"


def _sqlite(place: Place) -> str:
    with sqlite3.connect(place.url.removeprefix("sqlite:///")) as connection:
        [tickets] = connection.execute("SELECT count(*) FROM ticket").fetchone()
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        [free] = connection.execute("PRAGMA freelist_count").fetchone()
        [size] = connection.execute("PRAGMA page_size").fetchone()
    return f"{(pages - free) * size / tickets:.0f} bytes per ticket, indexes and everything else in the file included"
