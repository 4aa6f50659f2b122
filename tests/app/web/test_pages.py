"""What every page carries, and what a page says when something is not there or goes wrong."""

import hashlib
import json
from datetime import UTC

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import g

from app.web import words
from app.web.blueprint import HERE
from app.web.reader import Reader
from engine.errors import Busy
from engine.values.processes import Kind
from engine.values.rulings import Action
from engine.values.tickets import Phase
from tests.app.web.conftest import Site

CATALOGUE = HERE / "translations" / "zh_Hans_CN" / "LC_MESSAGES"
METHODS = [("web/**.py", "python"), ("web/templates/**.html", "jinja2")]


def test_every_text_of_the_pages_is_in_the_chinese_catalogue() -> None:
    found = extract_from_dir(
        HERE.parent,
        method_map=METHODS,
        options_map={"web/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}},
        keywords={"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None},
    )
    wanted = {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}
    assert len(wanted) > 200
    with (CATALOGUE / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans_CN")
    there = {each.id[0] if isinstance(each.id, tuple) else each.id: each for each in catalogue if each.id}
    assert wanted - there.keys() == set(), "run make messages and translate what is new"
    assert there.keys() - wanted == set(), "run make messages: these are said no more"
    empty = [
        key for key, each in there.items() if not (each.string if isinstance(each.string, str) else all(each.string))
    ]
    assert empty == []
    assert [key for key, each in there.items() if each.fuzzy] == []


def test_the_compiled_catalogue_is_the_one_that_people_edit() -> None:
    with (CATALOGUE / "messages.po").open("rb") as file:
        edited = {_first(each.id): _first(each.string) for each in read_po(file, locale="zh_Hans_CN") if each.id}
    with (CATALOGUE / "messages.mo").open("rb") as file:
        compiled = {_first(each.id): _first(each.string) for each in read_mo(file) if each.id}
    assert compiled == edited, "run make messages"


def _first(text: object) -> object:
    """A plural's first form: Chinese has no other."""
    return text[0] if isinstance(text, tuple | list) else text


def test_what_others_wrote_is_as_it_came() -> None:
    vendor = HERE / "static" / "vendor"
    lock = json.loads((vendor / "lock.json").read_text())
    assert {path.name for path in vendor.iterdir()} - {"lock.json"} == lock.keys()
    for name, entry in lock.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == entry["sha256"], name
        assert entry["licence"]


def test_styles_and_scripts_keep_to_their_budgets() -> None:
    assert sum(path.stat().st_size for path in (HERE / "static").glob("*.css")) <= 40 * 1024
    assert sum(path.stat().st_size for path in (HERE / "static").rglob("*.js")) <= 60 * 1024


def test_every_code_that_people_see_has_a_word(lite: Site) -> None:
    lite.visit("kefu").go("/inbox")
    with lite.app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        g.reader = Reader(actor=None, language="zh-CN", zone=UTC, now=lite.desk.clock())
        said = [words.action_word(action) for action in Action] + [words.kind_word(kind) for kind in Kind]
        said += [words.phase_word(phase) for phase in Phase]
        said += [words.status_word(status) for status in words.statuses()]
        assert [word for word in said if word.isascii()] == []


@pytest.mark.parametrize("address", ["/inbox", "/login", "/nothing-here", "/catalogue"])
def test_w_03_every_page_carries_the_policy(lite: Site, address: str) -> None:
    headers = lite.visit("kefu").go(address).response.headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_an_address_that_is_none_is_a_page_to_a_browser_and_a_problem_to_a_program(lite: Site) -> None:
    page = lite.visit("kefu").go("/nothing-here")
    assert (page.status, "NO_SUCH_ADDRESS" in page.text, "没有这个地址" in page.text) == (404, True, True)
    assert page.response.headers["X-Request-Id"] in page.text
    client = lite.app.test_client()
    assert client.get("/nothing-here").content_type.startswith("application/problem+json")
    browser = {"Accept": "text/html"}
    assert client.get("/api/v1/nothing", headers=browser).content_type.startswith("application/problem+json")


def test_a_page_is_not_asked_by_a_method_that_it_does_not_take(lite: Site) -> None:
    page = lite.visit("kefu")
    response = page.client.put("/inbox", headers={"Accept": "text/html"})
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_w_16_a_failure_says_nothing_but_its_request(lite: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = lite.visit("kefu", language="en")
    monkeypatch.setattr("app.web.pages.inbox.queries.counts", lambda _work: 1 / 0)
    page = visitor.go("/inbox")
    assert page.status == 500
    assert "ZeroDivision" not in page.response.text
    assert page.response.headers["X-Request-Id"] in page.text


def test_a_busy_database_asks_to_come_again(lite: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_work: object) -> None:
        raise Busy("BUSY", {"retry_after": 2})

    monkeypatch.setattr("app.web.pages.inbox.queries.counts", busy)
    page = lite.visit("kefu").go("/inbox")
    assert (page.status, page.response.headers["Retry-After"]) == (503, "2")
    assert "数据库繁忙" in page.text


def test_a_file_outside_the_pages_is_not_served(lite: Site) -> None:
    client = lite.app.test_client()
    for name in ("../blueprint.py", "%2e%2e/blueprint.py", "..%2fblueprint.py", "/etc/passwd", "vendor"):
        assert client.get(f"/static/{name}").status_code == 404, name
    response = client.get("/static/desk.css")
    assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "address",
    ["/inbox?cursor=forged", "/tickets?cursor=forged", "/mailbox?cursor=forged", "/tickets?scope=%00", "/tasks/x%FF"],
)
def test_a_forged_address_is_refused_as_a_page(lite: Site, address: str) -> None:
    page = lite.visit("kefu").go(address)
    assert page.status in (400, 404)
    assert page.response.content_type.startswith("text/html")


def test_lists_are_turned_page_by_page(lite: Site) -> None:
    for number in range(27):
        lite.desk.open(title=f"故障 {number}")
    visitor = lite.visit("yunwei1")
    for address in ("/inbox?view=claimable", "/tickets?scope=all"):
        first = visitor.go(address).texts("//a[@class='subject']")
        more = visitor.page.all("//a[@rel='next']/@href")  # type: ignore[union-attr]
        second = visitor.go(more[0]).texts("//a[@class='subject']")
        assert (len(first), len(second)) == (25, 2), address
        assert not set(first) & set(second)
        assert not visitor.page.all("//a[@rel='next']")  # type: ignore[union-attr]
    found = visitor.go("/tickets?scope=all&q=故障 26").texts("//a[@class='subject']")
    assert found == ["故障 26"]
    none = visitor.go("/tickets?scope=all&status=CLOSED")
    assert "没有符合条件的单据" in none.text


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z"])
def test_a_ticket_from_the_edge_of_the_calendar_is_shown(lite: Site, edge: str) -> None:
    opened = lite.desk.open(discovered_at=edge, description=edge)
    for name in ("kefu", "yunwei1"):
        assert lite.visit(name).go(f"/tickets/{opened.case.ticket.id}").status == 200
