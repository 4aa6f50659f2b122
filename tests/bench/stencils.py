"""Stencils: tickets that went through the product, to be copied many times with other ids, people and moments.

A copy is a valid ticket in all but the chain of its events, which holds hashes over the original's id.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from tests.bench.client import Connection
from tests.bench.desk import REPORT, Bench
from tests.scenario.test_fault_story import ASSESSMENT, HANDLING, REVIEW

TABLES = ("ticket", "ticket_state", "task", "offer", "event", "party")
"""In the order in which their foreign keys allow."""
_SPLIT = "\x1f"
_STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("li", {"answers": HANDLING}),
    ("wei", {"answers": REVIEW}),
    ("chen", {"answers": ASSESSMENT, "outcome": "pass"}),
)
_LAST = len(_STEPS)


@dataclass(frozen=True, kw_only=True)
class Stencil:
    """The rows of one ticket in COPY's text form, and what in them a copy replaces."""

    ticket_id: UUID
    events: int
    text: str
    """The tables' lines, one table after the other."""
    moment: str
    """When its live task opened, as it stands in the text."""
    number: str

    def copied(self, ticket_id: str, number: str, moment: str, others: Iterable[tuple[str, str]]) -> list[str]:
        """The lines of each table, for another ticket; `others` are texts to replace, and by what."""
        text = self.text.replace(str(self.ticket_id), ticket_id).replace(self.number, number)
        text = text.replace(self.moment, moment)
        for old, new in others:
            text = text.replace(old, new)
        return text.split(_SPLIT)


def stencils(bench: Bench, driver: psycopg.Connection[Any], *, events: int) -> Mapping[str, Stencil]:
    """A ticket in each position, with about this many events: waiting for operations or QC, held, and closed."""
    wanted = {"handling": (0, False), "held": (0, True), "review": (1, False), "assessment": (2, False)}
    connection = Connection(bench.port)
    try:
        made = {name: _ticket(bench, connection, events, *position) for name, position in wanted.items()}
        made["closed"] = _ticket(bench, connection, events, _LAST, False)
    finally:
        connection.close()
    return {name: stencil_of(driver, ticket_id) for name, ticket_id in made.items()}


def _ticket(bench: Bench, connection: Connection, events: int, steps: int, held: bool) -> str:
    """Opened, claimed and released until its timeline is long enough, moved on by so many tasks, and held or not."""

    def send(path: str, who: str, body: Mapping[str, Any] | None = None) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        token = bench.openers[0] if who == "kefu" else bench.tokens[who]
        reply = connection.send("POST", f"/api/v1/{path}", content, token=token)
        if reply.status not in (200, 201):
            raise RuntimeError(f"{path}: {reply.status} {reply.body[:500]!r}")
        return reply.json()

    opened = send("tickets", "kefu", {"service": "fault", "answers": REPORT})
    [task] = opened["tasks"]
    for _ in range(max(0, (events - 1 - 2 * steps - held) // 2)):
        send(f"tasks/{task['id']}/claim", "li")
        send(f"tasks/{task['id']}/release", "li")
    for who, body in _STEPS[:steps]:
        send(f"tasks/{task['id']}/claim", who)
        task = next(iter(send(f"tasks/{task['id']}/complete", who, body)["opened"]), task)
    if held:
        send(f"tasks/{task['id']}/claim", "li")
    return str(opened["id"])


def stencil_of(driver: psycopg.Connection[Any], ticket_id: str) -> Stencil:
    """The rows of a ticket that exists."""
    texts = [_lines(driver, table, ticket_id) for table in TABLES]
    found = driver.execute(
        """SELECT ticket.number, ticket.events, max(task.opened_at)::text FROM ticket
        JOIN task ON task.ticket_id = ticket.id WHERE ticket.id = %s GROUP BY ticket.id""",
        [ticket_id],
    ).fetchone()
    assert found is not None
    return Stencil(
        ticket_id=UUID(ticket_id), number=found[0], events=found[1], moment=found[2], text=_SPLIT.join(texts)
    )


def _lines(driver: psycopg.Connection[Any], table: str, ticket_id: str) -> str:
    key = "id" if table == "ticket" else "ticket_id"
    statement = f"COPY (SELECT * FROM {table} WHERE {key} = '{UUID(ticket_id)}') TO STDOUT"
    with driver.cursor() as cursor, cursor.copy(statement) as copied:
        return b"".join(bytes(each) for each in copied).decode()
