"""From a task that opened to a mail in the reader's language: once, to the right people, by SMTP or in the mailbox."""

import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.smtp import AuthResult

from app.settings import Smtp
from engine.values.actors import Person
from engine.values.processes import NotificationPolicy, Policy
from engine.values.tickets import TaskState
from storage import tables as t
from storage.database import Database
from storage.rows import policy_text
from tests.support.mail_server import MailServer, mail_server
from tests.support.office import BASE, Office
from tests.support.people import NOW


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def posted(database: Database, tmp_path: Path, server: MailServer) -> Office:
    smtp = Smtp(host="127.0.0.1", port=server.port, security="none", sender="desk@faultdesk.example")
    return Office(database, tmp_path, smtp)


def test_without_a_mail_server_each_candidate_finds_it_in_the_mailbox_in_his_language(office: Office) -> None:
    task = office.open_task()
    office.work()
    english, chinese = office.messages()
    assert (english.recipient_id, chinese.recipient_id) == (office.bob, office.carl)
    assert english.subject == "[INC20261123000001] To do: Handle the fault — 网站打不开"
    assert chinese.subject == "[INC20261123000001] 待办:故障处理 — 网站打不开"
    link = f"/tasks/{task.public_id}"
    assert {row.link for row in (english, chinese)} == {link}
    for row, words in ((english, "Opened by: 爱丽丝"), (chinese, "提单人:爱丽丝")):
        assert BASE + link in row.body
        assert words in row.body
        assert (row.channel, row.ticket_id) == ("mailbox", office.ticket_id)
    assert {row.state for row in office.rows(t.job)} == {"done"}


def test_o_09_an_announcement_made_twice_tells_everyone_once(office: Office) -> None:
    task = office.open_task()
    office.work()
    office.announce(task)
    office.change(sa.update(t.job).where(t.job.c.kind == "notify_task").values(state="ready", attempts=0))
    office.work()
    assert len(office.messages()) == 2
    office.change(sa.update(t.job).where(t.job.c.kind == "mail").values(state="ready", attempts=0))
    office.work()
    assert len(office.messages()) == 2


def test_the_announcements_of_one_ticket_run_one_after_the_other(office: Office) -> None:
    office.open_task()
    [job] = office.jobs("notify_task")
    assert job.key == str(office.ticket_id)


def test_who_lost_the_role_before_the_job_ran_is_not_told(office: Office) -> None:
    office.open_task()
    office.change(sa.delete(t.role_member).where(t.role_member.c.user_id == office.bob))
    office.work()
    assert [row.recipient_id for row in office.messages()] == [office.carl]


def test_a_task_made_for_somebody_is_told_to_him_alone(office: Office) -> None:
    bob = Person(id=office.bob, name="bob", display_name="Bob")
    office.open_task(state=TaskState.CLAIMED, assignee=bob, claimed_at=NOW)
    office.work()
    assert [row.recipient_id for row in office.messages()] == [office.bob]


def test_a_task_that_was_claimed_before_the_job_ran_is_news_for_nobody(office: Office) -> None:
    task = office.open_task()
    claimed = {"state": "claimed", "assignee_id": office.bob, "claimed_at": NOW, "version": task.version + 1}
    office.change(sa.update(t.task).values(**claimed))
    office.change(sa.delete(t.offer))
    office.work()
    assert office.messages() == []


def test_whom_separation_of_duties_excludes_is_not_told(office: Office) -> None:
    office.remember("Report", office.alice, office.bob)
    office.open_task()
    office.work()
    assert [row.recipient_id for row in office.messages()] == [office.carl]


def claim(office: Office) -> None:
    claimed = {"state": "claimed", "assignee_id": office.bob, "claimed_at": NOW, "version": 2}
    office.change(sa.update(t.task).values(**claimed))
    office.change(sa.delete(t.offer))


def give_up(office: Office) -> None:
    office.change(sa.update(t.task).values(state="cancelled", ended_at=NOW, version=2))
    office.change(sa.delete(t.offer))


def release(office: Office) -> None:
    office.change(sa.update(t.task).values(version=3))


def leave(office: Office) -> None:
    office.change(sa.delete(t.role_member).where(t.role_member.c.user_id == office.carl))


def exclude(office: Office) -> None:
    office.remember("Report", office.carl)


def announce_no_more(office: Office) -> None:
    policy = Policy(notification=NotificationPolicy(events=()))
    office.change(sa.update(t.process).values(policy=policy_text(policy)))


@pytest.mark.parametrize("happens", [claim, give_up, release, leave, exclude, announce_no_more])
def test_what_happened_while_the_mail_server_was_away_counts(
    posted: Office, server: MailServer, happens: Callable[[Office], None]
) -> None:
    posted.change(sa.delete(t.role_member).where(t.role_member.c.user_id == posted.bob))
    server.refuse_recipients = "451 later"
    posted.open_task()
    posted.work()
    assert [row.state for row in posted.jobs("mail")] == ["ready"]
    happens(posted)
    server.refuse_recipients = None
    posted.clock.forward(timedelta(minutes=1))
    posted.work()
    assert [row.state for row in posted.jobs("mail")] == ["done"]
    assert (server.mails, posted.messages()) == ([], [])


