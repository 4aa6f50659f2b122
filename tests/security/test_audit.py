"""D-09: changes, sign-ins and refusals are kept with who, when, what and from where; nobody fills the disk by it."""

import ast
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.auditing import ALTOGETHER, PER_CREDENTIAL, Ration
from engine.values.audit import AuditType
from storage import tables
from storage.background import in_background
from storage.sealing import first_broken_seal, seal_next
from tests.app.api.client import REPORT, Api
from tests.app.api.test_story import open_ticket, task_of
from tests.architecture.repository import ROOT
from tests.security.drawn import visit
from tests.security.test_web import ORIGIN, TICKET, sign_in, with_password
from tests.support.people import NOW
from tests.support.statements import watching


def refusals(api: Api) -> list[dict[str, object]]:
    """The refusals in the audit as an auditor reads them, oldest first."""
    items = api.ok("GET", "/audit?limit=100", by="audrey")["items"]
    return [each for each in reversed(items) if each["type"] == "request_refused"]


def test_d_09_a_refusal_says_who_when_what_and_from_where(api: Api) -> None:
    task = task_of(open_ticket(api), "Task_Handle")
    assert refusals(api) == []
    api.post(f"/tasks/{task}/claim", by="alice", environ_overrides={"REMOTE_ADDR": "192.0.2.9"})
    api.post("/roles", {"key": "x", "names": {"zh": "x"}}, by="eve")
    reading = api.issue("root", "read")
    api.post("/roles", {"key": "x", "names": {"zh": "x"}}, headers={"Authorization": f"Bearer {reading}"})
    first, second, third = refusals(api)
    assert (first["actor"]["name"], first["subject"], first["address"]) == ("alice", "user:alice", "192.0.2.9")
    assert first["at"] == "2026-11-23T08:00:00+00:00"
    assert first["payload"] == {
        "code": "NOT_CANDIDATE",
        "method": "POST",
        "route": "/api/v1/tasks/<task_id>/claim",
        "named": {"task_id": task},
    }
    assert (second["actor"]["name"], second["payload"]["code"]) == ("eve", "PERMISSION_REQUIRED")
    assert (third["actor"]["name"], third["payload"]["code"]) == ("root", "SCOPE_REQUIRED")


def test_d_09_a_foreign_page_that_used_a_session_is_kept(lite: Api) -> None:
    with_password(lite, "alice")
    client, token = sign_in(lite, "alice")
    headers = {"Origin": "https://evil.example", "X-CSRF-Token": token}
    client.post("/api/v1/tickets", json=TICKET, headers=headers)
    [kept] = refusals(lite)
    assert (kept["actor"]["name"], kept["payload"]["code"]) == ("alice", "CSRF")


def test_d_09_a_refusal_given_again_to_the_same_key_is_kept_once(lite: Api) -> None:
    task = task_of(open_ticket(lite), "Task_Handle")
    for _ in range(3):
        answer = lite.post(f"/tasks/{task}/claim", by="alice", headers={"Idempotency-Key": "k"})
        assert answer.status_code == 403
    assert len(refusals(lite)) == 1


def test_d_09_a_page_that_is_refused_is_kept_too(lite: Api) -> None:
    with_password(lite, "eve")
    client, _ = sign_in(lite, "eve")
    form = {"password": "wrong password", "new_password": "another good phrase"}
    client.post("/profile/password", data=form, headers={"Origin": ORIGIN})
    visit(lite, "eve", "/inbox")
    assert [each["payload"]["code"] for each in refusals(lite)] == ["CSRF"]


def test_d_09_what_is_allowed_writes_no_statement_more(lite: Api) -> None:
    lite.token_of("alice")
    with watching() as written:
        assert lite.get("/me", by="alice").status_code == 200
        assert lite.get("/tickets/0192f0a0-0000-7000-8000-000000000000", by="alice").status_code == 404
        assert written
        assert [each for each in written if each.startswith("INSERT")] == []
        assert lite.post("/roles", {"key": "x", "names": {"zh": "x"}}, by="alice").status_code == 403
    assert [each.split()[2] for each in written if each.startswith("INSERT")] == ["audit"]


def test_d_09_refusals_in_a_loop_are_counted_and_not_all_kept(lite: Api) -> None:
    for _ in range(30):
        assert lite.post("/roles", {"key": "x", "names": {"zh": "x"}}, by="eve").status_code == 403
    assert len(refusals(lite)) == PER_CREDENTIAL
    lite.clock.forward(timedelta(minutes=1))
    lite.post("/roles", {"key": "x", "names": {"zh": "x"}}, by="eve")
    assert refusals(lite)[-1]["payload"]["skipped"] == 30 - PER_CREDENTIAL


