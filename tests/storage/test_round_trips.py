"""How often a request waits for PostgreSQL, counted on the wire, authentication included (DESIGN.md section 3)."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from engine.commands import tasks, tickets
from engine.queries import tickets as queries
from engine.values.views import InboxView
from storage.database import Database
from storage.store import Store
from storage.tables import metadata
from storage.units import Answer, perform
from tests.support.desk import HANDLING, REPORT, Desk, furnish
from tests.support.roundtrips import Count, RoundTripProxy

T = TypeVar("T")


@pytest.fixture
def counted(postgres_url: str, round_trips: RoundTripProxy) -> Iterator[Desk]:
    database = Database(round_trips.url(postgres_url))
    metadata.create_all(database.engine)
    yield furnish(Desk(database=database))
    database.dispose()


def _counting(proxy: RoundTripProxy, act: Callable[[], T]) -> tuple[T, Count]:
    with proxy.counting() as count:
        result = act()
    return result, count


def test_claim_release_complete_and_open_stay_within_their_round_trips(
    counted: Desk, round_trips: RoundTripProxy
) -> None:
    # The first two of each warm up: the connection, the definition's cache, and a statement that is prepared when it is
    # run for the second time, which takes a wait of its own.
    for _ in range(2):
        [task] = counted.open().tasks
        counted.claim("yunwei1", task.public_id)
        counted.do("yunwei1", lambda work, task=task: tasks.release(work, task.public_id))
        counted.claim("yunwei1", task.public_id)
        counted.complete("yunwei1", task.public_id, HANDLING)
    opened, count = _counting(round_trips, counted.open)
    assert count.total <= 3, count
    [task] = opened.tasks
    for _ in range(2):
        _, count = _counting(round_trips, lambda: counted.claim("yunwei1", task.public_id))
        assert count.total <= 2, count
        release = _counting(
            round_trips, lambda: counted.do("yunwei1", lambda work: tasks.release(work, task.public_id))
        )
        assert release[1].total <= 2, release[1]
    counted.claim("yunwei1", task.public_id)
    _, count = _counting(round_trips, lambda: counted.complete("yunwei1", task.public_id, HANDLING))
    assert count.total <= 2, count


def test_a_page_of_the_inbox_takes_two_round_trips(counted: Desk, round_trips: RoundTripProxy) -> None:
    counted.open()
    for view in InboxView:
        for _ in range(2):
            counted.see("yunwei1", lambda work, view=view: queries.inbox(work, view))
        _, count = _counting(
            round_trips, lambda view=view: counted.see("yunwei1", lambda work: queries.inbox(work, view))
        )
        assert count.total <= 2, count


def test_an_opening_with_a_key_and_a_screenshot_stays_within_four(counted: Desk, round_trips: RoundTripProxy) -> None:
    from storage.idempotency import IdempotencyKey

    counted.open()
    upload = counted.add_upload("kefu")

    def act(work: Store) -> Answer:
        answers = {**REPORT, "screenshots": [str(upload.id)], "followers": ["eve"]}
        opened = tickets.open_ticket(work, "fault", answers=answers)
        return Answer(status=201, body={"number": None}, ticket_id=opened.case.ticket.id)

    key = IdempotencyKey(key="k1", request_hash=b"h")
    answer, count = _counting(
        round_trips,
        lambda: perform(counted.database, act, credential=counted.tokens["kefu"], idempotency=key, now=counted.clock()),
    )
    assert count.total <= 4, count
    assert answer.numbered("x").body == {"number": "INC20261123000002"}