def test_whoever_was_given_the_task_and_lost_it_again_is_not_mailed(posted: Office, server: MailServer) -> None:
    server.refuse_recipients = "451 later"
    bob = Person(id=posted.bob, name="bob", display_name="Bob")
    posted.open_task(state=TaskState.CLAIMED, assignee=bob, claimed_at=NOW)
    posted.work()
    posted.change(sa.update(t.task).values(assignee_id=posted.carl, version=2))
    server.refuse_recipients = None
    posted.clock.forward(timedelta(minutes=1))
    posted.work()
    assert (server.mails, posted.messages()) == ([], [])


@pytest.mark.parametrize("policy", [NotificationPolicy(events=()), NotificationPolicy(channels=())])
def test_a_process_that_no_longer_announces_tasks_is_obeyed_at_once(office: Office, policy: NotificationPolicy) -> None:
    office.open_task()
    office.change(sa.update(t.process).values(policy=policy_text(Policy(notification=policy))))
    office.work()
    assert office.messages() == []


def test_by_smtp_it_arrives_as_text_and_html_with_the_jobs_id(posted: Office, server: MailServer) -> None:
    posted.open_task()
    posted.work()
    assert sorted(server.envelopes) == [
        ("desk@faultdesk.example", ["bob@example.org"]),
        ("desk@faultdesk.example", ["carl@example.org"]),
    ]
    by_recipient = {str(mail["To"]): mail for mail in server.mails}
    mail = by_recipient["Bob <bob@example.org>"]
    job_ids = {f"<{row.id}@faultdesk.example>" for row in posted.jobs("mail")}
    assert {str(each["Message-ID"]) for each in server.mails} == job_ids
    assert mail["Subject"] == "[INC20261123000001] To do: Handle the fault — 网站打不开"
    assert (mail["Auto-Submitted"], mail["From"]) == ("auto-generated", "Faultdesk <desk@faultdesk.example>")
    plain, page = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert page is not None
    assert f"{BASE}/tasks/{posted.ticket_id}.1" in plain.get_content()
    assert f'<a href="{BASE}/tasks/{posted.ticket_id}.1">' in page.get_content()
    assert [(row.channel, row.address) for row in posted.messages()] == [
        ("smtp", "bob@example.org"),
        ("smtp", "carl@example.org"),
    ]


EVIL = '"><img src=x onerror=alert(1)>\r\nBcc: all@corp\r\n\r\n{{7*7}} {number} ${7*7} \u202etxt'


def test_o_06_o_07_a_hostile_title_and_name_stay_text_and_make_no_header(posted: Office, server: MailServer) -> None:
    posted.change(sa.update(t.ticket).values(title=EVIL + "x" * 10_000))
    posted.change(sa.update(t.user).where(t.user.c.id == posted.bob).values(display_name='"<x@y>"\r\nBcc: all@corp'))
    posted.change(sa.delete(t.role_member).where(t.role_member.c.user_id == posted.carl))
    posted.open_task()
    posted.work()
    [mail], [envelope] = server.mails, server.envelopes
    assert envelope[1] == ["bob@example.org"]
    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["bob@example.org"]
    assert len(str(mail["Subject"])) <= 200
    assert "{{7*7}} {number} ${7*7} txt" in str(mail["Subject"])
    page = mail.get_body(("html",))
    assert page is not None
    assert "<img" not in page.get_content()
    assert "&lt;img" in page.get_content()
    assert all("\n" not in value and "\r" not in value for value in mail.values())


@pytest.mark.parametrize(
    "address",
    [
        "a@b\r\nRCPT TO:<x@y>",
        "a@b, c@d",
        "<a@b>",
        "a b@c",
        "a@b c",
        "",
        "a@",
        "@b",
        "a@b@c",
        "用户@例子.中国",
        "a@" + "b" * 260,
    ],
)
def test_o_06_an_address_that_is_none_is_never_sent_to(posted: Office, server: MailServer, address: str) -> None:
    posted.change(sa.update(t.user).where(t.user.c.id == posted.bob).values(email=address))
    posted.change(sa.delete(t.role_member).where(t.role_member.c.user_id == posted.carl))
    posted.open_task()
    posted.work()
    assert server.commands == []
    [job] = posted.jobs("mail")
    if address:
        assert (job.state, job.error, posted.messages()) == ("dead", "ADDRESS_INVALID", [])
    else:
        assert [row.channel for row in posted.messages()] == ["mailbox"]


def test_o_08_a_refusal_for_good_is_dead_at_once(posted: Office, server: MailServer) -> None:
    server.refuse_recipients = "550 no such user"
    posted.open_task()
    posted.work()
    assert [(row.state, row.attempts, row.error) for row in posted.jobs("mail")] == [("dead", 1, "SMTP_550")] * 2
    assert posted.messages() == []


