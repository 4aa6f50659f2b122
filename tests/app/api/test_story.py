"""The fault story over HTTP: opened, claimed, handled, reviewed, sent back, assessed, closed."""

import io
from typing import Any

import pytest

from tests.app.api.client import ASSESSMENT, HANDLING, REPORT, REVIEW, Api, bind, deploy
from tests.support.acting import contents

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def open_ticket(api: Api, by: str = "alice", **answers: object) -> dict[str, Any]:
    made: dict[str, Any] = api.ok("POST", "/tickets", {"service": "fault", "answers": {**REPORT, **answers}}, by=by)
    return made


def task_of(ticket: dict[str, Any], element: str) -> str:
    return next(str(task["id"]) for task in ticket["tasks"] if task["element"] == element)


def work_on(api: Api, by: str, task: str, answers: dict[str, object], **more: object) -> dict[str, Any]:
    api.ok("POST", f"/tasks/{task}/claim", by=by)
    made: dict[str, Any] = api.ok("POST", f"/tasks/{task}/complete", {"answers": answers, **more}, by=by)
    return made


def test_a_fault_goes_from_report_to_closed(api: Api) -> None:
    upload = api.upload("alice", PNG, "截图.png")
    assert upload.status_code == 201
    ticket = open_ticket(api, screenshots=[upload.get_json()["id"]])
    assert ticket["number"].startswith("INC20261123")
    assert (ticket["status"], ticket["priority"], ticket["sight"]) == ("IN_PROGRESS", "P1", "public")

    handle = task_of(ticket, "Task_Handle")
    for ops in ("bob", "bob2"):
        assert [task["id"] for task in api.ok("GET", "/tasks?view=claimable", by=ops)["items"]] == [handle]
    api.ok("POST", f"/tasks/{handle}/claim", by="bob")
    refused = api.post(f"/tasks/{handle}/claim", by="bob2")
    problem = refused.get_json()
    assert (refused.status_code, problem["code"], problem["params"]["by_name"]) == (409, "ALREADY_CLAIMED", "bob")
    assert problem["params"]["at"].startswith("2026-11-23T08:00:00")
    assert "Bob" in problem["detail"]

    body = {"answers": HANDLING}
    done = api.ok("POST", f"/tasks/{handle}/complete", body, by="bob")
    assert [task["element"] for task in done["opened"]] == ["Task_Review"]
    review = done["opened"][0]["id"]
    assert [task["id"] for task in api.ok("GET", "/tasks", by="bob2")["items"]] == [review]
    assess = work_on(api, "bob2", review, REVIEW)["opened"][0]["id"]

    back = work_on(api, "carol", assess, {**ASSESSMENT, "comment": "缺少时间线"}, outcome="redo", reason="请补充时间线")
    again = back["opened"][0]
    assert (again["element"], again["visit"], again["assignee"]["name"]) == ("Task_Review", 2, "bob2")
    assess = api.ok("POST", f"/tasks/{again['id']}/complete", {"answers": REVIEW}, by="bob2")["opened"][0]["id"]
    closed = work_on(api, "carol", assess, ASSESSMENT, outcome="pass")
    assert (closed["ticket"]["phase"], closed["ticket"]["status"], closed["opened"]) == ("closed", "CLOSED", [])

    events = api.ok("GET", f"/tickets/{ticket['id']}/timeline", by="alice")["items"]
    assert [(each["type"], each["actor"]["name"]) for each in events] == [
        ("ticket_opened", "alice"),
        ("task_claimed", "bob"),
        ("task_completed", "bob"),
        ("task_claimed", "bob2"),
        ("task_completed", "bob2"),
        ("task_claimed", "carol"),
        ("task_sent_back", "carol"),
        ("task_completed", "bob2"),
        ("task_claimed", "carol"),
        ("task_completed", "carol"),
    ]
    assert events[6]["payload"]["reason"] == "请补充时间线"


def test_a_new_version_leaves_running_tickets_where_they_are(api: Api) -> None:
    from app.bundled import bundled

    ticket = open_ticket(api)
    newer = bundled("fault-handling").replace("故障跟进".encode(), "故障处理".encode())
    made = api.ok("POST", "/versions", by="dave", data=newer, headers={"Content-Type": "application/xml"})
    assert (made["version"]["number"], made["same"]) == (2, False)
    again = api.call("POST", "/versions", by="dave", data=newer, headers={"Content-Type": "application/xml"})
    assert (again.status_code, again.get_json()["same"]) == (200, True)
    deploy(api, version=2)
    assert api.ok("GET", "/services/fault", by="root")["binding"]["newer_version"] == 2
    bind(api, deployment=2)
    assert api.ok("GET", "/services/fault", by="root")["binding"]["newer_version"] is None

    running = api.ok("GET", f"/tickets/{ticket['id']}", by="alice")
    assert running["process"] == {"key": "fault-handling", "deployment": 1, "version": 1}
    assert running["tasks"][0]["name"]["zh"] == "故障跟进"
    assert open_ticket(api)["tasks"][0]["name"]["zh"] == "故障处理"
    refused = api.call("DELETE", "/processes/fault-handling/versions/1", by="dave")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "VERSION_IN_USE")
    exported = api.get("/processes/fault-handling/versions/2/content", by="dave")
    assert exported.data == newer


