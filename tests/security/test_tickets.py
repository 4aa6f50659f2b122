"""A lines: who may see and do what on tickets and tasks, and what a request may not make up."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.http import parse_options_header

from app.addresses import client_address
from app.settings import settings_from
from storage import tables
from tests.app.api.client import ASSESSMENT, HANDLING, REPORT, REVIEW, Api
from tests.app.api.test_story import PNG, open_ticket, task_of, work_on
from tests.security.test_web import PASSWORD, with_password
from tests.support.acting import contents
from tests.support.people import add_user
from tests.support.statements import watching

UNKNOWN = "0192f0a0-0000-7000-8000-000000000000"


def test_a_02_an_unseen_ticket_is_like_none(api: Api) -> None:
    ticket = open_ticket(api)
    bodies = []
    for ticket_id in (ticket["id"], UNKNOWN, "no-id-at-all"):
        answer = api.get(f"/tickets/{ticket_id}", by="eve")
        body = answer.get_json()
        body.pop("request_id")
        bodies.append((answer.status_code, body))
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[0][0] == 404


def test_a_03_who_is_no_candidate_may_not_claim(api: Api) -> None:
    task = task_of(open_ticket(api), "Task_Handle")
    before = contents(api.database)
    refused = api.post(f"/tasks/{task}/claim", by="alice")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "NOT_CANDIDATE")
    assert contents(api.database) == before


def test_a_04_complete_needs_ones_own_claim(api: Api) -> None:
    task = task_of(open_ticket(api), "Task_Handle")
    body = {"answers": HANDLING}
    unclaimed = api.post(f"/tasks/{task}/complete", body, by="bob")
    assert (unclaimed.status_code, unclaimed.get_json()["code"]) == (409, "NOT_CLAIMED")
    api.ok("POST", f"/tasks/{task}/claim", by="bob")
    others = api.post(f"/tasks/{task}/complete", body, by="bob2")
    assert (others.status_code, others.get_json()["code"]) == (403, "NOT_ASSIGNEE")


def test_a_05_of_32_claims_one_wins(api: Api) -> None:
    names = [f"ops{n}" for n in range(32)]
    for name in names:
        add_user(api.database, name, grants=[("ops", "web")])
        api.token_of(name)
    task = task_of(open_ticket(api), "Task_Handle")
    barrier = threading.Barrier(8)

    def claim(name: str) -> tuple[int, str]:
        barrier.wait()
        answer = api.post(f"/tasks/{task}/claim", by=name)
        return answer.status_code, str(answer.get_json().get("code"))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(claim, names))
    assert sorted(answers) == [(200, "None"), *[(409, "ALREADY_CLAIMED")] * 31]
    with api.database.engine.connect() as connection:
        claims = connection.execute(tables.event.select().where(tables.event.c.type == "task_claimed")).all()
    assert len(claims) == 1


def test_a_06_ten_completes_make_one_transition(api: Api) -> None:
    task = task_of(open_ticket(api), "Task_Handle")
    api.ok("POST", f"/tasks/{task}/claim", by="bob")
    barrier = threading.Barrier(10)

    def complete(key: str) -> tuple[int, str | None]:
        barrier.wait()
        headers = {"Idempotency-Key": key}
        answer = api.post(f"/tasks/{task}/complete", {"answers": HANDLING}, by="bob", headers=headers)
        return answer.status_code, answer.get_json().get("code")

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(complete, ["same"] * 5 + [f"key{n}" for n in range(5)]))
    statuses = [status for status, _ in answers]
    assert set(answers) <= {(200, None), (409, "NOT_ACTIVE")}
    assert len(set(statuses[:5])) == 1, "the same key gives the same answer"
    assert statuses.count(200) in (1, 5)
    with api.database.engine.connect() as connection:
        completions = connection.execute(tables.event.select().where(tables.event.c.type == "task_completed")).all()
    assert len(completions) == 1


def test_a_07_a_stale_if_match_is_refused(api: Api) -> None:
    task = task_of(open_ticket(api), "Task_Handle")
    api.ok("POST", f"/tasks/{task}/claim", by="bob")
    api.ok("POST", f"/tasks/{task}/release", by="bob")
    present = api.ok("POST", f"/tasks/{task}/claim", by="bob")["version"]
    assert present == 4
    body = {"answers": HANDLING}
    stale = api.post(f"/tasks/{task}/complete", body, by="bob", headers={"If-Match": '"v3"'})
    assert (stale.status_code, stale.get_json()["code"]) == (412, "VERSION_CHANGED")
    malformed = api.post(f"/tasks/{task}/complete", body, by="bob", headers={"If-Match": "3"})
    assert malformed.status_code == 400
    assert api.post(f"/tasks/{task}/complete", body, by="bob", headers={"If-Match": '"v4"'}).status_code == 200


def test_a_08_answers_of_another_task_are_refused(api: Api) -> None:
    task = task_of(open_ticket(api), "Task_Handle")
    api.ok("POST", f"/tasks/{task}/claim", by="bob")
    before = contents(api.database)
    refused = api.post(f"/tasks/{task}/complete", {"answers": {**HANDLING, "severity_final": "minor"}}, by="bob")
    assert refused.status_code == 422
    assert [(each["path"], each["code"]) for each in refused.get_json()["errors"]] == [
        ("severity_final", "UNKNOWN_FIELD")
    ]
    assert contents(api.database) == before


def test_a_09_nothing_but_answers_may_be_patched(api: Api) -> None:
    ticket = open_ticket(api)
    before = contents(api.database)
    body = {"status": "closed", "created_by": "root", "ticket_id": UNKNOWN, "roles": ["admin"], "id": UNKNOWN}
    whole = api.call("PATCH", f"/tickets/{ticket['id']}", body, by="alice")
    assert whole.status_code == 405
    refused = api.call("PATCH", f"/tickets/{ticket['id']}/answers", body, by="root")
    assert refused.status_code == 422
    unknown = {each["path"] for each in refused.get_json()["errors"] if each["code"] == "UNKNOWN_FIELD"}
    assert unknown == set(body)
    assert contents(api.database) == before


def test_a_10_no_step_is_skipped_or_replayed(api: Api) -> None:
    ticket = open_ticket(api)
    task = task_of(ticket, "Task_Handle")
    future = f"{ticket['id']}.{int(task.partition('.')[2]) + 1}"
    assert api.post(f"/tasks/{future}/complete", {"answers": REVIEW}, by="bob").status_code == 404
    work_on(api, "bob", task, HANDLING)
    replayed = api.post(f"/tasks/{task}/complete", {"answers": HANDLING}, by="bob")
    assert (replayed.status_code, replayed.get_json()["code"]) == (409, "NOT_ACTIVE")


def test_a_11_a_role_taken_away_is_gone_at_once(api: Api) -> None:
    task = task_of(open_ticket(api), "Task_Handle")
    api.ok("POST", f"/tasks/{task}/claim", by="bob")
    api.ok("DELETE", "/roles/ops/members/bob?business=web", by="root")
    refused = api.post(f"/tasks/{task}/complete", {"answers": HANDLING}, by="bob")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "NOT_CANDIDATE")


def test_a_12_nothing_of_an_unseen_ticket_is_told(api: Api) -> None:
    upload = api.upload("alice", PNG, "x.png").get_json()["id"]
    ticket = open_ticket(api, screenshots=[upload])
    at, task = f"/tickets/{ticket['id']}", task_of(ticket, "Task_Handle")
    [file] = api.ok("GET", f"{at}/attachments", by="alice")["items"]
    hidden = [at, f"{at}/comments", f"{at}/timeline", f"{at}/attachments", f"/tasks/{task}", f"/tasks/{task}/why"]
    hidden += [f"/tasks/{task}/saved-answers", f"/attachments/{file['id']}", file["content"], file["preview"]]
    assert [api.get(path, by="eve").status_code for path in hidden] == [404] * len(hidden)
    for path in ("/tickets", "/tickets?q=INC", "/tickets?q=网站", "/tasks?view=claimable", "/tasks?view=done"):
        assert api.ok("GET", path, by="eve")["items"] == []
    changes = ["comments", "followers", "withdraw", "suspend", "cancel", "retry"]
    bodies = [{"text": "x"}, {"user": "eve"}, {"reason": "x"}, {"reason": "x"}, {"reason": "x"}, None]
    statuses = [api.post(f"{at}/{c}", body, by="eve").status_code for c, body in zip(changes, bodies, strict=True)]
    assert statuses == [404] * len(changes)


def test_a_12_no_address_is_shown_to_others(api: Api) -> None:
    for name in ("alice", "bob", "carol"):
        with api.database.engine.begin() as connection:
            row = tables.user.update().where(tables.user.c.name == name)
            connection.execute(row.values(email=f"{name}@example.org"))
    ticket = open_ticket(api)
    task = task_of(ticket, "Task_Handle")
    paths = [f"/tickets/{ticket['id']}", f"/tickets/{ticket['id']}/timeline", f"/tasks/{task}", "/tickets", "/roles"]
    for by in ("alice", "carol", "audrey", "eve"):
        told = "".join(api.get(path, by=by).get_data(as_text=True) for path in paths)
        assert "bob@example.org" not in told
    assert "bob@example.org" not in api.get("/users", by="audrey").get_data(as_text=True)
    assert "bob@example.org" in api.get("/users", by="root").get_data(as_text=True)
    assert api.ok("GET", "/me", by="bob")["email"] == "bob@example.org"


def test_a_13_ones_own_account_and_no_other(api: Api) -> None:
    own = api.user_id("alice")
    without = api.call("PATCH", "/me", {"email": "new@example.org"}, by="alice")
    assert without.status_code == 422
    assert api.call("PATCH", "/me", {"permissions": ["admin"]}, by="alice").status_code == 422
    assert api.call("PUT", f"/users/{own}/permissions", {"permissions": ["admin"]}, by="alice").status_code == 403
    assert api.get(f"/users/{own}", by="alice").status_code == 200
    assert api.get(f"/users/{api.user_id('bob')}", by="alice").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/users;x=/public/",
        "/api/public/../v1/users",
        "//api/v1/users",
        "/api//v1/users",
        "/api/%2e%2e/api/v1/users",
        "/api/v1/users.",
        "/api/v1/users/",
        "/api/v1/users%2f",
        "/API/v1/users",
    ],
)
def test_a_14_another_spelling_is_another_address(lite: Api, path: str) -> None:
    for by in ("eve", "root"):
        headers = {"Authorization": f"Bearer {lite.token_of(by)}"}
        answer = lite.client().get(path, headers=headers)
        assert answer.status_code in (403, 404), (by, answer.status_code)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Original-URL": "/api/v1/users"},
        {"X-Rewrite-URL": "/api/v1/users"},
        {"X-HTTP-Method-Override": "DELETE"},
        {"X-Method-Override": "DELETE"},
    ],
)
def test_a_14_no_header_changes_the_address(lite: Api, headers: dict[str, str]) -> None:
    plain = lite.get("/me", by="eve")
    assert lite.get("/me", by="eve", headers=headers).get_json() == plain.get_json()


@pytest.mark.parametrize("header", ["X-Forwarded-User", "X-Remote-User", "REMOTE_USER", "X-Auth-Request-User"])
def test_a_15_nobody_names_themselves(lite: Api, header: str) -> None:
    assert lite.get("/me", headers={header: "root"}).status_code == 401


def test_a_15_only_a_trusted_proxy_names_the_client() -> None:
    trusted = settings_from(
        {"FAULTDESK_TRUSTED_PROXIES": "10.0.0.0/8", "FAULTDESK_SECRET_KEY": "x" * 32}
    ).trusted_proxies
    assert client_address("192.0.2.1", "203.0.113.9", trusted) == "192.0.2.1"
    assert client_address("10.0.0.1", "203.0.113.9", trusted) == "203.0.113.9"
    assert client_address("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", trusted) == "203.0.113.9"
    assert client_address("10.0.0.1", "not an address", trusted) == "10.0.0.1"
    assert client_address("10.0.0.1", "203.0.113.9", ()) == "10.0.0.1"


def test_a_16_set_up_is_over_once_there_was_an_admin(bare: Api) -> None:
    from engine.commands.links import make_setup_code
    from tests.support.acting import do

    body = {"code": "guess", "name": "first", "password": "correct horse battery staple"}
    assert bare.post("/setup", body).status_code == 404
    code = do(bare.database, None, make_setup_code, now=bare.clock())
    made = bare.post("/setup", {**body, "code": code})
    assert (made.status_code, made.get_json()["permissions"]) == (201, ["admin"])
    assert bare.post("/setup", {**body, "code": code, "name": "second"}).status_code in (404, 410)
    with bare.database.engine.begin() as connection:
        connection.execute(tables.user.update().values(active=False))
    assert bare.post("/setup", {**body, "code": code, "name": "second"}).status_code == 404


def test_a_17_one_business_sees_nothing_of_the_other(api: Api) -> None:
    web, shop = open_ticket(api), open_ticket(api, business="shop")
    for by, own, foreign in (("bob", web, shop), ("sue", shop, web)):
        listed = [each["id"] for each in api.ok("GET", "/tickets", by=by)["items"]]
        inbox = [each["ticket"]["id"] for each in api.ok("GET", "/tasks", by=by)["items"]]
        assert listed == inbox == [own["id"]]
        assert api.get(f"/tickets/{foreign['id']}", by=by).status_code == 404
        assert api.ok("GET", "/tasks/counts", by=by)["claimable"] == 1


def test_d_07_internal_answers_are_not_for_requester_and_followers(api: Api) -> None:
    ticket = open_ticket(api)
    api.ok("POST", f"/tickets/{ticket['id']}/followers", {"user": "eve"}, by="alice")
    task = task_of(ticket, "Task_Handle")
    done = work_on(api, "bob", task, HANDLING)
    assess = work_on(api, "bob", done["opened"][0]["id"], REVIEW)["opened"][0]["id"]
    work_on(api, "carol", assess, {**ASSESSMENT, "comment": "内部"}, outcome="pass")
    full = api.ok("GET", f"/tickets/{ticket['id']}", by="carol")["answers"]
    public = api.ok("GET", f"/tickets/{ticket['id']}", by="eve")
    assert public["sight"] == "public"
    assert set(public["answers"]) <= set(full)
    from app.bundled import bundled
    from bpmn.inspection import inspect

    definition = inspect(bundled("fault-handling")).definition
    assert definition is not None
    internal = {field.key for form in definition.forms for field in form.inputs() if field.internal}
    assert set(full) - set(public["answers"]) == internal & set(full)
    events = api.ok("GET", f"/tickets/{ticket['id']}/timeline", by="eve")["items"]
    assert [key for each in events for key in each["payload"].get("answers", {}) if key in internal] == []


def test_f_06_somebody_elses_upload_cannot_be_attached(api: Api) -> None:
    upload = api.upload("bob", PNG, "x.png").get_json()["id"]
    refused = api.post("/tickets", {"service": "fault", "answers": {**REPORT, "screenshots": [upload]}}, by="alice")
    assert refused.status_code == 404
    ticket = open_ticket(api)
    commented = api.post(f"/tickets/{ticket['id']}/comments", {"text": "x", "uploads": [upload]}, by="alice")
    assert commented.status_code == 404


def test_f_01_f_02_a_hostile_file_is_only_ever_a_download(lite: Api) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for name, content in (("a.svg", svg), ("a.html", b"<!doctype html><script>alert(1)</script>")):
        made = lite.upload("alice", content, name)
        assert made.status_code == 201
        answer = lite.get(f"/uploads/{made.get_json()['id']}/content", by="alice")
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    for name in ("../../etc/passwd", "C:\\x", "a\u202egpj.exe", "=cmd.csv", "CON", "n" * 300, 'a"\r\nX-Evil: 1'):
        made = lite.upload("alice", b"text", name)
        if made.status_code != 201:
            assert made.status_code in (400, 422)
            continue
        kept = made.get_json()["name"]
        assert len(kept) <= 255
        assert not any(each in kept for each in "/\\\u202e\r\n\0")
        answer = lite.get(f"/uploads/{made.get_json()['id']}/content", by="alice")
        assert "X-Evil" not in answer.headers


def test_f_03_bytes_that_are_not_what_the_name_says(lite: Api) -> None:
    for content in (b"MZ\x90\x00" + b"\0" * 60, b"<?php echo 1;", b"<!doctype html><p>"):
        refused = lite.upload("alice", content, "picture.png")
        assert (refused.status_code, refused.get_json()["code"]) == (422, "TYPE_MISMATCH")


def test_a_02_an_unseen_ticket_costs_the_work_of_none(lite: Api) -> None:
    """A-02: the same timing class, since the same statements are run for both."""
    ticket = open_ticket(lite)
    lite.token_of("eve")
    asked = []
    for ticket_id in (ticket["id"], UNKNOWN):
        with watching() as run:
            assert lite.get(f"/tickets/{ticket_id}", by="eve").status_code == 404
        asked.append(run)
    assert asked[0] == asked[1] != []


def test_a_08_a_field_that_is_unknown_computed_or_hidden_is_never_stored(lite: Api) -> None:
    ticket = open_ticket(lite)
    task = task_of(ticket, "Task_Handle")
    lite.ok("POST", f"/tasks/{task}/claim", by="bob")
    before = contents(lite.database)
    for more in ({"nothing_of_ours": 1}, {"priority": "P4"}, {"status": "CLOSED"}, {"_outcome": "pass"}):
        refused = lite.post(f"/tasks/{task}/complete", {"answers": {**HANDLING, **more}}, by="bob")
        assert (refused.status_code, refused.mimetype) == (422, "application/problem+json"), more
        assert contents(lite.database) == before
    hidden = {"root_cause_known": "no", "root_cause": "hidden by what was said before"}
    review = lite.ok("POST", f"/tasks/{task}/complete", {"answers": HANDLING}, by="bob")["opened"][0]["id"]
    lite.ok("POST", f"/tasks/{review}/claim", by="bob")
    sent = lite.post(f"/tasks/{review}/complete", {"answers": {**REVIEW, **hidden}}, by="bob")
    assert sent.status_code in (200, 422)
    assert "hidden by what was said before" not in repr(contents(lite.database))


def test_a_13_a_new_address_takes_ones_password(lite: Api) -> None:
    with_password(lite, "alice")
    changed = lite.call("PATCH", "/me", {"email": "new@example.org", "password": PASSWORD}, by="alice")
    assert (changed.status_code, changed.get_json()["email"]) == (200, "new@example.org")
    wrong = lite.call("PATCH", "/me", {"email": "x@example.org", "password": "wrong password"}, by="alice")
    assert (wrong.status_code, wrong.get_json()["code"]) == (403, "PASSWORD_WRONG")
    for body in ({"role": "ops"}, {"department": "qc"}, {"grants": []}):
        assert lite.call("PATCH", "/me", body, by="alice").status_code == 422
    member = lite.post("/roles/ops/members", {"users": ["alice"], "business": "web"}, by="alice")
    others = lite.call("PATCH", f"/users/{lite.user_id('bob')}", {"email": "x@y.z"}, by="alice")
    unknown = lite.call("PATCH", f"/users/{UNKNOWN}", {"email": "x@y.z"}, by="alice")
    assert (member.status_code, others.status_code, unknown.status_code) == (403, 403, 403)
    assert lite.get(f"/users/{lite.user_id('bob')}", by="alice").status_code == 404


def test_a_18_whoever_handled_may_not_assess(api: Api) -> None:
    add_user(api.database, "both", grants=[("ops", "web"), ("qc", "")])
    review = work_on(api, "both", task_of(open_ticket(api), "Task_Handle"), HANDLING)["opened"][0]["id"]
    assess = work_on(api, "bob", review, REVIEW)["opened"][0]["id"]
    before = contents(api.database)
    refused = api.post(f"/tasks/{assess}/claim", by="both")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "FOUR_EYES")
    assert contents(api.database) == before


def test_f_05_an_attachment_is_for_those_who_see_its_ticket(lite: Api) -> None:
    upload = lite.upload("alice", PNG, "x.png").get_json()["id"]
    ticket = open_ticket(lite, screenshots=[upload])
    [file] = lite.ok("GET", f"/tickets/{ticket['id']}/attachments", by="alice")["items"]
    guesses = [UNKNOWN, f"{ticket['id']}.99", f"{UNKNOWN}.1", upload, file["id"] + "0"]
    for by, ids in (("eve", [file["id"], *guesses]), ("sue", [file["id"]]), ("alice", guesses)):
        for each in ids:
            for path in (f"/attachments/{each}", f"/attachments/{each}/content", f"/attachments/{each}/preview"):
                assert lite.get(path, by=by).status_code == 404, (by, path)


def test_f_04_the_21st_file_of_a_ticket_and_of_a_comment_is_refused(lite: Api) -> None:
    uploads = [lite.upload("alice", PNG, f"{number}.png").get_json()["id"] for number in range(21)]
    before = contents(lite.database)
    body = {"service": "fault", "answers": {**REPORT, "screenshots": uploads}}
    refused = lite.post("/tickets", body, by="alice")
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert contents(lite.database) == before
    ticket = open_ticket(lite)
    commented = lite.post(f"/tickets/{ticket['id']}/comments", {"text": "x", "uploads": uploads}, by="alice")
    assert commented.status_code == 422


PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"
XHTML = b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><foreignObject><b/></foreignObject></svg>'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", SVG.encode()),
        ("a.xhtml", XHTML),
        ("a.pdf", PDF),
        ("a.gif", b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)//"),
        ("a.html", b"<!doctype html><script>alert(1)</script>"),
    ],
)
def test_f_01_what_could_run_is_served_as_a_download_in_a_sandbox(lite: Api, name: str, content: bytes) -> None:
    made = lite.upload("alice", content, name)
    assert made.status_code in (201, 422)
    if made.status_code == 422:
        assert made.get_json()["code"] in ("IMAGE_BROKEN", "TYPE_MISMATCH")
        return
    ticket = open_ticket(lite)
    said = {"text": "x", "uploads": [made.get_json()["id"]]}
    lite.ok("POST", f"/tickets/{ticket['id']}/comments", said, by="alice")
    [file] = lite.ok("GET", f"/tickets/{ticket['id']}/attachments", by="alice")["items"]
    answer = lite.get(file["content"], by="alice")
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype in ("application/octet-stream", "application/pdf")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert lite.get(f"/attachments/{file['id']}/preview", by="alice").status_code == 404


@pytest.mark.parametrize("name", ["故障截图.txt", 'a"b; filename=evil.exe.txt', "naïve café.txt", "x" * 300 + ".txt"])
def test_f_02_a_name_travels_as_rfc_6266_says(lite: Api, name: str) -> None:
    made = lite.upload("alice", b"text", name)
    assert made.status_code == 201
    header = lite.get(f"/uploads/{made.get_json()['id']}/content", by="alice").headers["Content-Disposition"]
    assert header.isascii()
    kind, options = parse_options_header(header)
    assert (kind, options["filename"]) == ("attachment", made.get_json()["name"])
    assert "evil.exe" not in options or options.keys() <= {"filename"}
