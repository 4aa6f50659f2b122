"""Who sees what on the pages."""

import pytest

from tests.app.web.conftest import Site

STRANGERS = ("eve", "shop_ops")


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_finds_neither_ticket_nor_task_nor_mail(site: Site, name: str) -> None:
    opened = site.desk.open()
    site.work()
    stranger = site.visit(name)
    ticket, task = opened.case.ticket.id, opened.tasks[0].public_id
    mail = site.visit("yunwei1").go("/mailbox").all("//a[@class='subject']/@href")[0]
    for address in (f"/tickets/{ticket}", f"/tasks/{task}", mail):
        page = stranger.go(address)
        assert (page.status, "NOT_FOUND" in page.text) == (404, True), address
    for address in ("/tickets?scope=all", "/inbox", "/mailbox", "/mailbox?of=all", "/tickets?scope=all&q=INC"):
        assert "无法访问" not in stranger.go(address).text, address


def test_a_follower_reads_no_internal_comment_and_cannot_write_one(site: Site) -> None:
    opened = site.desk.open(followers=["eve"])
    ticket = f"/tickets/{opened.case.ticket.id}"
    staff, kefu = site.visit("yunwei1"), site.visit("eve")
    staff.go(ticket)
    assert staff.page is not None
    assert staff.page.all("//input[@name='audience' and @checked]/@value") == ["internal"], "internal by default"
    staff.send(f"{ticket}/comments", {"text": "怀疑是供应商"})
    staff.send(f"{ticket}/comments", {"text": "正在处理", "audience": "public"})
    assert staff.page.texts("//article[contains(@class,'internal')]/p[@class='prose']") == ["怀疑是供应商"]
    page = kefu.go(ticket)
    assert page.texts("//article/p[@class='prose']") == ["正在处理"]
    assert "怀疑是供应商" not in page.response.text
    assert not [line for line in page.texts("//ol/li") if "内部" in line]
    kefu.send(f"{ticket}/comments", {"text": "谢谢", "audience": "internal"})  # The field is there, but hidden.
    assert "谢谢" in staff.go(ticket).text
    assert staff.page.texts("//article[not(contains(@class,'internal'))]/p[@class='prose']") == ["正在处理", "谢谢"]


def test_a_follower_sees_the_ticket_until_they_are_removed(lite: Site) -> None:
    opened = lite.desk.open()
    ticket = f"/tickets/{opened.case.ticket.id}"
    kefu, eve = lite.visit("kefu"), lite.visit("eve")
    kefu.go(ticket)
    kefu.send(f"{ticket}/followers", {"user": "nobody-here"})
    assert kefu.page is not None
    assert kefu.page.status == 422
    kefu.send(f"{ticket}/followers", {"user": "eve"})
    assert "无法访问" in eve.go("/tickets?scope=followed").text
    eve.go(ticket)
    gone = eve.send(f"{ticket}/followers/remove", button="user=eve")
    assert (gone.status, "无法访问" in gone.text) == (200, False)
    assert eve.go(ticket).status == 404


def test_the_answer_of_an_action_says_why_it_is_not_allowed(lite: Site) -> None:
    opened = lite.desk.open()
    task = opened.tasks[0].public_id
    page = lite.visit("auditor").go(f"/tasks/{task}")
    rules = dict(zip(page.texts("//dl[contains(@class,'pairs')]/dt"), page.texts("//dl/dd"), strict=False))
    assert not page.all("//form[contains(@action,'/claim')]")
    assert "认领" in rules
    assert "需要以下角色之一" in page.text


def test_only_admins_and_a_demo_read_everybodys_mail(lite: Site) -> None:
    lite.desk.open()
    lite.work()
    subjects = "//a[@class='subject']"
    assert len(lite.visit("yunwei1").go("/mailbox").all(subjects)) == 1
    assert len(lite.visit("kefu").go("/mailbox?of=all").all(subjects)) == 0
    assert len(lite.visit("admin").go("/mailbox?of=all").all(subjects)) == 2


def test_a_suspended_ticket_offers_only_what_is_possible(lite: Site) -> None:
    opened = lite.desk.open()
    ticket, task = f"/tickets/{opened.case.ticket.id}", opened.tasks[0].public_id
    lite.desk.claim("yunwei1", task)
    holder = lite.visit("yunwei1")
    holder.go(ticket)
    assert holder.send(f"{ticket}/suspend").status == 422, "a reason is asked"
    page = holder.send(f"{ticket}/suspend", {"reason": "等待割接"})
    assert "已挂起" in page.text
    assert not holder.go(f"/tasks/{task}").all("//button[starts-with(@value,'outcome:')]")
    assert "单据已由 Yunwei1 于" in holder.page.text, "who did it, and when"
    holder.go(ticket)
    assert "单据已恢复" in holder.send(f"{ticket}/resume", {"reason": "割接完成"}).text


def test_answers_are_corrected_with_a_reason_and_computed_ones_follow(lite: Site) -> None:
    opened = lite.desk.open()
    ticket = f"/tickets/{opened.case.ticket.id}"
    lite.desk.claim("yunwei1", opened.tasks[0].public_id)
    holder = lite.visit("yunwei1")
    holder.go(ticket)
    page = holder.send(f"{ticket}/answers", {"a.impact": "low", "a.urgency": "low"})
    assert page.status == 422
    assert page.form(f"{ticket}/answers").fields["a.impact"] == "low", "what was chosen is kept"
    page = holder.send(f"{ticket}/answers", {"reason": "误判"})
    assert page.texts("//span[contains(@class,'priority')]") == ["优先级 P4"]
    assert "影响范围" in page.texts("//ol[@class='line']/li[last()]")[0]
    assert lite.visit("kefu").go(ticket).all("//form[contains(@action,'/answers')]") == []


def test_a_task_is_handed_over_with_a_reason(lite: Site) -> None:
    opened = lite.desk.open()
    task = opened.tasks[0].public_id
    lite.desk.claim("yunwei1", task)
    holder = lite.visit("yunwei1")
    page = holder.go(f"/tasks/{task}")
    assert page.all("//select[@id='transfer-to']/option/@value") == ["", "yunwei2"], "who may hold it, but not who does"
    refused = holder.send("/transfer", {"to": "yunwei2"})
    assert refused.status == 422
    assert refused.form("/transfer").fields["to"] == "yunwei2"
    holder.send("/transfer", {"to": "yunwei2", "reason": "交接班"})
    assert lite.visit("yunwei2").go("/inbox?view=mine").all(f"//a[@href='/tasks/{task}']")


def test_a_comment_that_is_empty_is_asked_again(lite: Site) -> None:
    opened = lite.desk.open()
    ticket = f"/tickets/{opened.case.ticket.id}"
    kefu = lite.visit("kefu")
    kefu.go(ticket)
    page = kefu.send(f"{ticket}/comments", {"text": "  "})
    assert (page.status, "评论不能为空" in page.text) == (422, True)
