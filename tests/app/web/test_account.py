"""Signing in, where that leads, and one's own account."""

from datetime import timedelta

import pytest

from engine.commands import links
from engine.passwords import hash_password
from storage import tables
from storage.background import in_background
from tests.app.web.conftest import Site
from tests.app.web.visitor import Visitor

PASSWORD = "rivers run to the sea"
ANOTHER = "seven geese over the barn"


def _with_password(site: Site, name: str) -> Visitor:
    with site.desk.database.engine.begin() as connection:
        chosen = tables.user.update().where(tables.user.c.name == name)
        connection.execute(chosen.values(password_hash=hash_password(PASSWORD)))
    return site.visit()


def _sign_in(visitor: Visitor, name: str, password: str = PASSWORD, address: str = "/login") -> Visitor:
    visitor.go(address)
    visitor.send("/login", {"name": name, "password": password})
    return visitor


def test_a_deep_link_survives_signing_in(site: Site) -> None:
    task = f"/tasks/{site.desk.open().tasks[0].public_id}"
    visitor = _with_password(site, "yunwei1")
    page = visitor.go(task)
    assert "用户名" in page.text
    page = visitor.send("/login", {"name": "yunwei1", "password": PASSWORD})
    assert (page.status, page.url) == (200, task)
    page = visitor.send("/logout")
    assert "已退出登录" in page.text
    assert "用户名" in visitor.go(task).text


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x=1",
        "/\r\nSet-Cookie: x=1",
        "/\t/evil.example",
        "http:evil.example",
        "///evil.example",
        "/ /evil.example",
    ],
)
def test_w_14_signing_in_leads_nowhere_else(lite: Site, wanted: str) -> None:
    visitor = _with_password(lite, "eve")
    headers = {"Origin": "http://127.0.0.1:8080", "Accept": "text/html"}
    form = {"name": "eve", "password": PASSWORD, "next": wanted}
    response = visitor.client.post("/login", data=form, headers=headers)
    assert response.status_code == 303
    assert response.headers["Location"] in ("/", "/%0d%0aSet-Cookie:x=1")
    assert [each.partition("=")[0] for each in response.headers.getlist("Set-Cookie")] == ["faultdesk"]


def test_a_wrong_password_and_an_unknown_name_look_the_same_and_keep_the_name(lite: Site) -> None:
    visitor = _with_password(lite, "eve")
    wrong = _sign_in(visitor, "eve", "not it at all").page
    unknown = _sign_in(lite.visit(), "nobody", "not it at all").page
    assert wrong is not None
    assert unknown is not None
    assert (wrong.status, unknown.status) == (401, 401)
    assert wrong.texts("//*[@role='alert']") == unknown.texts("//*[@role='alert']") != []
    assert wrong.form("/login").fields["name"] == "eve"
    assert wrong.form("/login").fields["password"] is None


def test_whoever_tries_too_often_is_told_how_long_to_wait(lite: Site) -> None:
    visitor = _with_password(lite, "eve")
    for _ in range(12):
        page = _sign_in(visitor, "eve", "not it at all").page
        assert page is not None
        if page.status == 429:
            break
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0
    assert page.response.headers["Retry-After"] in page.texts("//*[@role='alert']")[0]


def test_a_session_from_before_signing_in_does_not_become_the_new_one(lite: Site) -> None:
    visitor = _with_password(lite, "eve")
    before = lite.session_of("eve")
    visitor.client.set_cookie("faultdesk", before)
    _sign_in(visitor, "eve")
    cookie = visitor.client.get_cookie("faultdesk")
    assert cookie is not None
    assert cookie.value != before
    old = lite.visit()
    old.client.set_cookie("faultdesk", before)
    assert "用户名" in old.go("/inbox").text


