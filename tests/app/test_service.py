"""Health, measures and logs of the running service."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import structlog

from app.logs import configure_logs
from storage import tables
from storage.database import Database
from storage.migrations import upgrade
from tests.app.api.client import REPORT, Api, make_api, open_desk
from tests.security.test_web import PASSWORD, with_password
from tests.support.people import add_user
from tests.support.postgres import Cluster


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Api]:
    """An application over a migrated database."""
    database = Database(database_url)
    upgrade(database)
    yield make_api(database, tmp_path)
    database.dispose()


@pytest.fixture
def lines(served: Api) -> Iterator[io.StringIO]:
    """What the process logs, as JSON lines."""
    before, level = logging.getLogger().handlers[:], logging.getLogger().level
    stream = io.StringIO()
    configure_logs(stream)
    yield stream
    logging.getLogger().handlers[:] = before
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


def test_ready_says_what_is_ready(served: Api) -> None:
    answer = served.get("/health/ready")
    assert (answer.status_code, answer.get_json()["checks"]) == (200, {"database": True, "migrations": True})
    assert served.get("/health/live").get_json() == {"status": "live"}


def test_ready_notices_a_database_without_its_schema(sqlite_url: str, tmp_path: Path) -> None:
    answer = make_api(Database(sqlite_url), tmp_path).get("/health/ready")
    assert (answer.status_code, answer.get_json()["checks"]) == (503, {"database": True, "migrations": False})
    assert int(answer.headers["Retry-After"]) > 0


def test_ready_notices_a_database_that_is_away(tmp_path: Path) -> None:
    database = Database("postgresql://nobody@127.0.0.1:9/none")
    answer = make_api(database, tmp_path).get("/health/ready")
    assert (answer.status_code, answer.get_json()["checks"]["database"]) == (503, False)


def test_r_12_an_idle_connection_that_was_lost_makes_nobody_unready(
    postgres: Cluster, postgres_url: str, tmp_path: Path
) -> None:
    """R-12. Whoever balances the load by this would take a node away that works."""
    database = Database(postgres_url)
    upgrade(database)
    api = make_api(database, tmp_path)
    assert api.get("/health/ready").status_code == 200
    with psycopg.connect(postgres.conninfo(), autocommit=True) as other:
        ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
        assert other.execute(ended, [database.url.database]).fetchone() != (0,)
    assert api.get("/health/ready").status_code == 200
    database.dispose()


def test_a_database_that_is_away_is_503_and_not_500(tmp_path: Path) -> None:
    api = make_api(Database("postgresql://nobody@127.0.0.1:9/none"), tmp_path)
    answer = api.client().get("/api/v1/tickets", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.get_json()["code"]) == (503, "DATABASE_AWAY")
    assert int(answer.headers["Retry-After"]) > 0


def test_measures_are_by_route_and_for_this_machine_alone(served: Api) -> None:
    served.get("/nothing")
    served.get("/health/live")
    text = served.get("/metrics").get_data(as_text=True)
    assert 'faultdesk_requests_total{method="GET",route="/health/live",status="200"} 1.0' in text
    assert 'route="none",status="404"' in text
    assert served.get("/metrics", environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).status_code == 404


def test_a_log_line_names_the_request_and_the_ticket(served: Api, lines: io.StringIO) -> None:
    open_desk(served)
    answer = served.post("/tickets", {"service": "fault", "answers": REPORT}, by="alice")
    entries = [json.loads(line) for line in lines.getvalue().splitlines()]
    [entry] = [each for each in entries if each.get("request_id") == answer.headers["X-Request-Id"]]
    assert entry["ticket"] == answer.get_json()["number"]
    assert (entry["method"], entry["route"], entry["status"]) == ("POST", "/api/v1/tickets", 201)


def test_w_19_a_log_line_is_one_line(served: Api, lines: io.StringIO) -> None:
    structlog.get_logger("test").info("hello", user="a\nroot logged in \x1b[31m")
    logging.getLogger("library").warning("two\nlines %s", "\x1b[0m")
    logged = lines.getvalue().splitlines()
    assert len(logged) == 2
    assert [json.loads(line)["event"] for line in logged] == ["hello", "two\nlines \x1b[0m"]
    assert "\x1b" not in lines.getvalue()


def test_w_19_a_name_that_would_be_a_line_of_its_own_is_not_logged(served: Api, lines: io.StringIO) -> None:
    for name in ("a\nroot logged in", "\x1b[31mroot\x1b[0m", 'x"}\n{"event": "root logged in"'):
        served.client().post("/api/v1/session", json={"name": name, "password": "a wrong password"})
        served.client().get(f"/api/v1/users/{quote(name)}", headers={"User-Agent": "a [31mroot logged in"})
    logged = lines.getvalue().splitlines()
    assert len(logged) == 6
    assert {json.loads(line)["event"] for line in logged} == {"request"}
    assert [line for line in logged if "root" in line or "\x1b" in line] == []


def test_w_20_no_secret_is_logged(served: Api, lines: io.StringIO) -> None:
    add_user(served.database, "alice")
    with_password(served, "alice")
    client = served.client()
    signed = client.post("/api/v1/session", json={"name": "alice", "password": PASSWORD})
    client.post("/api/v1/session", json={"name": "alice", "password": "a wrong password"})
    cookie = client.get_cookie("faultdesk")
    assert cookie is not None
    token = served.issue("alice")
    served.get("/me?token=in-the-query", headers={"Authorization": f"Bearer {token}"})
    secrets = (PASSWORD, "a wrong password", cookie.value, token, signed.get_json()["csrf_token"], "in-the-query")
    logged = lines.getvalue()
    assert len(logged.splitlines()) >= 3
    assert [secret for secret in secrets if secret in logged] == []
    with served.database.engine.connect() as connection:
        audited = repr(list(connection.execute(tables.audit.select())))
    assert [secret for secret in secrets if secret in audited] == []


def test_w_20_a_failure_is_logged_by_its_place(
    served: Api, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise ValueError("what a person entered")

    monkeypatch.setattr("engine.queries.tickets.tickets", broken)
    add_user(served.database, "alice")
    client = served.client()
    answer = client.get("/api/v1/tickets", headers={"Authorization": f"Bearer {served.token_of('alice')}"})
    assert answer.status_code == 500
    entries = [json.loads(line) for line in lines.getvalue().splitlines()]
    [failure] = [each for each in entries if each["event"] == "request_failed"]
    assert failure["error"] == "ValueError"
    assert failure["request_id"] == answer.headers["X-Request-Id"]
    assert any("broken" in frame for frame in failure["frames"])
    assert "what a person entered" not in lines.getvalue()


def test_a_log_that_cannot_be_written_fails_no_request(served: Api) -> None:
    before, level = logging.getLogger().handlers[:], logging.getLogger().level
    full = Path("/dev/full").open("w")  # noqa: SIM115 - it cannot be closed without an error
    configure_logs(full)
    try:
        assert served.get("/health/live").status_code == 200
    finally:
        logging.getLogger().handlers[:] = before
        logging.getLogger().setLevel(level)
        structlog.reset_defaults()
        with suppress(OSError):
            full.close()
