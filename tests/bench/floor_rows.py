"""The rows of the floor, by plain psycopg and by plain sqlite3: the same tables, keys and commits as the product's."""

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import psycopg

Values = Mapping[str, Any]

_EVENT = """INSERT INTO event (ticket_id, seq, at, type, actor_id, payload, salt, hash)"""
_JOB = """INSERT INTO job (id, kind, args, key, dedupe, state, due_at, run_at, created_at)"""
_TASK = """INSERT INTO task (ticket_id, seq, token, element_id, visit, state, candidates, opened_at, version)"""
_OFFER = """INSERT INTO offer (ticket_id, seq, role, business, opened_at)"""
_STATE = """INSERT INTO ticket_state (ticket_id, state, variables, memory)"""
_TICKET = """INSERT INTO ticket (id, number, kind, title, status, phase, suspended, priority, process_id, deployment_id,
    service_id, business, requester_id, opened_at, events, last_hash, last_seq)"""
_ASKED = """SELECT service.id AS service_id, deployment.id AS deployment_id, deployment.process_id,
    user_account.id AS user_id
    FROM service JOIN deployment ON deployment.id = service.deployment_id, user_account
    WHERE service.key = 'fault' AND user_account.name = 'kefu'"""
_COUNT = """INSERT INTO counter (kind, day, value) VALUES ('floor', %(day)s, 1)
    ON CONFLICT (kind, day) DO UPDATE SET value = counter.value + 1 RETURNING value"""

_OPEN_AT_ONCE = f"""
WITH counted AS ({_COUNT}), asked AS ({_ASKED}), made AS (
    {_TICKET} SELECT %(id)s, 'FLO' || %(day)s || lpad(counted.value::text, 6, '0'), 'incident', %(title)s,
        'IN_PROGRESS', 'open', false, 'P1', asked.process_id, asked.deployment_id, asked.service_id, 'website',
        asked.user_id, %(now)s, 1, %(hash)s, 1 FROM asked, counted RETURNING number, requester_id
), state AS (
    {_STATE} VALUES (%(id)s, %(state)s, %(variables)s, %(memory)s)
), event AS (
    {_EVENT} SELECT %(id)s, 1, %(now)s, 'ticket_opened', requester_id, %(payload)s, %(salt)s, %(hash)s FROM made
), task AS (
    {_TASK} VALUES (%(id)s, 1, %(token)s, %(element)s, 1, 'open', %(candidates)s, %(now)s, 1)
), offered AS (
    {_OFFER} VALUES (%(id)s, 1, %(role)s, %(business)s, %(now)s)
), job AS (
    {_JOB} VALUES (%(job)s, 'floor', %(args)s, %(id)s::text, %(dedupe)s, 'done', %(now)s, %(now)s, %(now)s)
)
SELECT number FROM made
"""
_CLAIM_AT_ONCE = f"""
WITH one AS (
    SELECT id FROM user_account WHERE name = 'wei'
), claimed AS (
    UPDATE task SET state = 'claimed', assignee_id = one.id, claimed_at = %(now)s, version = version + 1
    FROM one WHERE ticket_id = %(id)s AND seq = %(seq)s AND state = 'open' RETURNING assignee_id
), gone AS (
    DELETE FROM offer WHERE ticket_id = %(id)s AND seq = %(seq)s
), party AS (
    INSERT INTO party (ticket_id, user_id) SELECT %(id)s, assignee_id FROM claimed ON CONFLICT DO NOTHING
), moved AS (
    UPDATE ticket SET events = events + 1, last_hash = %(hash)s WHERE id = %(id)s RETURNING events
)
{_EVENT} SELECT %(id)s, moved.events, %(now)s, 'task_claimed', claimed.assignee_id, %(payload)s, %(salt)s, %(hash)s
FROM claimed, moved RETURNING seq
"""
_LOAD = """
SELECT state.state, state.variables, task.token, task.element_id, ticket.last_seq
FROM ticket JOIN ticket_state AS state ON state.ticket_id = ticket.id JOIN task ON task.ticket_id = ticket.id
WHERE ticket.id = %(id)s AND task.seq = %(seq)s AND task.state = 'claimed'
"""
_COMPLETE_AT_ONCE = f"""
WITH done AS (
    UPDATE task SET state = 'completed', ended_at = %(now)s, ended_by = assignee_id, version = version + 1
    WHERE ticket_id = %(id)s AND seq = %(seq)s RETURNING ended_by
), moved AS (
    UPDATE ticket SET status = %(status)s, phase = %(phase)s, events = events + 1, last_hash = %(hash)s,
        last_seq = %(last)s WHERE id = %(id)s RETURNING events
), state AS (
    UPDATE ticket_state SET state = %(state)s, variables = %(variables)s, memory = %(memory)s WHERE ticket_id = %(id)s
), task AS (
    {_TASK} SELECT %(id)s, %(last)s, %(token)s, %(element)s, 1, 'open', %(candidates)s, %(now)s, 1
    WHERE %(element)s::text IS NOT NULL
), offered AS (
    {_OFFER} SELECT %(id)s, %(last)s, %(role)s, %(business)s, %(now)s WHERE %(element)s::text IS NOT NULL
), job AS (
    {_JOB} SELECT %(job)s, 'floor', %(args)s, %(id)s::text, %(dedupe)s, 'done', %(now)s, %(now)s, %(now)s
    WHERE %(element)s::text IS NOT NULL
)
{_EVENT} SELECT %(id)s, moved.events, %(now)s, 'task_completed', done.ended_by, %(payload)s, %(salt)s, %(hash)s
FROM done, moved RETURNING seq
"""

