"""W-01 and X-13 in a real browser: a name, a label or a text that would be markup is only ever read."""

import pytest
from playwright.sync_api import expect

from storage import tables
from tests.app.web.browser.conftest import Opened, Stand

PAYLOADS = "\"><img src=x onerror=alert(1)><svg onload=alert(1)>{{constructor.constructor('alert(1)')()}}"
LINK = "[a](javascript:alert(1)) <iframe src=javascript:alert(1)></iframe><style>body{display:none}</style>"
PAGES = {
    "kefu": ("/catalogue", "/catalogue/fault/new", "/tickets?scope=all", "/profile", "/mailbox"),
    "yunwei1": ("/inbox?view=claimable", "/inbox?view=mine", "/tickets?scope=all", "/mailbox"),
    "admin": ("/tickets?scope=all", "/mailbox?of=all", "/catalogue"),
}


def poison(stand: Stand) -> None:
    """Let every stored name that a page may show hold the payloads, as if no check had kept them out."""
    with stand.database.engine.begin() as connection:
        connection.execute(tables.user.update().values(display_name=PAYLOADS))
        for table in (tables.service, tables.process, tables.category, tables.role, tables.business):
            connection.execute(table.update().values(name_zh=PAYLOADS + LINK, name_en=PAYLOADS + LINK))
        connection.execute(tables.ticket.update().values(title=PAYLOADS + LINK))
        connection.execute(tables.comment.update().values(text=PAYLOADS + LINK))
        connection.execute(tables.attachment.update().values(name=PAYLOADS))
        connection.execute(tables.message.update().values(subject=PAYLOADS, body=PAYLOADS + LINK))
        for row in connection.execute(tables.version.select()).all():
            # The definition is what pages read: its names, labels, descriptions and options.
            poisoned = row.definition.replace("故障".encode(), b"<img src=x onerror=alert(1)>")
            chosen = tables.version.update().where(tables.version.c.hash == row.hash)
            connection.execute(chosen.values(definition=poisoned))


@pytest.mark.parametrize("name", list(PAGES))
def test_w_01_x_13_whatever_holds_markup_is_text_on_every_page(opened: Opened, stand: Stand, name: str) -> None:
    poison(stand)
    reader = opened(name)
    for address in PAGES[name]:
        page = reader.open(address)
        assert page.locator("img[src='x'], iframe, svg[onload], a[href^='javascript']").count() == 0, address
    expect(page.locator("body")).to_contain_text("onerror=alert(1)")
    for link in page.locator("a[href^='/tickets/'], a[href^='/tasks/']").evaluate_all("all => all.map(a => a.href)")[
        :3
    ]:
        page.goto(link)
        expect(page.locator("body")).to_contain_text("onerror=alert(1)")
        assert page.locator("img[src='x'], iframe, svg[onload], a[href^='javascript']").count() == 0, link
