"""Every page at every width, light and dark: nothing wider than the window, nothing that axe objects to."""

from pathlib import Path

import pytest

from tests.app.web.browser.conftest import Opened, Stand

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parents[1] / "vendor" / "axe-4.14.1.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def _pages(stand: Stand) -> dict[str, list[str]]:
    """By person: the addresses of pages of every kind, with things on them."""
    with stand.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("select t.id, k.seq, k.state from ticket t join task k on k.ticket_id = t.id")
        tasks: dict[str, str] = {}
        for ticket, seq, state in rows:
            tasks[state] = f"{ticket[:8]}-{ticket[8:12]}-{ticket[12:16]}-{ticket[16:20]}-{ticket[20:]}.{seq}"
    lists = ["/inbox?view=claimable", "/inbox?view=mine", "/inbox?view=done", "/catalogue", "/catalogue/fault/new"]
    lists += [
        "/tickets?scope=all",
        "/tickets?scope=followed",
        "/tickets?scope=all&q=nothing",
        "/mailbox?of=all",
        "/profile",
    ]
    work = [f"/tasks/{task}" for task in tasks.values()] + [f"/tickets/{tasks['completed'].partition('.')[0]}"]
    return {"admin": [*lists, *work, "/nothing-here"], "yunwei1": ["/inbox", *work]}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_every_page_fits_its_window_and_everybody(opened: Opened, stand: Stand, width: int, dark: bool) -> None:
    found: list[str] = []
    for name, addresses in _pages(stand).items():
        watched = opened(name, width=width, dark=dark)
        watched.expected = {404}
        for address in addresses:
            found += _wrong_with(watched.open(address), address)
    stranger = opened(None, width=width, dark=dark)
    found += _wrong_with(stranger.open("/login?next=/inbox"), "/login")
    assert not found, "\n".join(found)


def _wrong_with(page: object, address: str) -> list[str]:
    run = page.evaluate  # type: ignore[attr-defined]
    found = []
    over = run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 0:
        found.append(f"{address} is {over} px too wide")
    run(AXE)
    result = run("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    for violation in result["violations"]:
        found += [f"{address}: {violation['id']}: {node['html'][:160]}" for node in violation["nodes"]]
    return found
