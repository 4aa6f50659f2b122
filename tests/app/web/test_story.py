"""The fault story by plain forms, with no script, on both databases."""

from tests.app.web.conftest import Site
from tests.app.web.visitor import Page, Visitor

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c6360606000000004000127340a270000000049454e44ae426082"
)

REPORT = {
    "a.title": "部分地区用户集中无法访问网站",
    "a.business": "website",
    "a.description": "华东多地用户反馈打不开首页",
    "a.discovered_at": "2026-11-23T09:40",
    "a.source": "monitor",
    "a.category": "network",
    "a.regions": ["", "east", "south"],
    "a.affected_users": "20000",
    "a.impact": "high",
    "a.urgency": "high",
    "a.handling_team": "network",
}
HANDLING = {
    "a.actions_taken": "切换至备用线路",
    "a.service_restored": "yes",
    "a.recovered_at": "2026-11-23T10:20",
}
REVIEW = {
    "a.root_cause_known": "yes",
    "a.root_cause": "主线路光缆中断",
    "a.timeline": "09:40 发现",
    "a.impact_summary": "约 2 万用户",
}
ASSESSMENT = {"a.severity_final": "major", "a.response_rating": "4", "a.handling_rating": "5"}


def report(visitor: Visitor, **changed: object) -> Page:
    """Open a ticket of the fault service by its form: first the category, whose choices then follow."""
    visitor.go("/catalogue/fault/new")
    visitor.send("/new", {**REPORT, **changed}, button="do=refresh")
    return visitor.send("/new", {"a.sub_category": "link"}, button="do=send")


def claim_first(visitor: Visitor) -> Page:
    """Claim the first task of the inbox."""
    page = visitor.go("/inbox?view=claimable")
    task = page.all("//button[@name='task']/@value")[0]
    return visitor.send("/inbox/claim", button=f"task={task}")


def test_an_incident_runs_from_report_to_closed_by_forms_alone(site: Site) -> None:
    kefu, first, second, qc = (site.visit(name) for name in ("kefu", "yunwei1", "yunwei2", "qc"))
    kefu.go("/catalogue/fault/new")
    kefu.send("/new", REPORT, button="do=refresh", files={"f.screenshots": [("现场.png", PNG)]})
    assert kefu.page.texts("//output[@id='f-priority']") == ["P1"], "the computed field follows without a script"
    opened = kefu.send("/new", {"a.sub_category": "link"}, button="do=send")
    assert opened.status == 200
    assert "INC20261123000001" in opened.text
    assert "现场.png" in opened.text, "a file chosen before the form was shown again is still there"

    site.work()
    mails = second.go("/mailbox")
    [subject] = mails.all("//a[@class='subject']")
    letter = second.go(subject.get("href"))
    link = letter.all("//a[contains(@class, 'main-one') and starts-with(@href, '/tasks/')]/@href")[0]

    assert "INC20261123000001" in first.go("/inbox").text
    second.go(link)
    claimed = second.send("/claim")
    assert "已认领" in claimed.text
    late = first.go(link)
    assert not late.all("//form[contains(@action, '/claim')]")
    assert "由 Yunwei2 处理" in late.text
    second.send(link, HANDLING, button="do=outcome:pass")
    assert "回溯总结" in second.page.text, "what opened next is named"
    assert "您的下一个" in second.page.text or "下一个待办：回溯总结" in second.page.text

    claim_first(first)
    first.send(first.page.url.partition("?")[0], REVIEW, button="do=outcome:pass")
    claim_first(qc)
    address = qc.page.url.partition("?")[0]
    refused = qc.send(address, ASSESSMENT, button="do=outcome:redo")
    assert refused.status == 422
    assert "请填写原因" in refused.text
    back = qc.send(address, {"reason": "影响范围不完整"}, button="do=outcome:redo")
    assert "已完成" in back.text

    mine = first.go("/inbox?view=mine")
    again = mine.all("//a[@class='subject']/@href")[0]
    assert "影响范围不完整" in first.go(again).text, "whoever gets it back reads why"
    assert first.page.form(again).fields["a.root_cause"].strip() == "主线路光缆中断"
    first.send(again, button="do=outcome:pass")
    claim_first(qc)
    closed = qc.send(qc.page.url.partition("?")[0], ASSESSMENT, button="do=outcome:pass")
    assert "单据已关闭" in closed.text

    ticket = kefu.go(opened.url.partition("?")[0])
    assert ticket.texts("//div[@class='facts']//span[contains(@class,'tag')]") == ["已关闭"]
    lines = ticket.texts("//ol[@class='line']/li/p[1]")
    assert [line.split(" ")[0] for line in lines] == (
        ["Kefu"] + ["Yunwei2"] * 2 + ["Yunwei1"] * 2 + ["Qc"] * 2 + ["Yunwei1"] + ["Qc"] * 2
    )
    assert "Yunwei1 完成了“回溯总结” 第 2 次" in lines
    assert "Qc 在“故障评估”退回" in lines


def test_the_same_pages_speak_english(lite: Site) -> None:
    kefu = lite.visit("kefu", language="en-GB,en;q=0.9")
    opened = report(kefu)
    assert "The ticket was opened." in opened.text
    assert "Report the fault" in opened.text
    assert "Handle the fault" in opened.text
    assert opened.all("/html/@lang") == ["en"]
    assert "影响地区" not in opened.text


def test_a_claim_that_came_too_late_says_who_was_first_and_when(site: Site) -> None:
    report(site.visit("kefu"))
    first, second = site.visit("yunwei1"), site.visit("yunwei2")
    second.go("/inbox?view=claimable")
    task = second.page.all("//button[@name='task']/@value")[0]
    claim_first(first)
    late = second.send("/inbox/claim", button=f"task={task}")
    assert late.status == 409
    assert late.texts("//*[@role='alert']") == ["Yunwei1 已于 2026-11-23 16:00 认领"]
    assert task not in late.response.text, "the list is as it is now"


def test_the_moment_in_a_refusal_is_by_the_readers_clock(lite: Site) -> None:
    report(lite.visit("kefu"))
    first, second = lite.visit("yunwei1"), lite.visit("yunwei2")
    second.go("/profile")
    second.send("/profile", {"time_zone": "Asia/Tokyo"})
    second.go("/inbox?view=claimable")
    task = second.page.all("//button[@name='task']/@value")[0]
    claim_first(first)
    late = second.send("/inbox/claim", button=f"task={task}")
    assert late.texts("//*[@role='alert']") == ["Yunwei1 已于 2026-11-23 17:00 认领"]