def test_the_same_key_opens_one_ticket(api: Api) -> None:
    body, headers = {"service": "fault", "answers": REPORT}, {"Idempotency-Key": "k1"}
    first = api.post("/tickets", body, by="alice", headers=headers)
    again = api.post("/tickets", body, by="alice", headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.get_json() == again.get_json()
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    other = api.post("/tickets", {**body, "answers": {**REPORT, "title": "别的"}}, by="alice", headers=headers)
    assert (other.status_code, other.get_json()["code"]) == (422, "KEY_REUSED")
    assert len(api.ok("GET", "/tickets", by="alice")["items"]) == 1


def test_a_refusal_under_a_key_is_given_again(api: Api) -> None:
    task = task_of(open_ticket(api), "Task_Handle")
    headers = {"Idempotency-Key": "k2"}
    first = api.post(f"/tasks/{task}/claim", by="alice", headers=headers)
    again = api.post(f"/tasks/{task}/claim", by="alice", headers=headers)
    assert (first.status_code, first.get_json()["code"]) == (403, "NOT_CANDIDATE")
    assert again.get_json() == first.get_json()
    assert again.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("by", "visible"),
    [("alice", True), ("bob", True), ("carol", True), ("root", True), ("audrey", True), ("eve", False), ("sue", False)],
)
def test_who_sees_a_ticket(api: Api, by: str, visible: bool) -> None:
    ticket = open_ticket(api)
    read = api.get(f"/tickets/{ticket['id']}", by=by)
    assert read.status_code == (200 if visible else 404)
    assert len(api.ok("GET", "/tickets", by=by)["items"]) == (1 if visible else 0)


def test_suspend_comment_follow_correct_withdraw(api: Api) -> None:
    ticket = open_ticket(api)
    at, task = f"/tickets/{ticket['id']}", task_of(ticket, "Task_Handle")
    api.ok("POST", f"/tasks/{task}/claim", by="bob")
    held = api.ok("POST", f"{at}/suspend", {"reason": "等待供应商"}, by="bob")
    assert (held["status"], held["suspended"]) == ("ON_HOLD", True)
    stopped = api.post(f"/tasks/{task}/complete", {"answers": HANDLING}, by="bob")
    assert (stopped.status_code, stopped.get_json()["code"]) == (409, "TICKET_SUSPENDED")
    said = api.ok("POST", f"{at}/comments", {"text": "内部意见", "internal": True}, by="bob")
    assert said["author"]["name"] == "bob"
    api.ok("POST", f"{at}/comments", {"text": "进展"}, by="bob")
    api.ok("POST", f"{at}/resume", {"reason": "供应商已答复"}, by="bob")

    api.ok("POST", f"{at}/followers", {"user": "eve"}, by="alice")
    assert api.ok("GET", at, by="eve")["sight"] == "public"
    assert [each["text"] for each in api.ok("GET", f"{at}/comments", by="eve")["items"]] == ["进展"]
    assert [each["text"] for each in api.ok("GET", f"{at}/comments", by="bob")["items"]] == ["内部意见", "进展"]
    assert api.call("DELETE", f"{at}/followers/eve", by="eve").status_code == 204
    assert api.get(at, by="eve").status_code == 404

    corrected = api.ok("PATCH", f"{at}/answers", {"answers": {"urgency": "low"}, "reason": "影响已减小"}, by="bob")
    assert corrected["priority"] != "P1"
    last = api.ok("GET", f"{at}/timeline", by="alice")["items"][-1]
    assert (last["type"], last["payload"]["before"]["urgency"]) == ("answers_corrected", "high")
    late = api.post(f"{at}/withdraw", {"reason": "误报"}, by="alice")
    assert (late.status_code, late.get_json()["code"]) == (409, "TOO_LATE_TO_WITHDRAW")
    ended = api.ok("POST", f"{at}/cancel", {"reason": "重复"}, by="root")
    assert (ended["phase"], ended["status"]) == ("cancelled", "CANCELLED")


def test_saved_answers_are_their_authors_alone(api: Api) -> None:
    task = task_of(open_ticket(api), "Task_Handle")
    at = f"/tasks/{task}/saved-answers"
    assert api.call("PUT", at, {"answers": {"actions_taken": "半"}}, by="bob").status_code == 204
    assert api.ok("GET", at, by="bob")["answers"] == {"actions_taken": "半"}
    assert api.ok("GET", at, by="bob2")["answers"] is None
    fields = api.ok("GET", f"/tasks/{task}", by="bob")["form"]["fields"]
    assert next(each["value"] for each in fields if each["key"] == "actions_taken") == "半"
    assert api.call("DELETE", at, by="bob").status_code == 204
    assert api.ok("GET", at, by="bob")["answers"] is None


