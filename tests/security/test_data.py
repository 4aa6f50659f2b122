"""D lines: hostile search texts, cursors, and text that must come back as it went in."""

import unicodedata
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from storage import tables
from tests.app.api.client import REPORT, Api
from tests.app.api.test_story import open_ticket

HOSTILE = [
    "%' union select password_hash from user_account --",
    "' or '1'='1",
    "1; drop table ticket",
    "a'->'b'",
    "(select 1)",
    "\\",
    "\\'",
    '"',
    "${now()}",
    "= 1+1",
    "${7*7}",
    "{{7*7}}",
    "*",
    "?",
    "$1",
    ":name",
    "%(name)s",
]


def test_d_01_a_search_text_is_only_text(api: Api) -> None:
    opened = {text: open_ticket(api, title=f"before {text} after")["id"] for text in HOSTILE}
    for text, ticket_id in opened.items():
        found = [each["id"] for each in api.ok("GET", f"/tickets?q={quote(text)}", by="alice")["items"]]
        assert found == [opened[each] for each in reversed(HOSTILE) if text in f"before {each} after"]
        assert ticket_id in found
    with api.database.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.ticket)) == len(HOSTILE)


def test_d_02_wildcards_match_themselves(api: Api) -> None:
    open_ticket(api)
    for text in ("%", "_", "\\"):
        assert api.ok("GET", f"/tickets?q={quote(text)}", by="alice")["items"] == []
        found = open_ticket(api, title=f"100{text}")
        read = api.ok("GET", f"/tickets?q={quote(text)}", by="alice")["items"]
        assert [each["id"] for each in read] == [found["id"]]


def test_d_01_every_filter_takes_a_value_and_nothing_else(api: Api) -> None:
    open_ticket(api)
    for name in ("status", "service", "business", "priority"):
        for text in HOSTILE:
            assert api.ok("GET", f"/tickets?{name}={quote(text)}", by="alice")["items"] == []
    for name in ("kind", "phase", "scope", "stuck"):
        for text in HOSTILE:
            assert api.get(f"/tickets?{name}={quote(text)}", by="alice").status_code == 422
    for parameter in ("order=(select%201)", "filter%5Bx'%20or%201=1--%5D=1", "dueAfter=${now()}", "offset=1000000000"):
        assert api.get(f"/tickets?{parameter}", by="alice").status_code == 422


