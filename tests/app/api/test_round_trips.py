"""How often a request of the API waits for PostgreSQL, from its first byte to its last, authentication included."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database
from storage.tables import metadata
from tests.app.api.client import REPORT, Api, make_api, open_desk
from tests.support.desk import HANDLING
from tests.support.roundtrips import RoundTripProxy


@pytest.fixture
def counted(postgres_url: str, round_trips: RoundTripProxy, tmp_path: Path) -> Iterator[Api]:
    database = Database(round_trips.url(postgres_url))
    metadata.create_all(database.engine)
    api = make_api(database, tmp_path)
    open_desk(api)
    yield api
    database.dispose()


def _trips(
    proxy: RoundTripProxy, api: Api, method: str, path: str, body: Any = None, **options: Any
) -> tuple[Any, int]:
    with proxy.counting() as count:
        answer = api.ok(method, path, body, **options)
    print(method, path, count)
    return answer, count.total


def test_claim_takes_two_round_trips_and_complete_at_most_four(counted: Api, round_trips: RoundTripProxy) -> None:
    answers = {"service": "fault", "answers": REPORT}

    def open_one(key: str) -> tuple[Any, int]:
        return _trips(
            round_trips, counted, "POST", "/api/v1/tickets", answers, by="alice", headers={"Idempotency-Key": key}
        )

    # Two of each warm up: a statement is prepared when it is run for the second time, which takes a wait of its own.
    for round_ in ("first", "second"):
        task = f"/api/v1/tasks/{open_one(round_)[0]['tasks'][0]['id']}"
        for verb in ("claim", "release", "claim"):
            counted.ok("POST", f"{task}/{verb}", by="bob")
        key = {"Idempotency-Key": f"{round_}-done"}
        counted.ok("POST", f"{task}/complete", {"answers": HANDLING}, by="bob", headers=key)
        counted.ok("GET", "/api/v1/tasks", by="bob")
    opened, trips = open_one("counted")
    assert trips <= 4
    task = f"/api/v1/tasks/{opened['tasks'][0]['id']}"
    for _ in range(2):
        assert _trips(round_trips, counted, "POST", f"{task}/claim", by="bob")[1] <= 2
        assert _trips(round_trips, counted, "POST", f"{task}/release", by="bob")[1] <= 2
    counted.ok("POST", f"{task}/claim", by="bob")
    body = {"answers": HANDLING}
    completed, trips = _trips(
        round_trips, counted, "POST", f"{task}/complete", body, by="bob", headers={"Idempotency-Key": "done"}
    )
    assert trips <= 4
    assert [each["element"] for each in completed["opened"]] == ["Task_Review"]
    again, trips = _trips(
        round_trips, counted, "POST", f"{task}/complete", body, by="bob", headers={"Idempotency-Key": "done"}
    )
    assert again == completed
    assert trips <= 3
    assert _trips(round_trips, counted, "GET", "/api/v1/tasks", by="bob")[1] <= 2