def test_a_session_that_ended_asks_for_the_password_and_says_so(lite: Site) -> None:
    visitor = lite.visit("eve")
    visitor.go("/tickets?scope=all&q=x")
    lite.desk.clock.forward(timedelta(minutes=31))
    page = visitor.go("/tickets?scope=all&q=x")
    assert "登录已失效" in page.text
    assert page.form("/login").fields["next"] == "/tickets?scope=all&q=x"


def test_the_first_admin_chooses_name_and_password_by_the_code_once(lite: Site) -> None:
    with lite.desk.database.engine.begin() as connection:
        connection.execute(tables.user.update().values(permissions=""))
    code = in_background(lite.desk.database, links.make_setup_code, now=lite.desk.clock())
    visitor = lite.visit()
    assert visitor.go("/setup?code=wrong").status == 404
    visitor.go(f"/setup?code={code}")
    page = visitor.send("/setup", {"name": "First Admin", "password": "short"})
    assert page.status == 422
    assert page.form("/setup").fields["name"] == "First Admin"
    assert len(page.all("//p[@class='error']")) == 2
    page = visitor.send("/setup", {"name": "first", "display_name": "首位管理员", "password": PASSWORD})
    assert "账户已创建" in page.text
    assert _sign_in(visitor, "first").page.url.endswith("/catalogue")  # type: ignore[union-attr]
    assert lite.visit().go(f"/setup?code={code}").status == 404


def test_a_reset_link_sets_a_password_once_and_ends_every_session(lite: Site) -> None:
    before = lite.visit("eve")
    eve = str(lite.desk.people["eve"])
    _, secret = lite.desk.do("admin", lambda work: links.make_reset_link(work, eve))
    visitor = lite.visit()
    assert "Eve" in visitor.go(f"/reset/{secret}").text
    assert visitor.send(f"/reset/{secret}", {"password": "password1"}).status == 422
    assert "密码已设置" in visitor.send(f"/reset/{secret}", {"password": PASSWORD}).text
    assert "用户名" in before.go("/inbox").text
    assert visitor.go(f"/reset/{secret}").status == 410
    assert _sign_in(visitor, "eve").page.status == 200  # type: ignore[union-attr]


def test_a_new_address_asks_for_the_password(site: Site) -> None:
    visitor = _sign_in(_with_password(site, "eve"), "eve")
    visitor.go("/profile")
    page = visitor.send("/profile", {"email": "eve@example.org", "display_name": "伊芙"})
    assert page.status == 422
    assert page.form("/profile").fields["email"] == "eve@example.org"
    page = visitor.send("/profile", {"password": "not it at all"})
    assert page.status == 403
    page = visitor.send("/profile", {"password": PASSWORD})
    assert "个人设置已保存" in page.text
    assert page.form("/profile").fields["email"] == "eve@example.org"
    assert page.texts("//span[@class='who']") == ["伊芙"]


def test_a_new_password_ends_every_other_session(site: Site) -> None:
    visitor = _sign_in(_with_password(site, "eve"), "eve")
    other = site.visit("eve")
    assert other.go("/profile").status == 200
    visitor.go("/profile")
    assert visitor.send("/profile/password", {"password": "wrong one", "new_password": ANOTHER}).status == 403
    assert "密码已修改" in visitor.send("/profile/password", {"password": PASSWORD, "new_password": ANOTHER}).text
    assert "用户名" in other.go("/profile").text


def test_the_language_goes_with_the_person_and_before_that_with_the_browser(lite: Site) -> None:
    visitor = _with_password(lite, "eve")
    visitor.go("/login?next=/profile")
    page = visitor.send("/language", button="language=en")
    assert page.all("/html/@lang") == ["en"]
    assert page.form("/login").fields["next"] == "/profile"
    _sign_in(visitor, "eve")
    page = visitor.go("/profile")
    assert page.all("/html/@lang") == ["en"]
    visitor.send("/profile/language", button="language=zh-CN")
    assert lite.visit("eve", language="en").go("/inbox").all("/html/@lang") == ["zh-CN"]