_OPENED = (
    f"{_STATE} VALUES (%(id)s, %(state)s, %(variables)s, %(memory)s)",
    f"{_EVENT} VALUES (%(id)s, 1, %(now)s, 'ticket_opened', %(user)s, %(payload)s, %(salt)s, %(hash)s)",
)
_NEXT = (
    f"{_TASK} VALUES (%(id)s, %(last)s, %(token)s, %(element)s, 1, 'open', %(candidates)s, %(now)s, 1)",
    f"{_OFFER} VALUES (%(id)s, %(last)s, %(role)s, %(business)s, %(now)s)",
    f"{_JOB} VALUES (%(job)s, 'floor', %(args)s, %(id)s, %(dedupe)s, 'done', %(now)s, %(now)s, %(now)s)",
)
_CLAIMED = (
    """UPDATE task SET state = 'claimed', assignee_id = %(user)s, claimed_at = %(now)s, version = version + 1
    WHERE ticket_id = %(id)s AND seq = %(seq)s AND state = 'open'""",
    "DELETE FROM offer WHERE ticket_id = %(id)s AND seq = %(seq)s",
    "INSERT INTO party (ticket_id, user_id) VALUES (%(id)s, %(user)s) ON CONFLICT DO NOTHING",
)
_COMPLETED = (
    """UPDATE task SET state = 'completed', ended_at = %(now)s, ended_by = assignee_id, version = version + 1
    WHERE ticket_id = %(id)s AND seq = %(seq)s""",
    "UPDATE ticket SET status = %(status)s, phase = %(phase)s, last_seq = %(last)s WHERE id = %(id)s",
    """UPDATE ticket_state SET state = %(state)s, variables = %(variables)s, memory = %(memory)s
    WHERE ticket_id = %(id)s""",
)
_MOVED = (
    "UPDATE ticket SET events = events + 1, last_hash = %(hash)s WHERE id = %(id)s",
    f"""{_EVENT} SELECT id, events, %(now)s, %(event)s, %(user)s, %(payload)s, %(salt)s, %(hash)s FROM ticket
    WHERE id = %(id)s""",
)


class Rows(Protocol):
    """What a request of the floor reads and writes."""

    def open(self, values: Values) -> None:
        """A ticket's first rows, one commit."""

    def claim(self, values: Values) -> None:
        """A task gets its holder, one commit."""

    def load(self, values: Values) -> Sequence[Any]:
        """(state, variables, token, element, last seq) of a claimed task, its ticket locked until `complete`."""

    def complete(self, values: Values) -> None:
        """A task ends and, where there is one, the next opens; the commit."""


