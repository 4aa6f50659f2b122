"""PostgreSQL fails statements and loses connections all the time; the service repeats what it may and says the rest."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from storage.database import Database
from tests.race.calling import Reply, at_once
from tests.race.chaos import Chaos
from tests.race.drawings import FORK, fork
from tests.race.stage import Stage, put_in_service, staged
from tests.support.cutting import CuttingProxy
from tests.support.postgres import Cluster

FAILING, CUT = 0.1, 0.015
"""Of the statements; of the pieces that travel in either direction, each of which holds several statements."""
_PATIENCE = 500


@dataclass(kw_only=True)
class Storm:
    """The service with a database that can be made to fail, and what was answered meanwhile."""

    stage: Stage
    proxy: CuttingProxy
    chaos: Chaos
    said: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        self.proxy.chance = CUT
        self.chaos.set(FAILING)

    def end(self) -> None:
        self.proxy.chance = 0
        self.chaos.set(0)

    def insist(self, name: str, path: str, body: object, key: str) -> Reply:
        """Send the same request with the same key until it is answered with anything but 503."""
        for _ in range(_PATIENCE):
            reply = self.once(name, path, body, key=key)
            if reply.status != 503:
                return reply
            time.sleep(0.01)
        raise AssertionError(f"no answer but 503 to {path} in {_PATIENCE} tries")

    def once(self, name: str, path: str, body: object, **more: str) -> Reply:
        """Send a request: it succeeds, or 503 says when to come again."""
        reply = self.stage[name].send("POST", path, body, **more)
        self.said[str(reply).strip()] += 1
        assert reply.status in (200, 201, 503), (path, reply.status, reply.body)
        if reply.status == 503:
            assert int(reply.headers["retry-after"]) > 0
        return reply


@pytest.fixture
def storm(postgres: Cluster, tmp_path: Path) -> Iterator[Storm]:
    """A storm that has not begun, with the process `fork` in service."""
    url = postgres.create_database()
    made: list[Chaos] = []
    with CuttingProxy(host=postgres.host, port=postgres.port) as proxy:

        def reach(database: Database) -> str:
            made.append(Chaos(database))
            return proxy.url(made[0].install())

        with staged(url, tmp_path, reach=reach) as stage:
            put_in_service(stage, FORK, FORK, fork())
            yield Storm(stage=stage, proxy=proxy, chaos=made[0])
            made[0].remove()
    postgres.drop_database(url)


def _story(storm: Storm, number: int) -> str:
    """One ticket through a round and its end, each request with a key of its own."""
    keys = (f"{number}-{step}" for step in range(100))

    def do(name: str, path: str, body: object) -> Reply:
        return storm.insist(name, path, body, next(keys))

    def work(name: str, task: str, **body: object) -> list[dict[str, str]]:
        do(name, f"tasks/{task}/claim", {})
        done: list[dict[str, str]] = do(name, f"tasks/{task}/complete", body).body["opened"]
        return done

    answers = {"title": str(number), "business": "website"}
    ticket = do("kefu", "tickets", {"service": FORK, "answers": answers}).body
    first, second = (task["id"] for task in ticket["tasks"])
    ops = f"ops{number % 8 + 1}"
    work(ops, first, answers={"a": "x"})
    [review] = work(ops, second, answers={"b": "x"})
    again = work("qc", review["id"], outcome="redo", reason="so")
    for task in again:
        opened = do(ops, f"tasks/{task['id']}/complete", {"answers": {}}).body["opened"]
    work("qc", opened[0]["id"], outcome="accept")
    do("kefu", f"tickets/{ticket['id']}/comments", {"text": "danke"})
    return str(ticket["id"])


_TOLD = {"ticket_opened": 1, "task_claimed": 4, "task_completed": 5, "task_sent_back": 1, "comment_added": 1}


def _weather(storm: Storm, stories: int, *, unkeyed: int) -> None:
    storm.begin()
    began = time.monotonic()
    tickets: list[str] = []
    for first in range(0, stories, 8):
        numbers = range(first, min(first + 8, stories))
        tickets += at_once([partial(_story, storm, number) for number in numbers])
    _toggle(storm, unkeyed)
    storm.end()
    drawn, raised = storm.chaos.counts()
    print(f"{raised} of {drawn} statements failed, cuts {dict(storm.proxy.cuts)}, answers {dict(storm.said)},", end=" ")
    print(f"{time.monotonic() - began:.0f} s")
    assert raised > drawn / 20
    assert sum(storm.proxy.cuts.values()) > 0
    for ticket in tickets:
        assert Counter(event["type"] for event in storm.stage.timeline(ticket)) == _TOLD, "nothing was done twice"
    titles = Counter(each["title"] for each in storm.stage.all_of(f"tickets?service={FORK}"))
    assert titles == {**{str(number): 1 for number in range(stories)}, "toggled": 1}
    storm.stage.sound()


def _toggle(storm: Storm, times: int) -> None:
    """Without a key: a 503 says whether nothing changed or whether that is not known, and it is true."""
    storm.proxy.chance = 0
    storm.chaos.set(0)
    ticket = storm.stage.open(FORK, "toggled").body
    task, events = ticket["tasks"][0]["id"], 1
    storm.begin()
    for _ in range(times):
        verb = "claim" if storm.stage.asks("SELECT 1 FROM task WHERE state = 'claimed'") == [] else "release"
        reply = storm.once("ops1", f"tasks/{task}/{verb}", {})
        _await_rest(storm)
        [[now]] = storm.stage.asks("SELECT events FROM ticket WHERE title = 'toggled'")
        changed = now - events
        expected = {1} if reply.status == 200 else {0, 1} if reply.code == "COMMIT_UNKNOWN" else {0}
        assert changed in expected, str(reply)
        events = now


def _await_rest(storm: Storm) -> None:
    """A commit whose connection was cut may still be under way in PostgreSQL when its request has been answered."""
    here = "datname = current_database() AND pid <> pg_backend_pid()"
    busy = f"SELECT 1 FROM pg_stat_activity WHERE state <> 'idle' AND {here}"
    until = time.monotonic() + 10
    while storm.stage.asks(busy) and time.monotonic() < until:
        time.sleep(0.01)


def test_every_request_succeeds_in_the_end_and_nothing_is_done_twice(storm: Storm) -> None:
    """security-bar R-11."""
    _weather(storm, 2, unkeyed=10)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_every_request_succeeds_in_the_end_in_a_long_storm(storm: Storm) -> None:
    """security-bar R-11, the long form."""
    _weather(storm, 24, unkeyed=200)
    assert {"503 BUSY", "503 COMMIT_UNKNOWN"} <= set(storm.said)
