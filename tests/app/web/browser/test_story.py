"""The fault story by clicking, in Chinese; with FAULTDESK_PICTURES=1 its pictures are written to docs/images."""

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, Route, expect

from tests.app.web.browser.conftest import PASSWORD, Opened, Stand

pytestmark = pytest.mark.browser

IMAGES = Path(__file__).parents[4] / "docs" / "images"


def picture(page: Page, name: str) -> None:
    """Keep what the window shows, in few colours; or only look whether it can be kept."""
    drawn = Image.open(io.BytesIO(page.screenshot()))
    small = io.BytesIO()
    drawn.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    assert len(small.getvalue()) < 150_000
    if os.environ.get("FAULTDESK_PICTURES"):
        (IMAGES / f"{name}.png").write_bytes(small.getvalue())


def screenshot_of_a_fault() -> bytes:
    """A picture such as customer service sends: a page that says 502."""
    drawn = Image.new("RGB", (960, 600), "#ffffff")
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((0, 0, 960, 54), fill="#dfe5ea")
    for at, colour in enumerate(("#e5695e", "#e8b64c", "#63b75b")):
        pen.ellipse((20 + 28 * at, 19, 36 + 28 * at, 35), fill=colour)
    pen.rounded_rectangle((120, 12, 930, 42), radius=15, fill="#ffffff")
    pen.text((140, 18), "https://console.example.org/login", fill="#44525f", font_size=16)
    pen.text((300, 220), "502", fill="#b3262b", font_size=110)
    pen.text((302, 350), "Bad Gateway", fill="#44525f", font_size=40)
    kept = io.BytesIO()
    drawn.save(kept, "PNG")
    return kept.getvalue()


def sign_in(page: Page, name: str) -> None:
    """By the form."""
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def test_the_fault_story_by_clicking(opened: Opened, stand: Stand) -> None:
    kefu = opened()
    number = _report(kefu.open("/catalogue"))
    stand.clock.forward(timedelta(minutes=6))
    stand.work()

    first = opened()
    page = first.open("/mailbox")
    sign_in(page, "yunwei1")
    page.get_by_role("link", name=number).click()
    link = page.get_by_role("link", name="打开待办").get_attribute("href")
    assert link is not None
    second = opened()
    other = second.open(link)
    sign_in(other, "yunwei2")
    expect(other).to_have_url(stand.url + link)

    page.goto(stand.url + "/inbox?view=claimable")
    picture(page, "inbox")
    page.get_by_role("button", name=f"认领 {number}").click()
    second.expected = {409}
    other.get_by_role("button", name="认领").click()
    expect(other.get_by_role("alert")).to_contain_text("运维张伟 已于")

    stand.clock.forward(timedelta(minutes=12))
    _handle(page)
    page.get_by_role("link", name="回溯总结").first.click()
    stand.clock.forward(timedelta(minutes=8))
    _review(page)
    stand.clock.forward(timedelta(minutes=9))

    qc = opened("qc").open("/inbox?view=claimable")
    qc.get_by_role("button", name=f"认领 {number}").click()
    qc.get_by_label("最终定级").select_option("major")
    qc.get_by_label("响应评分").fill("4")
    qc.get_by_label("处理评分").fill("5")
    qc.get_by_text("退回…").click()
    qc.locator("#f-reason").fill("影响范围不完整")
    picture(qc, "assess")
    qc.get_by_role("button", name="退回").click()
    expect(qc.get_by_role("status")).to_contain_text("已完成")

    stand.clock.forward(timedelta(minutes=12))
    page.goto(stand.url + "/inbox?view=mine")
    page.get_by_role("link", name=f"继续处理 {number}").click()
    expect(page.locator(".alert.amber")).to_contain_text("影响范围不完整")
    page.get_by_role("button", name="提交").click()

    stand.clock.forward(timedelta(minutes=9))
    qc.goto(stand.url + "/inbox?view=claimable")
    qc.get_by_role("button", name=f"认领 {number}").click()
    qc.get_by_label("最终定级").select_option("major")
    qc.get_by_label("响应评分").fill("5")
    qc.get_by_label("处理评分").fill("5")
    qc.get_by_role("button", name="通过").click()
    qc.get_by_role("link", name=number).click()
    expect(qc.locator(".facts .tag").first).to_have_text("已关闭")
    picture(qc, "ticket")
    qc.locator("#timeline").scroll_into_view_if_needed()
    qc.evaluate("document.getElementById('timeline').closest('.card').scrollIntoView()")
    picture(qc, "timeline")


def _report(page: Page) -> str:
    sign_in(page, "kefu")
    page.get_by_role("link", name="故障受理").click()
    page.locator("#f-title").fill("华东用户无法登录后台")
    page.get_by_label("业务").select_option("website")
    page.get_by_label("故障描述").fill("多位用户反馈登录后跳回首页，控制台显示 502。")
    page.get_by_label("故障截图").set_input_files(
        {"name": "现场截图.png", "mimeType": "image/png", "buffer": screenshot_of_a_fault()}
    )
    page.get_by_label("发现时间").fill("2026-11-23T15:20")
    page.get_by_label("故障来源").select_option("manual")
    page.get_by_label("故障分类").select_option("application")
    # The choices follow by themselves, and what is typed meanwhile stays.
    page.get_by_label("故障子类").select_option("unavailable")
    page.get_by_label("华东").check()
    page.get_by_label("影响范围").select_option("high")
    page.get_by_label("紧急程度").select_option("medium")
    expect(page.locator("#f-priority")).to_have_text("P2")
    expect(page.get_by_role("button", name="更新")).to_be_hidden()
    page.get_by_label("处理团队").select_option("application")
    page.locator("#f-description").scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, 0)")
    picture(page, "new-ticket")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("提单成功")
    expect(page.get_by_role("link", name="现场截图.png").first).to_be_visible()
    return page.locator(".facts strong").inner_text()


