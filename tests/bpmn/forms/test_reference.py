"""docs/reference/forms.md says every code with its message, and every component."""

from pathlib import Path

from bpmn.forms.components import WIDGETS
from bpmn.forms.model import FieldType
from bpmn.messages.forms import MESSAGES

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "forms.md").read_text(encoding="utf-8")


def test_every_code_stands_there_with_its_message() -> None:
    missing = [code for code, (_, english) in MESSAGES.items() if f"| `{code}` | {english} |\n" not in PAGE]

    assert missing == []


def test_no_code_stands_there_that_is_gone() -> None:
    rows = [line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `") and line[3].isupper()]

    assert sorted(rows) == sorted(MESSAGES)


def test_every_component_and_widget_is_named() -> None:
    names = [*(each.value for each in FieldType), *WIDGETS]

    assert [name for name in names if f"`{name}`" not in PAGE] == []
