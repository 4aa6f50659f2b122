"""W lines that no page is needed for: cross-site requests, sessions, sign-in, headers, hostile bodies."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.settings import Settings, SettingsError, settings_from
from engine.passwords import hash_password
from storage import tables
from storage.database import Database
from storage.tables import metadata
from tests.app.api.client import REPORT, SECRET_KEY, Api, make_api
from tests.support.acting import contents

PASSWORD = "correct horse battery staple"
ORIGIN = "http://127.0.0.1:8080"


def with_password(api: Api, name: str, password: str = PASSWORD) -> None:
    with api.database.engine.begin() as connection:
        connection.execute(
            tables.user.update().where(tables.user.c.name == name).values(password_hash=hash_password(password))
        )


def sign_in(api: Api, name: str, client: FlaskClient | None = None, **headers: str) -> tuple[FlaskClient, str]:
    """A browser that is signed in, and its CSRF token."""
    client = client or api.client()
    answer = client.post("/api/v1/session", json={"name": name, "password": PASSWORD}, headers=headers)
    assert answer.status_code == 201, answer.get_json()
    return client, answer.get_json()["csrf_token"]


def cookie_of(answer: TestResponse) -> str:
    [cookie] = answer.headers.getlist("Set-Cookie")
    return cookie


@pytest.fixture
def signed_in(lite: Api) -> tuple[Api, FlaskClient, str]:
    with_password(lite, "alice")
    client, token = sign_in(lite, "alice")
    return lite, client, token


TICKET = {"service": "fault", "answers": REPORT}


def test_w_05_our_own_page_may_change(signed_in: tuple[Api, FlaskClient, str]) -> None:
    _, client, token = signed_in
    made = client.post("/api/v1/tickets", json=TICKET, headers={"Origin": ORIGIN, "X-CSRF-Token": token})
    assert made.status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": ORIGIN},
        {"X-CSRF-Token": "right"},
        {"Origin": "https://evil.example", "X-CSRF-Token": "right"},
        {"Origin": "null", "X-CSRF-Token": "right"},
        {"Origin": ORIGIN + ".evil.example", "X-CSRF-Token": "right"},
        {"Origin": ORIGIN, "X-CSRF-Token": "wrong"},
        {"Origin": ORIGIN, "X-CSRF-Token": ""},
    ],
)
def test_w_05_a_foreign_page_may_not(signed_in: tuple[Api, FlaskClient, str], headers: dict[str, str]) -> None:
    api, client, token = signed_in
    sent = {name: token if value == "right" else value for name, value in headers.items()}
    before = contents(api.database)
    refused = client.post("/api/v1/tickets", json=TICKET, headers=sent)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "CSRF")
    assert contents(api.database) == before


def test_w_05_another_ones_token_does_not_do(signed_in: tuple[Api, FlaskClient, str]) -> None:
    api, client, own = signed_in
    with_password(api, "bob")
    _, token = sign_in(api, "bob")
    refused = client.post("/api/v1/tickets", json=TICKET, headers={"Origin": ORIGIN, "X-CSRF-Token": token})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "CSRF")
    client.delete("/api/v1/session", headers={"Origin": ORIGIN, "X-CSRF-Token": own})
    sign_in(api, "alice", client)
    reused = client.post("/api/v1/tickets", json=TICKET, headers={"Origin": ORIGIN, "X-CSRF-Token": own})
    assert (reused.status_code, reused.get_json()["code"]) == (403, "CSRF")


def test_w_05_json_under_another_media_type_is_not_read(signed_in: tuple[Api, FlaskClient, str]) -> None:
    _, client, token = signed_in
    headers = {"Origin": ORIGIN, "X-CSRF-Token": token, "Content-Type": "text/plain"}
    refused = client.post("/api/v1/tickets", data=json.dumps(TICKET), headers=headers)
    assert refused.status_code == 415


def test_w_05_a_foreign_page_may_not_sign_anybody_in(lite: Api) -> None:
    with_password(lite, "alice")
    body, headers = {"name": "alice", "password": PASSWORD}, {"Origin": "https://evil.example"}
    refused = lite.client().post("/api/v1/session", json=body, headers=headers)
    assert (refused.status_code, refused.headers.getlist("Set-Cookie")) == (403, [])


def test_w_05_no_get_changes_anything(lite: Api) -> None:
    from tests.security.test_authorisation_matrix import path_of, routes

    lite.token_of("root")
    before = contents(lite.database)
    for method, rule, _ in routes(lite.app):
        if method == "GET":
            lite.get(path_of(rule), by="root")
    assert contents(lite.database) == before


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ORIGIN])
def test_w_06_no_other_origin_is_ever_allowed(lite: Api, origin: str) -> None:
    for method in ("GET", "OPTIONS", "POST"):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        answer = lite.call(method, "/tickets", by="alice", headers=headers)
        assert [name for name in answer.headers.keys() if name.lower().startswith("access-control")] == []  # noqa: SIM118


def test_w_07_signing_in_gives_a_new_session(signed_in: tuple[Api, FlaskClient, str]) -> None:
    api, client, _ = signed_in
    old = client.get_cookie("faultdesk")
    assert old is not None
    sign_in(api, "alice", client)
    new = client.get_cookie("faultdesk")
    assert new is not None
    assert new.value != old.value
    thief = api.client()
    thief.set_cookie("faultdesk", old.value)
    assert thief.get("/api/v1/session").status_code == 401
    fixed = api.client()
    fixed.set_cookie("faultdesk", "chosen-by-the-attacker")
    sign_in(api, "alice", fixed)
    found = fixed.get_cookie("faultdesk")
    assert found is not None
    assert found.value != "chosen-by-the-attacker"


def test_w_08_what_has_ended_has_ended(signed_in: tuple[Api, FlaskClient, str]) -> None:
    _, client, token = signed_in
    cookie = client.get_cookie("faultdesk")
    assert cookie is not None
    ours = {"Origin": ORIGIN, "X-CSRF-Token": token}
    assert client.delete("/api/v1/session", headers=ours).status_code == 204
    assert client.get_cookie("faultdesk") is None
    client.set_cookie("faultdesk", cookie.value)
    ended = client.get("/api/v1/session")
    assert (ended.status_code, ended.get_json()["code"]) == (401, "SESSION_ENDED")


def test_w_08_a_new_password_ends_sessions_and_tokens(signed_in: tuple[Api, FlaskClient, str]) -> None:
    api, client, token = signed_in
    elsewhere, _ = sign_in(api, "alice")
    bearer = api.token_of("alice")
    body = {"password": PASSWORD, "new_password": "a wholly different phrase"}
    changed = client.put("/api/v1/me/password", json=body, headers={"Origin": ORIGIN, "X-CSRF-Token": token})
    assert changed.status_code == 204
    assert client.get("/api/v1/session").status_code == 200
    assert elsewhere.get("/api/v1/session").status_code == 401
    assert api.client().get("/api/v1/me", headers={"Authorization": f"Bearer {bearer}"}).status_code == 401


def test_w_08_deactivating_and_revoking_hold_at_once(lite: Api) -> None:
    with_password(lite, "alice")
    client, _ = sign_in(lite, "alice")
    made = lite.ok("POST", "/tokens", token_body(lite), by="alice")
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    assert lite.get("/me", headers=bearer).status_code == 200
    lite.ok("DELETE", f"/tokens/{made['id']}", by="alice")
    assert lite.get("/me", headers=bearer).status_code == 401
    user = lite.get(f"/users/{lite.user_id('alice')}", by="root")
    lite.ok("POST", f"/users/{lite.user_id('alice')}/deactivate", by="root", headers={"If-Match": user.headers["ETag"]})
    assert client.get("/api/v1/session").status_code == 401
    assert lite.get("/me", by="alice").status_code == 401


def token_body(api: Api, **more: Any) -> dict[str, Any]:
    expires = (api.clock() + timedelta(days=1)).isoformat()
    return {"name": "ci", "scopes": ["read"], "expires_at": expires, **more}


def test_w_08_an_expired_token_is_refused(lite: Api) -> None:
    made = lite.ok("POST", "/tokens", token_body(lite), by="alice")
    lite.clock.forward(timedelta(days=1))
    refused = lite.get("/me", headers={"Authorization": f"Bearer {made['secret']}"})
    assert (refused.status_code, refused.get_json()["code"]) == (401, "TOKEN_INVALID")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_w_09_the_cookie_over_http(lite: Api) -> None:
    with_password(lite, "alice")
    answer = lite.client().post("/api/v1/session", json={"name": "alice", "password": PASSWORD})
    cookie = cookie_of(answer)
    assert re.match(r"faultdesk=[\w-]{43}; ", cookie)
    parts = {part.strip().partition("=")[0] for part in cookie.split(";")[1:]}
    assert {"HttpOnly", "SameSite", "Path"} <= parts
    assert "Secure" not in parts
    assert "SameSite=Lax" in cookie
    secret = cookie.partition("=")[2].partition(";")[0]
    dump = repr(contents(lite.database))
    assert secret not in dump


def test_w_09_the_cookie_over_https(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    metadata.create_all(database.engine)
    api = make_api(database, tmp_path, base_url="https://desk.example")
    from tests.support.people import add_user

    add_user(database, "alice")
    with_password(api, "alice")
    answer = api.client().post("/api/v1/session", json={"name": "alice", "password": PASSWORD})
    cookie = cookie_of(answer)
    assert cookie.startswith("__Host-faultdesk=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_w_09_http_to_other_machines_must_be_allowed(tmp_path: Path) -> None:
    given = {"database_url": "sqlite://", "data_dir": tmp_path, "secret_key": SECRET_KEY}
    with pytest.raises(SettingsError, match="HTTP_NOT_ALLOWED"):
        Settings(**given, base_url="http://desk.example")
    assert not Settings(**given, base_url="http://desk.example", allow_http=True).is_https


def test_the_secret_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    environment = {"FAULTDESK_DATA_DIR": str(tmp_path)}
    first = settings_from(environment).secret_key
    assert settings_from(environment).secret_key == first
    assert len(first) >= 32
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_w_10_guessing_is_slowed_per_account_and_address(lite: Api) -> None:
    with_password(lite, "bob")
    wrong = {"name": "bob", "password": "wrong password"}
    answers = [lite.client().post("/api/v1/session", json=wrong) for _ in range(11)]
    assert {answer.status_code for answer in answers[:10]} == {401}
    throttled = answers[-1]
    assert throttled.status_code == 429
    assert int(throttled.headers["Retry-After"]) >= 1
    elsewhere = lite.client().post(
        "/api/v1/session", json={"name": "bob", "password": PASSWORD}, environ_overrides={"REMOTE_ADDR": "192.0.2.9"}
    )
    assert elsewhere.status_code == 201
    with lite.database.engine.connect() as connection:
        attempts = list(connection.execute(tables.audit.select().where(tables.audit.c.type.like("sign_in_%"))))
    assert len(attempts) == 11


def test_w_11_nobody_learns_who_has_an_account(lite: Api) -> None:
    with_password(lite, "alice")
    bodies = []
    for name in ("alice", "nobody"):
        answer = lite.client().post("/api/v1/session", json={"name": name, "password": "wrong password"})
        body = answer.get_json()
        body.pop("request_id")
        bodies.append((answer.status_code, body))
    assert bodies[0] == bodies[1]
    assert bodies[0][0] == 401


@pytest.mark.parametrize(
    ("password", "code"),
    [("password1", "PASSWORD_COMMON"), ("7 chars", "PASSWORD_TOO_SHORT"), ("a b\0c d e f g h", "TEXT_NOT_UNICODE")],
)
def test_w_12_weak_passwords_are_refused(signed_in: tuple[Api, FlaskClient, str], password: str, code: str) -> None:
    _, client, token = signed_in
    body = {"password": PASSWORD, "new_password": password}
    refused = client.put("/api/v1/me/password", json=body, headers={"Origin": ORIGIN, "X-CSRF-Token": token})
    assert refused.status_code == 422
    assert code in [each["code"] for each in refused.get_json()["errors"]]


@pytest.mark.parametrize(
    "password", ["correct horse battery staple and three more words for its length", "云南白药里藏着七只猫" * 4]
)
def test_w_12_long_passwords_are_taken(signed_in: tuple[Api, FlaskClient, str], password: str) -> None:
    _, client, token = signed_in
    body = {"password": PASSWORD, "new_password": password}
    taken = client.put("/api/v1/me/password", json=body, headers={"Origin": ORIGIN, "X-CSRF-Token": token})
    assert taken.status_code == 204, taken.get_json()


def test_w_13_a_reset_link_works_once_for_half_an_hour(lite: Api) -> None:
    at = f"/users/{lite.user_id('alice')}/reset-link"
    made = lite.post(at, by="root", headers={"Host": "evil.example"}).get_json()
    assert made["link"].startswith("http://127.0.0.1:8080/reset/")
    code = made["link"].partition("/reset/")[2]
    body = {"code": code, "password": PASSWORD}
    assert lite.post("/password-resets", body).status_code == 204
    used = lite.post("/password-resets", body)
    assert (used.status_code, used.get_json()["code"]) == (410, "LINK_USED")
    sign_in(lite, "alice")
    late = lite.post(at, by="root").get_json()["link"].partition("/reset/")[2]
    lite.clock.forward(timedelta(minutes=31))
    expired = lite.post("/password-resets", {**body, "code": late})
    assert (expired.status_code, expired.get_json()["code"]) == (410, "LINK_EXPIRED")
    assert lite.post("/password-resets", {**body, "code": "guess"}).status_code == 404


def test_w_15_a_session_ends_when_idle_and_after_half_a_day(signed_in: tuple[Api, FlaskClient, str]) -> None:
    api, client, _ = signed_in
    for _ in range(24):
        api.clock.forward(timedelta(minutes=29))
        assert client.get("/api/v1/session").status_code == 200
    api.clock.forward(timedelta(minutes=25))
    assert client.get("/api/v1/session").status_code == 401
    idle, _ = sign_in(api, "alice")
    api.clock.forward(timedelta(minutes=31))
    assert idle.get("/api/v1/session").status_code == 401


def test_w_03_every_answer_is_hardened(lite: Api) -> None:
    for path in ("/health/live", "/api/openapi.json", "/nothing", "/api/v1/tickets"):
        headers = lite.client().get(path).headers
        policy = headers["Content-Security-Policy"]
        for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert part in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"]
        assert headers["X-Request-Id"]


def test_w_16_an_unforeseen_failure_says_nothing(lite: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("secret sauce in /etc/faultdesk SELECT * FROM ticket")

    monkeypatch.setattr("engine.queries.tickets.tickets", broken)
    answer = lite.client().get("/api/v1/tickets", headers={"Authorization": f"Bearer {lite.token_of('alice')}"})
    body = answer.get_json()
    assert (answer.status_code, answer.mimetype, body["code"]) == (500, "application/problem+json", "INTERNAL")
    assert body["request_id"] == answer.headers["X-Request-Id"]
    text = answer.get_data(as_text=True)
    assert [word for word in ("secret sauce", "SELECT", "Traceback", ".py") if word in text] == []


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2/tickets", "/nothing"])
def test_w_16_an_unknown_address_is_a_problem(lite: Api, path: str) -> None:
    answer = lite.client().get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert {"type", "title", "status", "detail", "code", "params", "request_id"} == set(answer.get_json())


def test_w_16_debug_mode_is_refused(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(SettingsError, match="DEBUG_REFUSED"):
        make_api(Database(sqlite_url), tmp_path)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "JSON_MALFORMED"),
        (b"", 400, "JSON_MALFORMED"),
        (b"\xff\xfe", 400, "ENCODING"),
        (b'{"service": NaN}', 400, "JSON_MALFORMED"),
        (b'{"service": ' + b"9" * 5_000 + b"}", 400, "JSON_MALFORMED"),
        (b'{"service": "a", "service": "b"}', 422, "KEY_REPEATED"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 422, "JSON_TOO_DEEP"),
        (b"[" * 10_000 + b"]" * 10_000, 422, "JSON_TOO_DEEP"),
        (json.dumps({str(n): n for n in range(50_000)}).encode(), 422, "JSON_TOO_MANY_KEYS"),
        (b'{"service": "' + b"x" * (10 * 1024 * 1024) + b'"}', 413, "BODY_TOO_LARGE"),
    ],
)
def test_w_17_hostile_json(lite: Api, content: bytes, status: int, code: str) -> None:
    headers = {"Authorization": f"Bearer {lite.token_of('alice')}", "Content-Type": "application/json"}
    refused = lite.client().post("/api/v1/tickets", data=content, headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (status, code)


def test_w_17_ten_thousand_parts(lite: Api) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    headers = {
        "Authorization": f"Bearer {lite.token_of('alice')}",
        "Content-Type": "multipart/form-data; boundary=x",
    }
    refused = lite.client().post("/api/v1/uploads", data=part * 10_001 + b"--x--\r\n", headers=headers)
    assert refused.status_code == 413


def test_w_18_a_loop_is_stopped(lite: Api) -> None:
    answers = [lite.post("/tickets", {"service": "none", "answers": {}}, by="alice") for _ in range(101)]
    assert {answer.status_code for answer in answers[:100]} == {404}
    assert (answers[100].status_code, answers[100].get_json()["code"]) == (429, "RATE_LIMITED")
    assert int(answers[100].headers["Retry-After"]) == 60
    lite.clock.forward(timedelta(seconds=60))
    assert lite.post("/tickets", {"service": "none", "answers": {}}, by="alice").status_code == 404


def test_w_18_uploads_in_a_loop_are_stopped(lite: Api) -> None:
    statuses = [lite.upload("alice", b"x", "a.txt").status_code for _ in range(41)]
    assert statuses == [201] * 40 + [429]


def test_the_language_is_negotiated(lite: Api) -> None:
    # The language follows Accept-Language; whatever it asks for, it gets one of the two.
    for header, said in (("zh-CN,zh;q=0.9", "没有这个地址"), ("fr", "There is nothing"), ("en-GB", "There is nothing")):
        detail = lite.client().get("/nothing", headers={"Accept-Language": header}).get_json()["detail"]
        assert said in detail