def _handle(page: Page) -> None:
    page.get_by_label("处理过程").fill("重启网关节点并回滚配置")
    page.get_by_label("未恢复").check()
    expect(page.get_by_label("恢复时间")).to_be_hidden()
    page.get_by_label("部分恢复").check()
    page.get_by_label("恢复时间").fill("2026-11-23T15:40")
    expect(page.get_by_label("处理过程")).to_have_value("重启网关节点并回滚配置")
    picture(page, "task")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("本单据下一步：回溯总结")


def _review(page: Page) -> None:
    page.get_by_role("button", name="认领").click()
    page.get_by_label("是", exact=True).check()
    page.locator("#f-root_cause").fill("网关配置下发时缺少校验")
    page.get_by_label("故障时间线").fill("15:20 发现，15:40 恢复")
    page.get_by_label("影响总结").fill("约两千名用户二十分钟内无法登录")
    page.locator("#f-improvement_actions-0-what").fill("配置下发前自动校验")
    page.locator("#f-improvement_actions-0-who").fill("yunwei2")
    page.locator("#f-improvement_actions-0-due").fill("2026-12-15")
    page.get_by_role("button", name="添加一行").click()
    expect(page.locator("#f-improvement_actions-1-what")).to_be_focused()
    page.get_by_role("button", name="移除第 2 行").click()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("本单据下一步：故障评估")


def test_w_01_payloads_are_text_on_every_page(opened: Opened, stand: Stand) -> None:
    payload = "\"><img src=x onerror=alert(1)><svg onload=alert(1)>{{constructor.constructor('alert(1)')()}}"
    kefu = opened("kefu")
    page = kefu.open("/catalogue/fault/new")
    page.locator("#f-title").fill(payload)
    page.get_by_label("业务").select_option("website")
    page.get_by_label("故障描述").fill("javascript:alert(1)" + payload)
    page.get_by_label("发现时间").fill("2026-11-23T15:20")
    page.get_by_label("故障来源").select_option("manual")
    page.get_by_label("故障分类").select_option("other")
    page.get_by_label("故障子类").select_option("other")
    page.get_by_label("影响范围").select_option("low")
    page.get_by_label("紧急程度").select_option("low")
    page.get_by_label("处理团队").select_option("network")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(payload)
    page.get_by_label("添加评论").fill(payload)
    page.get_by_role("button", name="评论").click()
    expect(page.locator("article .prose")).to_have_text(payload)
    stand.work()
    ops = opened("yunwei1")
    for address in ("/inbox?view=claimable", "/tickets?scope=all", "/mailbox", "/tickets?scope=all&q=%22%3E%3Cimg"):
        shown = ops.open(address).locator("a.subject", has_text="onerror=alert(1)")
        expect(shown.first).to_be_visible()
    ops.page.locator("a.subject", has_text="onerror").first.click()
    ops.open("/mailbox").locator("a.subject").first.click()
    ops.page.get_by_role("link", name="打开待办").click()
    expect(ops.page.locator("h1")).to_contain_text("故障跟进")


def test_what_is_typed_while_the_fields_follow_stays(opened: Opened, stand: Stand) -> None:
    page = opened("kefu").open("/catalogue/fault/new")
    held: list[Route] = []
    page.route("**/fields", lambda route: held.append(route))
    page.get_by_label("故障分类").select_option("network")
    page.locator("#f-title").fill("一")
    page.locator("#f-title").press_sequentially("边查一边写")
    expect(page.get_by_label("故障子类").locator("option")).to_have_count(1)
    while not held:
        page.wait_for_timeout(20)
    for each in held:
        each.continue_()
    expect(page.get_by_label("故障子类").locator("option")).to_have_count(5)
    expect(page.locator("#f-title")).to_have_value("一边查一边写")


def test_the_summary_of_errors_gets_the_focus_and_leads_to_the_fields(opened: Opened) -> None:
    kefu = opened("kefu")
    kefu.expected = {422}
    page = kefu.open("/catalogue/fault/new")
    page.locator("#f-title").fill("只写了标题")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#refusal")).to_be_focused()
    expect(page.locator("#f-title")).to_have_value("只写了标题")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("业务")).to_be_focused()


def test_what_is_typed_into_a_field_that_is_drawn_anew_meanwhile_stays(opened: Opened, stand: Stand) -> None:
    ops = opened("yunwei2")
    page = ops.open("/inbox?view=claimable")
    page.get_by_role("row").filter(has_text="北区机房一台主机磁盘告警").get_by_role("button", name="认领").click()
    held: list[Route] = []
    page.route("**/fields", lambda route: held.append(route))
    page.get_by_role("radio", name="是", exact=True).check()
    page.locator("#f-root_cause").fill("磁盘到寿命")
    while not held:
        page.wait_for_timeout(20)
    for each in held:
        each.continue_()
    expect(page.locator("#f-root_cause-field")).to_contain_text("必填")
    expect(page.locator("#f-root_cause")).to_have_value("磁盘到寿命")


def test_leaving_a_form_with_unsent_answers_asks_first(opened: Opened, stand: Stand) -> None:
    kefu = opened("kefu")
    page = kefu.open("/catalogue/fault/new")
    page.locator("#f-title").click()
    page.keyboard.type("还没写完")
    page.get_by_role("button", name="English").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert kefu.asked == 1
    expect(page.locator("#f-title")).to_have_value("还没写完")
