"""The page of findings says what the catalogue says."""

from pathlib import Path

from bpmn.messages.page import page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "findings.md"


def test_the_page_is_made_from_the_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write bpmn.messages.page.page() to docs/reference/findings.md"
