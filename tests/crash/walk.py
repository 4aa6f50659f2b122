"""A walk from opening to closing past numbered commit points, with the server killed at one of them each time."""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.worker.runner import utc_now
from storage import tables as t
from storage.background import in_background
from storage.checks import check_ticket
from storage.database import Database
from tests.crash.clients import Client
from tests.crash.orders import DONE, ORDER, SENT, TRACE
from tests.crash.people import prepare
from tests.crash.points import BY_CLOCK, REQUEST, STEPS, Point, traced
from tests.crash.server import Server
from tests.support.acting import contents
from tests.support.desk import ASSESSMENT, HANDLING, REVIEW

PATIENCE_S = 60.0
_BUSY = (
    sa.select(sa.func.count().label("count"))
    .select_from(sa.text("pg_stat_activity"))
    .where(
        sa.text("datname = current_database() AND backend_type = 'client backend'"),
        sa.text("state <> 'idle' AND pid <> pg_backend_pid()"),
    )
)

Rows = dict[str, list[tuple[object, ...]]]


@dataclass(kw_only=True)
class Walk:
    """One client, alone with a failing server; it looks at the tables between a kill and the next sending."""

    server: Server
    database: Database
    client: Client
    before: int = 0
    after: int = 0
    """At how many kills the state was found as before, and as after the command."""
    _rows: Rows = field(default_factory=dict)
    _ticket: str = ""
    _task: str = ""
    _point: Point | None = None
    _found_after: bool = False

    @classmethod
    def over(cls, url: str, directory: Path) -> "Walk":
        """A walk over an empty database; its server is yet to be started."""
        [cast] = prepare(url, clients=1)
        files = {ORDER: str(directory / "order"), TRACE: str(directory / "trace")}
        server = Server.over(url, directory, command=[sys.executable, "-m", "tests.crash.failing"], **files)
        client = Client(name="w", cast=cast, port=server.port, stop=threading.Event(), plainly=True)
        made = cls(server=server, database=Database(url), client=client)
        client.on_silence = made._look
        return made

    def points(self) -> list[Point]:
        """Every point of a walk, found by taking one on which nothing happens."""
        found: list[Point] = []
        by_clock = sa.select(t.job.c.id).where(t.job.c.kind.in_(BY_CLOCK), t.job.c.state == "done")
        await_(lambda: len(self._ask(by_clock)) == len(BY_CLOCK), "the jobs of the start")
        for step in range(len(STEPS)):
            Path(self.server.environment[TRACE]).write_text("")
            self._take(step)
            self.settle()
            trace = Path(self.server.environment[TRACE]).read_text()
            found += traced(trace, step=step, sent=self.database.is_postgresql)
        return found

    def past(self, points: list[Point]) -> None:
        """Walk once; at each step, the server is killed at that step's point, if there is one."""
        wanted = {point.step: point for point in points}
        for step in range(len(STEPS)):
            self._point = wanted.get(step)
            if self._point is None:
                self._take(step)
            else:
                self._killed_in(self._point)

    def settle(self) -> None:
        """Wait until every job is done."""
        waiting = sa.select(t.job.c.id).where(t.job.c.state.in_(("ready", "running"))).limit(1)
        await_(lambda: not self._ask(waiting), "the jobs' end")

    def _killed_in(self, point: Point) -> None:
        self.settle()
        self._rows = _steady(contents(self.database))
        lost, order = self.client.page.answers_lost, Path(self.server.environment[ORDER])
        point.order.put(order)
        self._take(point.step)
        await_(lambda: not order.exists(), f"{point} to be reached")
        if point.order.who == REQUEST:
            assert not self._rows, f"{point}: no sending broke"
            replayed = self.client.page.answers_lost - lost
            assert replayed == self._found_after, f"{point}: the answer was the kept one: {replayed}"
        else:
            self._rows = {}
            self.server.await_ready()
            self.settle()
            self._judge_attempts(point)

    def _take(self, step: int) -> None:
        client, cast = self.client, self.client.cast
        match step:
            case 0:
                self._ticket, self._task = client.open()
            case 1 | 3:
                client.claim(cast.ops, self._task)
            case 2:
                self._task = client.complete(cast.ops, self._task, HANDLING)
            case 4:
                self._task = client.complete(cast.ops, self._task, REVIEW)
            case 5:
                client.claim(cast.qc, self._task)
            case _:
                client.complete(cast.qc, self._task, ASSESSMENT, outcome="pass")

    def _look(self) -> None:
        """After the kill, before the request is sent again: before or after, never between."""
        time.sleep(0.02)
        if self.database.is_postgresql:
            # A backend goes on with what it was sent until it notices that nobody listens.
            await_(lambda: self._ask(_BUSY)[0].count == 0, "the end of what the dead one began")
        # A connection may also break because it is left over from the last kill.
        follows = Path(self.server.environment[ORDER]).exists()
        if follows or not self._rows or self._point is None or self._point.order.who != REQUEST:
            return
        found, was, self._rows = _steady(contents(self.database)), self._rows, {}
        self._found_after = len(found["idempotency"]) > len(was["idempotency"])
        place = self._point.order.place
        assert place == SENT or self._found_after == (place == DONE), f"{self._point}: after is {self._found_after}"
        if not self._found_after:
            self.before += 1
            changed = [name for name in found if found[name] != was[name]]
            assert not changed, f"{self._point}: {changed} changed, and nothing was committed"
            return
        self.after += 1
        made = set(found["event"]) - set(was["event"])
        assert len(made) == 1, f"{self._point}: one command made {len(made)} events"
        assert set(was["event"]) < set(found["event"]), f"{self._point}: an event is gone"
        ticket = made.pop()[0]
        assert isinstance(ticket, UUID)
        wrong = in_background(
            self.database, lambda work: list(check_ticket(work, ticket)), now=utc_now(), writing=False
        )
        assert not wrong, f"{self._point}: {wrong}"

    def _judge_attempts(self, point: Point) -> None:
        """A job whose claim was committed and whose end was not is run once more, any other is not."""
        kind = point.order.who.removeprefix("job-")
        if kind == point.order.who:
            kind = ("notify_task", "mail")[point.order.commit - 1]
            again = point.order.place == DONE
        else:
            # Its last write and its end are one commit.
            again = point.order.place != DONE
        rows = [row for row in self._ask(sa.select(t.job).where(t.job.c.kind == kind)) if self._ticket in row.args]
        if point.order.place != SENT:
            assert [row.attempts for row in rows] == [2 if again else 1], f"{point}: {rows}"

    def _ask(self, clause: sa.Select[Any]) -> list[Any]:
        with self.database.engine.connect() as connection:
            return list(connection.execute(clause))


def await_(found: Callable[[], bool], what: str, *, patience: float = PATIENCE_S) -> None:
    """Wait for it, with a bound."""
    deadline = time.monotonic() + patience
    while not found():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def _steady(rows: Rows) -> Rows:
    """The rows without those that the clock makes."""
    jobs = [row for row in rows["job"] if row[1] not in BY_CLOCK]
    return {**{name: each for name, each in rows.items() if not name.startswith("audit")}, "job": jobs}