@pytest.mark.parametrize("where", ["refuse_recipients", "refuse_data"])
def test_o_08_a_refusal_for_now_is_tried_again_with_the_same_message_id(
    posted: Office, server: MailServer, where: str
) -> None:
    setattr(server, where, "451 later")
    posted.open_task()
    posted.work()
    assert [(row.state, row.attempts, row.error) for row in posted.jobs("mail")] == [("ready", 1, "SMTP_451")] * 2
    setattr(server, where, None)
    posted.clock.forward(timedelta(seconds=13))
    posted.work()
    assert [(row.state, row.attempts, row.error) for row in posted.jobs("mail")] == [("done", 2, None)] * 2
    assert {str(each["Message-ID"]) for each in server.mails} == {
        f"<{row.id}@faultdesk.example>" for row in posted.jobs("mail")
    }
    assert len(posted.messages()) == 2


def test_o_08_a_server_that_is_down_for_ten_minutes_loses_nothing(posted: Office, server: MailServer) -> None:
    real, posted.smtp = posted.smtp, Smtp(host="127.0.0.1", port=1, security="none", sender="a@b.example")
    posted.open_task()
    for _ in range(20):
        posted.work()
        posted.clock.forward(timedelta(seconds=30))
    waiting = posted.jobs("mail")
    assert {(row.state, row.error) for row in waiting} == {("ready", "SMTP_UNREACHABLE")}
    posted.smtp = real
    posted.clock.forward(timedelta(minutes=20))
    posted.work()
    assert len(server.mails) == 2
    assert len(posted.messages()) == 2


def test_a_server_without_tls_gets_nothing_when_tls_is_asked_for(posted: Office, server: MailServer) -> None:
    posted.smtp = Smtp(
        host="127.0.0.1", port=server.port, security="starttls", user="u", password="hunter2", sender="a@b.c"
    )
    posted.open_task()
    posted.work()
    assert {(row.state, row.error) for row in posted.jobs("mail")} == {("ready", "SMTP_TLS_FAILED")}
    assert server.mails == []
    assert "hunter2" not in repr(posted.rows(t.job))


def test_o_09_the_twenty_first_mail_of_an_hour_about_a_ticket_stays_here(posted: Office, server: MailServer) -> None:
    posted.change(sa.delete(t.role_member).where(t.role_member.c.user_id == posted.carl))
    for seq in range(1, 23):
        posted.open_task(seq)
    posted.work()
    assert len(server.mails) == 20
    assert sorted(row.channel for row in posted.messages()) == ["mailbox"] * 2 + ["smtp"] * 20
    posted.clock.forward(timedelta(minutes=61))
    posted.open_task(23)
    posted.work()
    assert len(server.mails) == 21


def test_o_08_an_answer_that_never_comes_after_the_message_means_the_same_message_again(
    posted: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.mail.smtp.TIMEOUT", 0.3)
    posted.change(sa.delete(t.role_member).where(t.role_member.c.user_id == posted.carl))
    server.silence = 1.0
    posted.open_task()
    posted.work()
    [waiting] = posted.jobs("mail")
    assert (waiting.state, waiting.error) == ("ready", "SMTP_UNREACHABLE")
    server.silence = 0.0
    monkeypatch.setattr("app.mail.smtp.TIMEOUT", 20.0)
    posted.clock.forward(timedelta(seconds=13))
    posted.work()
    assert len(posted.messages()) == 1
    assert {str(each["Message-ID"]) for each in server.mails} == {f"<{waiting.id}@faultdesk.example>"}


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's context with a certificate for localhost that this process trusts."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, so that there is no certificate to test TLS with")
    made = ["-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2"]
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([openssl, "req", "-x509", *made, *named], cwd=tmp_path, check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    return context


def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    # Not handled: the server itself answers a wrong password, with 535.
    return AuthResult(success=(data.login, data.password) == (b"desk", b"hunter2"), handled=False)


@pytest.mark.parametrize(("password", "state"), [("hunter2", "done"), ("wrong", "ready")])
def test_with_starttls_the_login_and_the_message_go_encrypted(
    database: Database, tmp_path: Path, certificate: ssl.SSLContext, password: str, state: str
) -> None:
    with mail_server(tls_context=certificate, require_starttls=True, authenticator=login, auth_required=True) as server:
        user = {"user": "desk", "password": password, "sender": "desk@faultdesk.example"}
        office = Office(database, tmp_path, Smtp(host="localhost", port=server.port, security="starttls", **user))
        office.open_task()
        office.work()
        assert {row.state for row in office.jobs("mail")} == {state}
        assert len(server.mails) == (2 if state == "done" else 0)
        if state == "ready":
            assert {row.error for row in office.jobs("mail")} == {"SMTP_LOGIN_REFUSED"}


def test_a_certificate_for_another_name_is_not_believed(
    database: Database, tmp_path: Path, certificate: ssl.SSLContext
) -> None:
    with mail_server(tls_context=certificate) as server:
        office = Office(database, tmp_path, Smtp(host="127.0.0.1", port=server.port, sender="a@b.example"))
        office.open_task()
        office.work()
        assert {(row.state, row.error) for row in office.jobs("mail")} == {("ready", "SMTP_TLS_FAILED")}
        assert server.mails == []
