"""What forms promise: nothing typed is lost, nothing is done twice, nothing comes from another site."""

import pytest

from engine.queries import tickets as queries
from engine.values.views import TicketFilter
from tests.app.web.conftest import Site
from tests.app.web.test_story import HANDLING, PNG, REPORT, claim_first, report
from tests.app.web.visitor import sent_by


def _numbers(site: Site) -> list[str]:
    page = site.desk.see("admin", lambda work: queries.tickets(work, TicketFilter()))
    return [str(each.ticket.number) for each in page.items]


def test_a_form_that_is_refused_comes_back_with_everything_that_was_typed(site: Site) -> None:
    kefu = site.visit("kefu")
    kefu.go("/catalogue/fault/new")
    typed = {**REPORT, "a.title": "", "a.affected_users": "两万", "a.followers": "nobody-here, kefu"}
    page = kefu.send("/new", typed, button="do=send", files={"f.screenshots": [("现场.png", PNG)]})
    assert page.status == 422
    form = page.form("/new")
    assert form.fields["a.affected_users"] == "两万"
    assert form.fields["a.description"].strip() == REPORT["a.description"]
    assert form.fields["a.business"] == "website"
    assert form.fields["a.discovered_at"] == "2026-11-23T09:40"
    assert form.fields["a.followers"] == "nobody-here, kefu"
    assert page.all("//input[@name='a.regions' and @checked]/@value") == ["east", "south"]
    assert "现场.png" in page.text
    assert page.all("//*[@id='refusal' and @role='alert' and @autofocus]"), "the summary gets the focus"
    assert page.all("//*[@id='refusal']//a/@href") == [
        "#f-title",
        "#f-sub_category",
        "#f-affected_users",
        "#f-followers",
    ]
    for link in page.all("//*[@id='refusal']//a/@href"):
        [control] = page.all(f"//*[@id='{link[1:]}']")
        assert control.get("aria-invalid") == "true"
        assert page.all(f"//*[@id='{control.get('aria-describedby')}']"), "the error stands beside its field"
    assert _numbers(site) == []


def test_the_same_form_sent_twice_opens_one_ticket(site: Site) -> None:
    kefu = site.visit("kefu")
    kefu.go("/catalogue/fault/new")
    kefu.send("/new", REPORT, button="do=refresh")
    assert kefu.page is not None
    posted = sent_by(kefu.page.form("/new"), {"a.sub_category": "link"}, button="do=send")
    files = {"f.screenshots": [("现场.png", PNG)]}
    first = kefu.post("/catalogue/fault/new", posted, files=files)
    second = kefu.post("/catalogue/fault/new", posted, files=files)
    assert first.url == second.url
    assert _numbers(site) == ["INC20261123000001"]


def test_a_sent_form_that_was_changed_and_sent_again_is_not_taken_for_the_first(lite: Site) -> None:
    kefu = lite.visit("kefu")
    kefu.go("/catalogue/fault/new")
    kefu.send("/new", REPORT, button="do=refresh")
    assert kefu.page is not None
    posted = sent_by(kefu.page.form("/new"), {"a.sub_category": "link"}, button="do=send")
    kefu.post("/catalogue/fault/new", posted)
    again = kefu.post("/catalogue/fault/new", {**posted, "a.title": ["另一件事"]})
    assert again.status == 422
    assert again.form("/new").fields["a.title"] == "另一件事"
    assert again.form("/new").fields["key"] != posted["key"][0]
    assert _numbers(lite) == ["INC20261123000001"]


def test_what_is_saved_is_there_the_next_time_and_for_nobody_else(site: Site) -> None:
    report(site.visit("kefu"))
    first = site.visit("yunwei1")
    claimed = claim_first(first)
    address = claimed.url.partition("?")[0]
    first.send(address, {"a.actions_taken": "切换线路中"}, button="do=save")
    assert site.visit("yunwei1").go(address).form(address).fields["a.actions_taken"].strip() == "切换线路中"
    assert "切换线路中" not in site.visit("admin").go(address).response.text
    first.send(address, HANDLING, button="do=outcome:pass")
    assert "切换线路中" not in first.go(address).response.text