def test_d_09_many_who_are_refused_share_one_bound() -> None:
    ration = Ration()
    kept = [ration.take(n, NOW) for n in range(1_000)]
    assert [each is None for each in kept] == [False] * ALTOGETHER + [True] * (1_000 - ALTOGETHER)
    assert ration.take(0, NOW + timedelta(minutes=1)) == 0
    assert ration.take(999, NOW + timedelta(minutes=1)) == 1


def test_d_09_a_database_that_is_away_changes_nothing_about_a_refusal(
    lite: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("away"))

    monkeypatch.setattr("app.auditing.in_background", broken)
    refused = lite.post("/roles", {"key": "x", "names": {"zh": "x"}}, by="eve")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "PERMISSION_REQUIRED")


def test_d_09_a_sign_in_and_a_change_are_kept_before_and_after(api: Api) -> None:
    with_password(api, "alice")
    sign_in(api, "alice")
    api.client().post("/api/v1/session", json={"name": "alice", "password": "wrong password"})
    etag = api.get("/roles/ops", by="root").headers["ETag"]
    api.ok("PATCH", "/roles/ops", {"names": {"zh": "新", "en": "New"}}, by="root", headers={"If-Match": etag})
    changed, failed, signed_in = api.ok("GET", "/audit?limit=3", by="audrey")["items"]
    assert [each["type"] for each in (signed_in, failed, changed)] == ["signed_in", "sign_in_failed", "role_changed"]
    assert {"before", "after"} <= set(changed["payload"])
    assert changed["payload"]["before"] != changed["payload"]["after"]
    for each in (changed, failed, signed_in):
        assert each["address"] == "127.0.0.1"
        assert each["at"].endswith("+00:00")


def test_d_09_refusals_are_sealed_with_the_rest(api: Api) -> None:
    api.post("/roles", {"key": "x", "names": {"zh": "x"}}, by="eve")
    in_background(api.database, seal_next, now=api.clock() + timedelta(hours=1))
    assert in_background(api.database, first_broken_seal, now=api.clock(), writing=False) is None
    with api.database.engine.begin() as connection:
        mine = tables.audit.c.type == AuditType.REQUEST_REFUSED
        connection.execute(sa.update(tables.audit).where(mine).values(subject="user:alice"))
    assert in_background(api.database, first_broken_seal, now=api.clock(), writing=False) == 1


CONFIGURATION = ("businesses", "categories", "deployments", "drafts", "links", "people", "processes", "roles")
CONFIGURATION += ("services", "tokens", "versions", "jobs")
SILENT = {
    "deployments.examine": "only reads",
    "links.read_setup": "only reads",
    "links.read_reset": "only reads",
    "links.reset_password": "people.set_password records it",
    "processes.new_process": "its callers record what they made",
}


def _calls(function: ast.FunctionDef) -> set[str]:
    named = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {each.id if isinstance(each, ast.Name) else getattr(each, "attr", "") for each in named}


@pytest.mark.parametrize("noun", CONFIGURATION)
def test_d_09_every_command_that_changes_the_installation_records_it(noun: str) -> None:
    tree = ast.parse((ROOT / "engine" / "commands" / f"{noun}.py").read_text("utf-8"))
    functions = {node.name: _calls(node) for node in tree.body if isinstance(node, ast.FunctionDef)}

    def records(name: str, seen: frozenset[str] = frozenset()) -> bool:
        called = functions[name]
        return "record" in called or any(records(each, seen | {name}) for each in (called & set(functions)) - seen)

    commands = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and node.args.args
        and node.args.args[0].arg == "work"
    ]
    assert commands
    silent = [name for name in commands if not records(name)]
    assert silent == [name.partition(".")[2] for name in SILENT if name.startswith(f"{noun}.")]


def test_d_09_a_ticket_changes_by_one_event_each(api: Api) -> None:
    task = task_of(open_ticket(api), "Task_Handle")
    api.ok("POST", f"/tasks/{task}/claim", by="bob")
    ticket = task.partition(".")[0]
    for event in api.ok("GET", f"/tickets/{ticket}/timeline", by="bob")["items"]:
        assert event["actor"]["name"] in ("alice", "bob")
        assert event["at"].endswith("+00:00")
    assert REPORT
