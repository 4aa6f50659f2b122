"""O lines and S-12: what leaves by mail, sent to a real SMTP server."""

from pathlib import Path

import pytest

from tests.app.api.client import HANDLING, REPORT, Api
from tests.app.api.test_story import open_ticket, task_of, work_on
from tests.security.drawn import addressed, visit, work
from tests.security.test_web import PASSWORD, with_password
from tests.support.acting import contents
from tests.support.mail_server import mail_server

EXPRESSIONS = ["= 1+1", "${7*7}", "{{7*7}}", "{{ ticket._secret }}", "{number}", "%(title)s", "{0.__class__}"]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_s_12_o_07_an_expression_in_a_title_is_said_literally(lite: Api, tmp_path: Path, text: str) -> None:
    """S-12 and O-07: on the ticket's page, in its JSON and in the mail; there are no templates to edit yet."""
    addressed(lite, "bob")
    ticket = open_ticket(lite, title=text, description=text)
    with mail_server() as server:
        work(lite, tmp_path, server.port)
        [mail] = server.mails
    body = mail.get_body(("plain",))
    assert body is not None
    assert text in str(mail["Subject"])
    assert text in body.get_content()
    page = visit(lite, "bob", f"/tickets/{ticket['id']}").text
    assert text in page
    assert "49" not in str(mail["Subject"])


ADDRESSES = ("a@b\r\nRCPT TO:<x>", "a@b\nBcc: all@corp", "a@b, c@d", '"<x@y>"@z', "a b@c", "a@", "@b", "a\0@b.c")


def test_o_06_an_address_that_is_none_is_not_taken(lite: Api) -> None:
    with_password(lite, "alice")
    lite.token_of("alice")
    before = contents(lite.database)
    for address in ADDRESSES:
        own = lite.call("PATCH", "/me", {"email": address, "password": PASSWORD}, by="alice")
        made = {"name": "new", "display_name": "New", "email": address, "password": PASSWORD}
        for refused in (own, lite.post("/users", made, by="root")):
            assert (refused.status_code, refused.mimetype) == (422, "application/problem+json"), address
            assert "email" in [each["path"] for each in refused.get_json()["errors"]]
    assert contents(lite.database) == before


def test_o_06_a_title_with_a_line_break_makes_one_mail_to_one_person(lite: Api, tmp_path: Path) -> None:
    addressed(lite, "bob")
    answer = lite.post(
        "/tickets", {"service": "fault", "answers": {**REPORT, "title": "x\r\nBcc: all@corp"}}, by="alice"
    )
    if answer.status_code == 422:
        assert [each["path"] for each in answer.get_json()["errors"]] == ["title"]
        return
    with mail_server() as server:
        work(lite, tmp_path, server.port)
    assert [envelope[1] for envelope in server.envelopes] == [["bob@example.org"]]
    assert server.mails[0]["Bcc"] is None


def test_o_08_a_mail_server_that_refuses_holds_up_no_ticket_and_is_shown_to_admins(lite: Api, tmp_path: Path) -> None:
    addressed(lite, "bob")
    ticket = open_ticket(lite)
    with mail_server() as server:
        server.refuse_recipients = "550 no such user"
        work(lite, tmp_path, server.port)
    [dead] = lite.ok("GET", "/jobs", by="root")["items"]
    assert (dead["kind"], dead["error"], dead["attempts"]) == ("mail", "SMTP_550", 1)
    assert work_on(lite, "bob", task_of(ticket, "Task_Handle"), HANDLING)["opened"]
    work(lite, tmp_path, 1)  # Nobody listens on that port.
    assert lite.get(f"/tickets/{ticket['id']}", by="root").get_json()["stuck"] is None


def test_o_09_one_event_is_one_mail_to_each_person(lite: Api, tmp_path: Path) -> None:
    for name in ("bob", "bob2"):
        addressed(lite, name)
    open_ticket(lite)
    with mail_server() as server:
        for _ in range(3):
            work(lite, tmp_path, server.port)
    assert sorted(envelope[1][0] for envelope in server.envelopes) == ["bob2@example.org", "bob@example.org"]
    assert {str(mail["Auto-Submitted"]) for mail in server.mails} == {"auto-generated"}
