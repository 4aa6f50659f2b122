"""The counting proxy counts what a client really waits for, on a real PostgreSQL."""

import socket
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import Connection

from tests.support.roundtrips import RoundTripProxy


def _connect(proxy: RoundTripProxy, url: str, *, autocommit: bool) -> Connection:
    return psycopg.connect(proxy.url(url).replace("+psycopg", "", 1), autocommit=autocommit)


@pytest.fixture
def autocommitting(round_trips: RoundTripProxy, postgres_url: str) -> Iterator[Connection]:
    with _connect(round_trips, postgres_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def transactional(round_trips: RoundTripProxy, postgres_url: str) -> Iterator[Connection]:
    with _connect(round_trips, postgres_url, autocommit=False) as connection:
        yield connection


def test_a_statement_that_autocommits_is_one(round_trips: RoundTripProxy, autocommitting: Connection) -> None:
    with round_trips.counting() as count:
        autocommitting.execute("SELECT 1")
    assert count.total == 1, count


def test_begin_statement_commit_are_three(round_trips: RoundTripProxy, transactional: Connection) -> None:
    with round_trips.counting() as count:
        transactional.execute("SELECT 1")
        transactional.commit()
    assert count.total == 3, count


def test_a_pipeline_is_one(round_trips: RoundTripProxy, autocommitting: Connection) -> None:
    with round_trips.counting() as count, autocommitting.pipeline():
        autocommitting.execute("BEGIN")
        for number in range(3):
            autocommitting.execute("SELECT %s::int", [number])
        autocommitting.execute("COMMIT")
    assert count.total == 1, count


def test_each_fetch_inside_a_pipeline_is_one(round_trips: RoundTripProxy, autocommitting: Connection) -> None:
    with round_trips.counting() as count, autocommitting.pipeline() as pipeline:
        assert autocommitting.execute("SELECT 1").fetchone() == (1,)
        assert autocommitting.execute("SELECT 2").fetchone() == (2,)
        pipeline.sync()
    assert count.total >= 2, count


def test_a_large_answer_is_one(round_trips: RoundTripProxy, autocommitting: Connection) -> None:
    with round_trips.counting() as count:
        row = autocommitting.execute("SELECT repeat('x', 5000000)").fetchone()
    assert row is not None
    assert len(row[0]) == 5_000_000
    assert count.total == 1, count


def test_start_up_is_not_counted_on_a_connection_that_stood(
    round_trips: RoundTripProxy, autocommitting: Connection
) -> None:
    with round_trips.counting() as count:
        pass
    assert count.total == 0, count


def test_connecting_while_counting_is_counted(round_trips: RoundTripProxy, postgres_url: str) -> None:
    with round_trips.counting() as count, _connect(round_trips, postgres_url, autocommit=True):
        connected = count.total
    assert connected >= 3, "start-up and the two challenges of SCRAM are each a wait"


def test_an_unasked_message_is_none(round_trips: RoundTripProxy, autocommitting: Connection, postgres_url: str) -> None:
    autocommitting.execute("LISTEN bell")
    with round_trips.counting() as count:
        with psycopg.connect(postgres_url.replace("+psycopg", "", 1), autocommit=True) as past_the_proxy:
            past_the_proxy.execute("NOTIFY bell")
        assert [notice.channel for notice in autocommitting.notifies(timeout=10, stop_after=1)] == ["bell"]
    assert count.total == 0, count


def test_connections_are_counted_apart(round_trips: RoundTripProxy, postgres_url: str) -> None:
    with (
        _connect(round_trips, postgres_url, autocommit=True) as one,
        _connect(round_trips, postgres_url, autocommit=True) as other,
        round_trips.counting() as count,
    ):
        one.execute("SELECT 1")
        other.execute("SELECT 1")
        other.execute("SELECT 2")
    assert sorted(count.per_connection.values()) == [1, 2]


def test_a_count_ends_with_its_block_and_shows_what_was_sent(
    round_trips: RoundTripProxy, autocommitting: Connection
) -> None:
    with round_trips.counting() as outer:
        with round_trips.counting() as inner:
            autocommitting.execute("SELECT 'inside'")
        autocommitting.execute("SELECT 'after'")
    assert (inner.total, outer.total) == (1, 2)
    assert "SELECT 'inside'" in str(inner)
    assert "SELECT 'after'" not in str(inner)


def test_a_server_that_is_not_there_closes_the_connection() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with RoundTripProxy(host="127.0.0.1", port=unused.getsockname()[1]) as proxy:
            url = proxy.url("postgresql+psycopg://someone@nowhere/nothing").replace("+psycopg", "", 1)
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(url, connect_timeout=5)
