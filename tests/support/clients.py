"""HTTP clients that work tickets through the bundled fault process, each change under a key of its own, and a ledger
of what was acknowledged to them.

A client asks again, with the same key, for as long as it is told to: by 503, or by a connection that broke. Whatever
else is not a success is a failure of the service and ends up in `Ledger.failures`.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import requests
import sqlalchemy as sa

from engine.ids import new_id
from storage import migrations
from storage import tables as t
from storage.credentials import hash_of, new_secret
from storage.database import Database
from tests.support.desk import ASSESSMENT, HANDLING, REPORT, REVIEW, Desk, furnish
from tests.support.people import insert

JSON = dict[str, Any]
TIMEOUT_S = 30.0
PAUSE_S = 0.1
"""Before asking again. Shorter than Retry-After says, so that an outage is measured to a tenth of a second."""
TOKENS = 20
TEAM = ("kefu", "yunwei1", "yunwei2", "qc", "admin")


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change that was acknowledged, with the moments (monotonic) of its first sending and of its answer."""

    client: int
    ticket: str
    event: str
    """The type of the one event that it left in the ticket's timeline."""
    sent: float
    acknowledged: float
    sendings: int
    replayed: bool


@dataclass
class Ledger:
    """What all clients were told. Lists are only ever appended to, so that threads may share them."""

    changes: list[Change] = field(default_factory=list)
    refused: list[tuple[float, str]] = field(default_factory=list)
    """Moment and code of each 503, or of a connection that broke."""
    failures: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    """What was attached: file name -> content."""
    waiting: dict[int, float] = field(default_factory=dict)
    """Client -> since when it waits for the answer to a change."""

    def events(self) -> dict[str, list[str]]:
        """Ticket -> the types of the events that were acknowledged, in order."""
        found: dict[str, list[str]] = {}
        for change in sorted(self.changes, key=lambda each: each.acknowledged):
            found.setdefault(change.ticket, []).append(change.event)
        return found


@dataclass(frozen=True, kw_only=True)
class Team:
    """The bearer tokens of one client's people, several for each: what one token may do in a minute is limited."""

    tokens: dict[str, tuple[str, ...]]

    def token(self, name: str, turn: int) -> str:
        """The one whose turn it is."""
        held = self.tokens[name]
        return held[turn % len(held)]


def prepare(database_url: str, clients: int) -> list[Team]:
    """The schema, the people, the fault process in service, and for each client tokens of its own."""
    database = Database(database_url)
    migrations.upgrade(database)
    desk = furnish(Desk(database=database))
    teams = [_team(database, desk) for _ in range(clients)]
    database.dispose()
    return teams


def _team(database: Database, desk: Desk) -> Team:
    counts = {name: TOKENS if name == "kefu" else 1 for name in TEAM}
    return Team(
        tokens={
            name: tuple(_token(database, desk.people[name]) for _ in range(count)) for name, count in counts.items()
        }
    )


def _token(database: Database, user_id: UUID) -> str:
    secret, now = new_secret(), datetime.now(UTC)
    row = {"id": new_id(), "hash": hash_of(secret), "user_id": user_id, "name": "client", "scopes": "read write admin"}
    insert(database, t.token, **row, created_at=now, expires_at=now + timedelta(days=1))
    return secret


