"""The tutorial speaks of what is on the screen: every word in bold is a person of the demo, a label or a button."""

import re
from functools import cache

import pytest

from app.bundled import bundled
from app.demo.catalogue import CATEGORIES, OFFERS
from app.demo.people import BUSINESSES, CAST
from tests.architecture.repository import ROOT

TUTORIAL = (ROOT / "docs" / "tutorial" / "first-incident.md").read_text("utf-8")


@cache
def on_screen() -> set[str]:
    """Every text that the pages and the demo's data can show in English, and the two languages' own names."""
    pages = [path.read_text("utf-8") for path in (ROOT / "app" / "web").rglob("*") if path.suffix in (".html", ".py")]
    texts = {
        text for page in pages for pair in re.findall(r'gettext\("(.+?)"|_\([\'"](.+?)[\'"]\)', page) for text in pair
    }
    texts |= {text for page in pages for text in re.findall(r">\s*([^<>{}]+?)\s*<", page)}
    file = bundled("fault-handling").decode()
    texts |= set(re.findall(r'label:en": "(.+?)"', file)) | set(re.findall(r'xml:lang="en">(.+?)<', file))
    named = [each.names for each in OFFERS] + [*CATEGORIES.values(), *BUSINESSES.values()]
    return texts | {each.en for each in named} | {each.name for each in CAST}


@pytest.mark.parametrize("word", sorted(set(re.findall(r"\*\*(.+?)\*\*", TUTORIAL.replace("\n", " ")))))
def test_a_word_in_bold_is_on_the_screen(word: str) -> None:
    assert word in on_screen()


def test_the_tutorial_names_the_people_it_plays() -> None:
    assert {"kefu", "yunwei1", "yunwei2", "qc"} <= set(re.findall(r"\*\*(\w+)\*\*", TUTORIAL))
