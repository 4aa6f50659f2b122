"""How a connection is prepared."""

import os
import socket
import time
from contextlib import ExitStack, closing
from typing import Any

import pytest
import sqlalchemy as sa

from storage.channel import Statement
from storage.database import Database
from storage.hosts import CONNECTING, address_of, connecting

SYNCHRONOUS_FULL = 2
KEEPALIVES = {"TCP_USER_TIMEOUT": 5_000, "TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": 3}


def test_every_connection_to_sqlite_syncs_its_commits_and_holds_foreign_keys(sqlite_database: Database) -> None:
    with ExitStack() as stack:
        connections = [stack.enter_context(sqlite_database.engine.connect()) for _ in range(3)]
        for connection in connections:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
            assert found == {"journal_mode": "wal", "synchronous": SYNCHRONOUS_FULL, "foreign_keys": 1}


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("postgresql://u:p%40ss@one:5432,two:5433/desk", "one,two", "5432,5433"),
        ("postgresql+psycopg://u:p%40ss@one,two:5433/desk", "one,two", "5432,5433"),
        ("postgresql://u:p%40ss@[::1]:1,[2001:db8::1]/desk", "::1,2001:db8::1", "1,5432"),
        ("postgresql://u:p%40ss@/desk?host=one:5432&host=two:5433", "one,two", "5432,5433"),
        ("postgresql://u:p%40ss@/desk?host=one,two&port=1,2", "one,two", "1,2"),
    ],
)
def test_an_address_may_name_several_servers_of_which_the_writing_one_is_taken(text: str, host: str, port: str) -> None:
    asked = asked_of_the_driver(text)
    expected = {"host": host, "port": port, "user": "u", "password": "p@ss", "dbname": "desk"}
    assert {name: asked[name] for name in expected} == expected
    assert asked["target_session_attrs"] == "read-write"


def test_what_an_address_says_goes_before_what_the_service_asks_for() -> None:
    asked = asked_of_the_driver(
        "postgresql://u@a,b/desk?target_session_attrs=primary&connect_timeout=9&sslmode=require"
    )
    assert (asked["target_session_attrs"], asked["connect_timeout"], asked["sslmode"]) == ("primary", "9", "require")
    assert asked["tcp_user_timeout"] == CONNECTING["tcp_user_timeout"]


def test_a_single_server_may_be_any() -> None:
    assert "target_session_attrs" not in asked_of_the_driver("postgresql://u@one/desk")


@pytest.mark.parametrize(
    "text", ["postgresql://u:secret@a:x,b/d", "postgresql://u:sec:ret@a:b:c/d", "postgresql://@,/d"]
)
def test_what_is_no_address_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(sa.exc.ArgumentError) as refused:
        address_of(text)
    assert "ret" not in str(refused.value)


def test_r_12_a_server_that_is_gone_without_a_word_is_given_up(postgres_url: str) -> None:
    """R-12: what the operating system is told of each connection; the first is in milliseconds, times are seconds."""
    database = Database(postgres_url)
    with database.engine.connect() as connection, closing(_socket_of(connection)) as seen:
        found = {name: seen.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in KEEPALIVES}
        assert seen.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    database.dispose()
    assert found == KEEPALIVES


def test_r_12_a_server_that_says_nothing_is_passed_over(postgres_url: str) -> None:
    """R-12: its machine takes the connection, and nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        before, _, name = postgres_url.rpartition("/")
        user, _, server = before.rpartition("@")
        address = f"{user}@127.0.0.1:{silent.getsockname()[1]},{server}/{name}?connect_timeout=2"
        database, began = Database(address), time.monotonic()
        with database.channel(writing=True) as channel:
            assert channel.commit([Statement(sa.text("SELECT 1"))]) == [[(1,)]]
        assert 1 < time.monotonic() - began < 10
        database.dispose()


def _socket_of(connection: sa.Connection) -> socket.socket:
    driver = connection.connection.driver_connection
    assert driver is not None
    return socket.socket(fileno=os.dup(driver.fileno()))


def asked_of_the_driver(text: str) -> dict[str, Any]:
    """What psycopg is connected with."""
    url = address_of(text).set(drivername="postgresql+psycopg")
    _, asked = sa.create_engine(url).dialect.create_connect_args(url)
    return {**asked, **connecting(url)}