def test_transfer_assign_release_and_why(api: Api) -> None:
    task = task_of(open_ticket(api), "Task_Handle")
    api.ok("POST", f"/tasks/{task}/claim", by="bob")
    moved = api.ok("POST", f"/tasks/{task}/transfer", {"to": "bob2", "reason": "换班"}, by="bob")
    assert moved["assignee"]["name"] == "bob2"
    refused = api.post(f"/tasks/{task}/transfer", {"to": "alice", "reason": "x"}, by="bob2")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "RECEIVER_NOT_CANDIDATE")
    assert api.ok("POST", f"/tasks/{task}/release", by="bob2")["assignee"] is None
    why = api.ok("GET", f"/tasks/{task}/why", by="alice")["rulings"]["claim"]
    assert (why["allowed"], why["code"]) == (False, "NOT_CANDIDATE")
    assert api.ok("GET", f"/tasks/{task}/why?user=bob", by="root")["rulings"]["claim"]["allowed"] is True
    assert api.get(f"/tasks/{task}/why?user=bob", by="alice").status_code == 403
    assert (
        api.ok("POST", f"/tasks/{task}/assign", {"to": "bob", "reason": "值班"}, by="root")["assignee"]["name"] == "bob"
    )


def test_a_file_goes_from_upload_to_download_and_preview(api: Api) -> None:
    upload = api.upload("alice", PNG, "截图.png").get_json()
    ticket = open_ticket(api, screenshots=[upload["id"]])
    [file] = api.ok("GET", f"/tickets/{ticket['id']}/attachments", by="bob")["items"]
    assert (file["name"], file["media_type"], file["field"]) == ("截图.png", "image/png", "screenshots")
    content = api.get(file["content"], by="bob")
    assert (content.data, content.status_code) == (PNG, 200)
    assert content.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%E6%88%AA%E5%9B%BE.png" in content.headers["Content-Disposition"]
    assert "sandbox" in content.headers["Content-Security-Policy"]
    preview = api.get(file["preview"], by="bob")
    assert (preview.status_code, preview.mimetype) == (200, "image/webp")
    assert api.get(file["content"], by="eve").status_code == 404
    assert api.get(f"/uploads/{upload['id']}", by="alice").status_code == 404


def test_an_unchanged_read_costs_no_body(api: Api) -> None:
    ticket = open_ticket(api)
    first = api.get(f"/tickets/{ticket['id']}", by="alice")
    assert first.headers["ETag"].startswith('"v1.')
    again = api.get(f"/tickets/{ticket['id']}", by="alice", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    api.ok("POST", f"/tickets/{ticket['id']}/comments", {"text": "x"}, by="alice")
    changed = api.get(f"/tickets/{ticket['id']}", by="alice", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    stale = {"If-Match": first.headers["ETag"]}
    refused = api.post(f"/tickets/{ticket['id']}/withdraw", {"reason": "x"}, by="alice", headers=stale)
    assert (refused.status_code, refused.get_json()["code"]) == (412, "VERSION_CHANGED")


def test_the_same_key_uploads_one_file(api: Api) -> None:
    headers = {"Idempotency-Key": "file"}
    first = api.upload("alice", b"a text", "a.txt", headers=headers)
    again = api.upload("alice", b"a text", "a.txt", headers=headers)
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    other = api.upload("alice", b"another", "a.txt", headers=headers)
    assert (other.status_code, other.get_json()["code"]) == (422, "KEY_REUSED")
    large = api.upload("alice", b"x" * 2_000_000, "b.txt", headers={"Idempotency-Key": "large"})
    assert large.status_code == 201
    nobody = api.client().post(
        "/api/v1/uploads",
        data={"file": (io.BytesIO(b"x" * 2_000_000), "b.txt")},
        headers={"Authorization": "Bearer guess", "Idempotency-Key": "large"},
    )
    assert nobody.status_code == 401


def test_a_secret_is_never_kept_under_a_key(api: Api) -> None:
    body = {"name": "ci", "scopes": ["read"], "expires_at": "2026-11-24T08:00:00+00:00"}
    headers = {"Idempotency-Key": "token"}
    first = api.ok("POST", "/tokens", body, by="alice", headers=headers)
    again = api.ok("POST", "/tokens", body, by="alice", headers=headers)
    assert first["id"] != again["id"]
    assert first["secret"] not in repr(contents(api.database))
    narrow = {"Authorization": f"Bearer {first['secret']}"}
    assert api.get("/me", headers=narrow).status_code == 200
    refused = api.post("/tickets", {"service": "fault", "answers": REPORT}, headers=narrow)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "SCOPE_REQUIRED")
    wider = api.post("/tokens", {**body, "scopes": ["write"]}, headers=narrow)
    assert wider.status_code == 403