def test_rows_are_added_and_taken_away_without_a_script(lite: Site) -> None:
    report(lite.visit("kefu"))
    first, second = lite.visit("yunwei1"), lite.visit("yunwei2")
    claimed = claim_first(first)
    first.send(claimed.url.partition("?")[0], HANDLING, button="do=outcome:pass")
    page = claim_first(second)
    address = page.url.partition("?")[0]
    row = {
        "a.improvement_actions.0.what": "双线路",
        "a.improvement_actions.0.who": "yunwei1",
        "a.improvement_actions.0.due": "2026-12-31",
    }
    page = second.send(address, {**row, "a.timeline": "09:40"}, button="do=add:improvement_actions")
    assert page.form(address).fields["a.improvement_actions.0.what"] == "双线路"
    assert page.all("//*[@autofocus]/@name") == ["a.improvement_actions.1.what"]
    page = second.send(address, {"a.improvement_actions.1.what": "演练"}, button="do=add:improvement_actions")
    page = second.send(address, button="do=remove:improvement_actions:0")
    assert page.form(address).fields["a.improvement_actions.0.what"] == "演练"
    assert "a.improvement_actions.1.what" not in page.form(address).fields
    assert page.form(address).fields["a.timeline"].strip() == "09:40"


def test_only_the_fields_that_changed_come_back_to_the_script(lite: Site) -> None:
    kefu = lite.visit("kefu")
    kefu.go("/catalogue/fault/new")
    assert kefu.page is not None
    posted = sent_by(kefu.page.form("/new"), {**REPORT, "a.impact": "", "a.urgency": ""}, button="do=send")
    fields = kefu.post("/catalogue/fault/new/fields", posted)
    assert fields.all("//*[@hx-swap-oob]/@id") == ["f-sub_category-field"]
    assert "线路中断" in fields.text
    assert "<html" not in fields.response.text


@pytest.mark.parametrize(
    ("headers", "without", "reason"),
    [
        ({"Origin": "https://evil.example"}, (), "origin"),
        ({"Origin": "null"}, (), "origin"),
        ({}, ("csrf_token",), "token"),
    ],
)
def test_w_05_a_form_from_another_site_changes_nothing(
    lite: Site, headers: dict[str, str], without: tuple[str, ...], reason: str
) -> None:
    kefu = lite.visit("kefu")
    kefu.go("/catalogue/fault/new")
    assert kefu.page is not None
    posted = sent_by(kefu.page.form("/new"), {**REPORT, "a.category": "network"}, button="do=save")
    for name in without:
        del posted[name]
    page = kefu.post("/catalogue/fault/new", posted, **headers)
    assert page.status == 403
    assert "CSRF" in page.text
    assert reason not in page.text
    assert kefu.go("/catalogue/fault/new").form("/new").fields["a.title"] == ""


def test_w_05_another_persons_token_is_none(lite: Site) -> None:
    kefu, eve = lite.visit("kefu"), lite.visit("eve")
    kefu.go("/profile")
    eve.go("/profile")
    assert kefu.page is not None
    assert eve.page is not None
    stolen = {**sent_by(eve.page.form("/profile"), {}), "csrf_token": kefu.page.form("/profile").fields["csrf_token"]}
    assert eve.post("/profile", stolen).status == 403


def test_w_05_no_page_changes_anything_by_being_read(lite: Site) -> None:
    rules = [rule for rule in lite.app.url_map.iter_rules() if rule.endpoint.startswith("web.")]
    assert rules
    for rule in rules:
        methods = (rule.methods or set()) - {"OPTIONS", "HEAD"}
        assert len(methods) == 1, "an address of the pages is either read or sent to"
