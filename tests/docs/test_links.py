"""Every link from one page of the repository to another leads somewhere, headings included."""

import re
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, text_files

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PAGES = [path for path, _ in text_files() if path.suffix == ".md"]


def links(text: str) -> list[str]:
    """The relative addresses in a page, outside of its examples."""
    found = _LINK.findall(_FENCED.sub("", text))
    return [each for each in found if not re.match(r"[a-z]+:", each)]


def anchors(text: str) -> set[str]:
    """The addresses of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links((ROOT / page).read_text("utf-8")):
        address, _, anchor = link.partition("#")
        target = (ROOT / page).parent / address if address else ROOT / page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            broken.append(link)
    assert broken == []


def test_every_page_of_the_documentation_is_found_from_its_index() -> None:
    docs = ROOT / "docs"
    linked = set()
    for index in (docs / "README.md", docs / "decisions" / "README.md"):
        linked |= {(index.parent / link.partition("#")[0]).resolve() for link in links(index.read_text("utf-8"))}
    pages = {(ROOT / page).resolve() for page in PAGES if page.parts[0] == "docs"}
    assert pages - linked - {(docs / "README.md").resolve()} == set()


def test_the_search_sees_links_and_headings() -> None:
    text = "# A *b*, c\n[x](y.md#z) ![p](i.png)\n```\n[no](no.md)\n```\n[out](https://example.org)"
    assert links(text) == ["y.md#z", "i.png"]
    assert anchors(text) == {"a-b-c"}