class Client(threading.Thread):
    """Opens one ticket after another and works each to its end, sending one in three back once."""

    def __init__(
        self, number: int, url: str, team: Team, ledger: Ledger, *, files: Callable[[], bytes] | None = None
    ) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        self.number, self.url, self.team, self.ledger, self.files = number, url, team, ledger, files
        self.turn = 0
        self.stopping = threading.Event()
        self.http = requests.Session()

    def run(self) -> None:
        """Until told to stop; the last change is brought to its end."""
        try:
            for self.turn in itertools.count():
                for _ in self._ticket():
                    if self.stopping.is_set():
                        return
        except Exception as error:  # noqa: BLE001 - whatever it is, the test has to see it
            self.ledger.failures.append(f"{self.name}: {error!r}")
        finally:
            self.http.close()

    def _ticket(self) -> Iterator[None]:
        """Work one ticket; gives back control after each change."""
        answers: JSON = {**REPORT, "title": f"{self.name} {self.turn}"}
        if self.files is not None:
            answers["screenshots"] = [self._upload()]
        opened = self.change("kefu", "tickets", {"service": "fault", "answers": answers}, "ticket_opened")
        yield
        ticket, task = opened["id"], opened["tasks"][0]
        ways: list[tuple[str, JSON, JSON]] = [("yunwei1", HANDLING, {}), ("yunwei2", REVIEW, {})]
        if self.turn % 3 == 2:
            ways += [("qc", ASSESSMENT, {"outcome": "redo", "reason": "缺少数据"}), ("yunwei2", REVIEW, {})]
        for name, given, more in (*ways, ("qc", ASSESSMENT, {"outcome": "pass"})):
            if task["assignee"] is None:
                self.change(name, f"tasks/{task['id']}/claim", None, "task_claimed", ticket)
                yield
            event = "task_sent_back" if more.get("outcome") == "redo" else "task_completed"
            done = self.change(name, f"tasks/{task['id']}/complete", {"answers": given, **more}, event, ticket)
            yield
            task = next(iter(done["opened"]), task)

    def change(self, name: str, path: str, body: JSON | None, event: str, ticket: str | None = None) -> JSON:
        """The answer to a change that is sent until it is acknowledged."""
        headers = {"Authorization": f"Bearer {self.team.token(name, self.turn)}", "Idempotency-Key": str(uuid4())}
        sent = self.ledger.waiting[self.number] = time.monotonic()
        answer, sendings = self._until_answered(path, headers, json=body)
        acknowledged = time.monotonic()
        del self.ledger.waiting[self.number]
        made: JSON = answer.json()
        change = Change(
            client=self.number,
            ticket=ticket or made["id"],
            event=event,
            sent=sent,
            acknowledged=acknowledged,
            sendings=sendings,
            replayed="Idempotency-Replayed" in answer.headers,
        )
        self.ledger.changes.append(change)
        return made

    def _upload(self) -> str:
        assert self.files is not None
        name, content = f"{self.name}-{self.turn}.png", self.files()
        headers = {"Authorization": f"Bearer {self.team.token('kefu', self.turn)}"}
        answer, _ = self._until_answered("uploads", headers, files={"file": (name, content)})
        self.ledger.files[name] = content
        return str(answer.json()["id"])

    def _until_answered(self, path: str, headers: dict[str, str], **body: Any) -> tuple[requests.Response, int]:
        """The answer, and how often the request had to be sent."""
        sendings = 1
        while (answer := self._send(path, headers, **body)) is None:
            sendings += 1
            time.sleep(PAUSE_S)
        return answer, sendings

    def _send(self, path: str, headers: dict[str, str], **body: Any) -> requests.Response | None:
        """The answer; None when it is to be sent again.

        Raises: AssertionError for anything but a success, 503 with Retry-After and a broken connection.
        """
        try:
            answer = self.http.post(f"{self.url}/api/v1/{path}", headers=headers, timeout=TIMEOUT_S, **body)
        except requests.ConnectionError:
            self.ledger.refused.append((time.monotonic(), "CONNECTION"))
            return None
        if answer.status_code == 503:
            assert int(answer.headers["Retry-After"]) > 0, path
            self.ledger.refused.append((time.monotonic(), answer.json()["code"]))
            return None
        assert answer.ok, (path, answer.status_code, answer.text)
        return answer


@contextmanager
def working(
    url: str, teams: Iterable[Team], ledger: Ledger, *, files: Callable[[], bytes] | None = None
) -> Iterator[None]:
    """The clients at work, one for each team; at the end every one of them has all its answers."""
    clients = [Client(number, url, team, ledger, files=files) for number, team in enumerate(teams)]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        for client in clients:
            client.stopping.set()
        for client in clients:
            client.join(2 * TIMEOUT_S)
    still = [client.name for client in clients if client.is_alive()]
    assert (still, ledger.failures) == ([], [])


def timelines(database: Database) -> dict[str, list[tuple[str, bytes]]]:
    """Ticket -> type and chained hash of each of its events, in order."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    with database.engine.connect() as connection:
        for row in connection.execute(sa.select(t.event).order_by(t.event.c.ticket_id, t.event.c.seq)):
            found.setdefault(str(row.ticket_id), []).append((row.type, bytes(row.hash)))
    return found