class PostgresRows:
    """One statement for each, and BEGIN and COMMIT travel with them."""

    def __init__(self, url: str) -> None:
        self._driver = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)

    def open(self, values: Values) -> None:
        """See Rows."""
        self._driver.execute(_OPEN_AT_ONCE, values)

    def claim(self, values: Values) -> None:
        """See Rows."""
        assert self._driver.execute(_CLAIM_AT_ONCE, values).fetchone()

    def load(self, values: Values) -> Sequence[Any]:
        """See Rows."""
        with self._driver.pipeline():
            self._driver.execute("BEGIN")
            found = self._driver.execute(f"{_LOAD} FOR UPDATE OF ticket, state", values)
        row: Sequence[Any] | None = found.fetchone()
        assert row is not None
        return row

    def complete(self, values: Values) -> None:
        """See Rows."""
        with self._driver.pipeline():
            self._driver.execute(_COMPLETE_AT_ONCE, values)
            self._driver.execute("COMMIT")


class SqliteRows:
    """One transaction for each, with the product's settings."""

    def __init__(self, path: str) -> None:
        self._driver = sqlite3.connect(path, isolation_level=None, timeout=5)
        for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._driver.execute(f"PRAGMA {pragma}")

    def open(self, values: Values) -> None:
        """See Rows."""
        self._driver.execute("BEGIN IMMEDIATE")
        service, deployment, process, user = self._run(_ASKED, {}).fetchone()
        [number] = self._run(_COUNT, values).fetchone()
        ids = {"service": service, "deployment": deployment, "process": process, "user": user}
        row = {**values, **ids, "number": f"FLO{values['day']}{number:06}"}
        self._run(
            f"""{_TICKET} VALUES (%(id)s, %(number)s, 'incident', %(title)s, 'IN_PROGRESS', 'open', 0, 'P1',
            %(process)s, %(deployment)s, %(service)s, 'website', %(user)s, %(now)s, 1, %(hash)s, 1)""",
            row,
        )
        self._commit((*_OPENED, *_NEXT), {**row, "last": 1})

    def claim(self, values: Values) -> None:
        """See Rows."""
        self._driver.execute("BEGIN IMMEDIATE")
        user = self._user("wei")
        self._commit((*_CLAIMED, *_MOVED), {**values, "user": user, "event": "task_claimed"})

    def load(self, values: Values) -> Sequence[Any]:
        """See Rows."""
        self._driver.execute("BEGIN IMMEDIATE")
        row: Sequence[Any] = self._run(_LOAD, values).fetchone()
        return row

    def complete(self, values: Values) -> None:
        """See Rows."""
        following = _NEXT if values["element"] is not None else ()
        row = {**values, "user": self._user("wei"), "event": "task_completed"}
        self._commit((*_COMPLETED, *following, *_MOVED), row)

    def _user(self, name: str) -> Any:
        return self._run("SELECT id FROM user_account WHERE name = %(name)s", {"name": name}).fetchone()[0]

    def _commit(self, statements: Sequence[str], values: Values) -> None:
        for statement in statements:
            self._run(statement, values)
        self._driver.execute("COMMIT")

    def _run(self, statement: str, values: Values) -> sqlite3.Cursor:
        return self._driver.execute(_named(statement), {name: _plain(value) for name, value in values.items()})


_texts: dict[str, str] = {}


def _named(statement: str) -> str:
    """The statement as sqlite3 names its parameters."""
    if statement not in _texts:
        _texts[statement] = statement.replace("%(", ":").replace(")s", "")
    return _texts[statement]


def _plain(value: Any) -> Any:
    """The value as the product's types put it into SQLite."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return int(value.timestamp() * 1_000_000)
    return value


_here = threading.local()


def rows_of(url: str) -> Rows:
    """The rows of this thread, by a connection of its own."""
    with suppress(AttributeError):
        kept: Rows = _here.rows
        return kept
    made: Rows = SqliteRows(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else PostgresRows(url)
    _here.rows = made
    return made