def test_d_05_pages_go_on_where_they_stopped(api: Api) -> None:
    opened = [open_ticket(api, title=f"第 {n} 号")["id"] for n in range(5)]
    for path, expected in (("/tickets", opened[::-1]), ("/tasks", opened)):
        by, seen, cursor = "bob", [], ""
        while True:
            page = api.ok("GET", f"{path}?limit=2{cursor}", by=by)
            seen += [each["id"].partition(".")[0] for each in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert seen == expected


def test_d_05_a_cursor_is_good_for_one_person_and_list(api: Api) -> None:
    for n in range(3):
        open_ticket(api, title=f"第 {n} 号")
    cursor = api.ok("GET", "/tickets?limit=1", by="bob")["next"]
    assert api.get(f"/tickets?cursor={cursor}", by="bob").status_code == 200
    for by, path in (("bob2", "/tickets"), ("bob", "/tasks"), ("root", "/tickets")):
        refused = api.get(f"{path}?cursor={cursor}", by=by)
        assert (refused.status_code, refused.get_json()["code"]) == (400, "CURSOR_INVALID")
    for broken in (cursor[:-2], cursor[1:], "x", "=", cursor[:10] + ("A" if cursor[10] != "A" else "B") + cursor[11:]):
        assert api.get(f"/tickets?cursor={quote(broken)}", by="bob").status_code == 400


TEXTS = (
    "🔥 服务中断",
    "𠀀𪜀 扩展汉字",
    "שלום עולם",
    "👩‍👩‍👧‍👦",
    "e\u0301 combined",
    "naïve café",
    "\u00a0 space",
    "<img src=x onerror=alert(1)>",
)


def test_d_08_text_comes_back_as_it_went_in(api: Api) -> None:
    for text in TEXTS:
        ticket = open_ticket(api, title=f"标题 {text}", description=text)
        read = api.ok("GET", f"/tickets/{ticket['id']}", by="alice")
        assert unicodedata.normalize("NFC", read["title"]) == unicodedata.normalize("NFC", f"标题 {text}")
        said = api.ok("POST", f"/tickets/{ticket['id']}/comments", {"text": f"评论 {text}"}, by="alice")
        assert unicodedata.normalize("NFC", said["text"]) == unicodedata.normalize("NFC", f"评论 {text}")


def test_d_08_what_no_database_can_keep_is_refused(lite: Api) -> None:
    for text in ("a\0b", "\ud800", "\udfff x"):
        refused = lite.post("/tickets", {"service": "fault", "answers": {**REPORT, "title": text}}, by="alice")
        assert refused.status_code == 422
        assert [(each["path"], each["code"]) for each in refused.get_json()["errors"]] == [
            ("answers.title", "TEXT_NOT_UNICODE")
        ]


def test_s_12_an_expression_in_an_answer_is_text(api: Api) -> None:
    for text in ("= 1+1", "${7*7}", "{{7*7}}"):
        ticket = open_ticket(api, title=text, description=text)
        read = api.ok("GET", f"/tickets/{ticket['id']}", by="alice")
        assert (read["title"], read["answers"]["description"]) == (text, text)


def test_w_04_x_14_a_broken_file_is_refused_as_json(lite: Api) -> None:
    broken = b'<?xml version="1.0"?>\n<definitions>\n<script>alert(1)</script'
    for by, status in (("alice", 403), ("bob", 403), ("carol", 403), ("eve", 403), ("dave", 422)):
        answer = lite.call("POST", "/versions", by=by, data=broken, headers={"Content-Type": "application/xml"})
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    anonymous = lite.call("POST", "/versions", data=broken, headers={"Content-Type": "application/xml"})
    assert anonymous.status_code == 401


def test_x_01_a_doctype_is_refused_with_its_findings(lite: Api) -> None:
    text = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions>&x;</definitions>'
    refused = lite.call("POST", "/versions", by="dave", data=text, headers={"Content-Type": "application/xml"})
    problem = refused.get_json()
    assert (refused.status_code, problem["code"]) == (422, "DTD_FORBIDDEN")
    assert problem["findings"][0]["message"]["zh-CN"]
    assert "root:" not in refused.get_data(as_text=True)


def test_x_06_a_file_over_the_limit(lite: Api) -> None:
    content = b"<" + b"x" * (10 * 1024 * 1024)
    refused = lite.call("POST", "/versions", by="dave", data=content, headers={"Content-Type": "application/xml"})
    assert (refused.status_code, refused.get_json()["code"]) == (413, "FILE_TOO_LARGE")


def test_a_text_with_errors_is_kept_as_a_draft_when_asked(lite: Api) -> None:
    from app.bundled import bundled

    broken = bundled("fault-handling").replace(b'targetRef="End_Closed"', b'targetRef="Nowhere"')
    headers = {"Content-Type": "application/xml"}
    refused = lite.call("POST", "/versions", by="dave", data=broken, headers=headers)
    problem = refused.get_json()
    assert (refused.status_code, problem["code"]) == (422, "VERSION_HAS_ERRORS")
    first = problem["findings"][0]
    assert {"code", "severity", "element_id", "line", "message"} <= set(first)
    assert first["line"] > 0
    kept = lite.call("POST", "/versions?as_draft=true", by="dave", data=broken, headers=headers).get_json()
    assert kept["version"] is None
    draft = lite.get(f"/drafts/{kept['draft']['id']}", by="dave")
    assert draft.get_json()["verdict"] == "draft"
    assert lite.get(f"/drafts/{kept['draft']['id']}/content", by="dave").data == broken
    sound = lite.call(
        "PUT",
        f"/drafts/{kept['draft']['id']}",
        by="dave",
        data=bundled("fault-handling"),
        headers={**headers, "If-Match": draft.headers["ETag"]},
    )
    assert sound.get_json()["verdict"] == "ready"


@pytest.mark.parametrize("text", [*TEXTS, "\u202eright to left", "a\u200db", "\U0001f468\u200d\U0001f692"])
def test_d_08_every_name_and_reason_comes_back_or_is_refused(lite: Api, text: str) -> None:
    names = {"names": {"zh": text, "en": text}}
    category = lite.post("/categories", names, by="root")
    made = [category] + [
        lite.post(f"/{noun}", {"key": "new", **names, **more}, by="root")
        for noun, more in (
            ("roles", {}),
            ("businesses", {}),
            ("services", {"category_id": lite.ok("GET", "/categories", by="root")["items"][0]["id"]}),
        )
    ]
    for answer in made:
        assert answer.status_code in (201, 422)
        if answer.status_code == 201:
            assert answer.get_json()["names"]["zh"] == unicodedata.normalize("NFC", text).strip()
    named = lite.call("PATCH", "/me", {"display_name": text}, by="alice")
    assert named.status_code in (200, 422)
    if named.status_code == 200:
        assert named.get_json()["display_name"] == unicodedata.normalize("NFC", text).strip()
    ticket = open_ticket(lite, description=text)
    task = next(each["id"] for each in ticket["tasks"])
    lite.ok("POST", f"/tasks/{task}/claim", by="bob")
    lite.ok("POST", f"/tickets/{ticket['id']}/suspend", {"reason": text}, by="bob")
    last = lite.ok("GET", f"/tickets/{ticket['id']}/timeline", by="bob")["items"][-1]
    assert unicodedata.normalize("NFC", last["payload"]["reason"]) == unicodedata.normalize("NFC", text).strip()
