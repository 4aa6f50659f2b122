"""W lines that take more than one request or more than one node."""

import io
from datetime import timedelta
from pathlib import Path

import pytest

from app.limiting import OPENINGS, UPLOADS
from storage import tables
from storage.database import Database
from tests.app.api.client import Api, make_api
from tests.app.api.test_story import open_ticket, task_of
from tests.security.drawn import addressed, work
from tests.security.test_web import ORIGIN, PASSWORD, sign_in, token_body, with_password
from tests.support.acting import contents
from tests.support.mail_server import mail_server


def test_w_05_a_foreign_form_with_a_file_changes_nothing(lite: Api) -> None:
    with_password(lite, "alice")
    client, _ = sign_in(lite, "alice")
    before = contents(lite.database)
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        file = {"file": (io.BytesIO(b"x"), "a.txt")}
        refused = client.post("/api/v1/uploads", data=file, headers=headers, content_type="multipart/form-data")
        assert (refused.status_code, refused.get_json()["code"]) == (403, "CSRF")
        plain = client.post("/api/v1/tickets", data='{"service":"fault"}', headers=headers, content_type="text/plain")
        assert (plain.status_code, plain.get_json()["code"]) == (403, "CSRF")
    assert contents(lite.database) == before


def test_w_08_what_ends_on_one_node_has_ended_on_every_other(api: Api, tmp_path: Path) -> None:
    other = make_api(Database(str(api.database.engine.url.render_as_string(hide_password=False))), tmp_path / "other")
    other.clock = api.clock
    with_password(api, "bob")
    client, token = sign_in(api, "bob")
    cookie = client.get_cookie("faultdesk")
    assert cookie is not None
    bearer = {"Authorization": f"Bearer {api.ok('POST', '/tokens', token_body(api), by='bob')['secret']}"}
    there = other.client()
    there.set_cookie("faultdesk", cookie.value)
    assert there.get("/api/v1/session").status_code == 200
    assert other.client().get("/api/v1/me", headers=bearer).status_code == 200
    body = {"password": PASSWORD, "new_password": "a wholly different phrase"}
    changed = client.put("/api/v1/me/password", json=body, headers={"Origin": ORIGIN, "X-CSRF-Token": token})
    assert changed.status_code == 204
    assert there.get("/api/v1/session").status_code == 401
    assert other.client().get("/api/v1/me", headers=bearer).status_code == 401
    other.database.dispose()


def test_w_08_a_role_taken_away_on_one_node_is_gone_on_the_other(api: Api, tmp_path: Path) -> None:
    other = make_api(Database(str(api.database.engine.url.render_as_string(hide_password=False))), tmp_path / "other")
    other.tokens = api.tokens
    task = task_of(open_ticket(api), "Task_Handle")
    assert other.get(f"/tasks/{task}", by="bob").status_code == 200
    api.ok("DELETE", "/roles/ops/members/bob?business=web", by="root")
    assert other.post(f"/tasks/{task}/claim", by="bob").status_code in (403, 404)
    assert other.ok("GET", "/tasks", by="bob")["items"] == []
    other.database.dispose()


def test_w_18_200_tickets_and_50_uploads_in_a_minute_meet_the_limit(lite: Api) -> None:
    assert (OPENINGS < 200, UPLOADS < 50) == (True, True)
    opened = [lite.post("/tickets", {"service": "none", "answers": {}}, by="bob").status_code for _ in range(200)]
    assert opened.count(429) == 200 - OPENINGS
    uploaded = [lite.upload("bob", b"x", "a.txt").status_code for _ in range(50)]
    assert uploaded.count(429) == 50 - UPLOADS


def test_w_20_no_table_holds_a_secret_in_the_clear(api: Api, tmp_path: Path) -> None:
    """W-20: passwords, sessions, tokens, links and the mail server's password, also under an idempotency key."""
    with_password(api, "alice")
    client, csrf = sign_in(api, "alice")
    cookie = client.get_cookie("faultdesk")
    assert cookie is not None
    key = {"Idempotency-Key": "the-same"}
    token = api.ok("POST", "/tokens", token_body(api), by="alice", headers=key)["secret"]
    link = api.ok("POST", f"/users/{api.user_id('bob')}/reset-link", by="root", headers=key)["link"]
    api.post("/password-resets", {"code": link.rpartition("/")[2], "password": "of bob alone, nobody else"})
    client.post("/api/v1/session", json={"name": "alice", "password": "typed into the wrong field"})
    addressed(api, "bob")
    open_ticket(api)
    with mail_server() as server:
        server.refuse_recipients = "550 no such user"
        work(api, tmp_path, server.port)
    secrets = (PASSWORD, cookie.value, csrf, token, link.rpartition("/")[2], "of bob alone", "typed into the wrong")
    kept = repr(contents(api.database))
    assert [each for each in secrets if each in kept] == []
    told = "".join(api.get(path, by="root").text for path in ("/audit?limit=100", "/jobs", "/users", "/tokens"))
    assert [each for each in secrets if each in told] == []


@pytest.mark.parametrize("minutes", [29, 31])
def test_w_15_a_session_idle_for_31_minutes_is_over(lite: Api, minutes: int) -> None:
    with_password(lite, "alice")
    client, _ = sign_in(lite, "alice")
    lite.clock.forward(timedelta(minutes=minutes))
    assert client.get("/api/v1/session").status_code == (200 if minutes < 30 else 401)
    with lite.database.engine.connect() as connection:
        assert len(connection.execute(tables.session.select()).all()) == 1
