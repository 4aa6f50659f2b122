"""The table of settings names what the code reads, all of it and nothing else, with the defaults that hold."""

import re
from pathlib import Path

import pytest

from app.settings import settings_from
from tests.architecture.repository import ROOT

PAGE = (ROOT / "docs" / "how-to" / "install.md").read_text("utf-8")
_NAME = re.compile(r"FAULTDESK_[A-Z_]*[A-Z]")


def rows() -> dict[str, str]:
    """Setting -> default, as the table says."""
    table = PAGE.partition("## Settings")[2]
    found = re.findall(r"^\| (`FAULTDESK.*?) \| (.*?) \|", table, re.MULTILINE)
    return {name: default for names, default in found for name in _NAME.findall(names)}


def read_by_the_code() -> set[str]:
    """Every setting that one of the packages names in a string of its own; prose may name families."""
    return {
        name
        for package in ("app", "bpmn", "engine", "storage")
        for path in (ROOT / package).rglob("*.py")
        for name in re.findall(r'"(FAULTDESK_[A-Z_]+)"', path.read_text("utf-8"))
    }


def test_the_table_names_every_setting_and_no_other() -> None:
    of_the_command_line = set(_NAME.findall(PAGE.partition("For the command line alone")[2]))
    assert of_the_command_line == {"FAULTDESK_AS", "FAULTDESK_TOKEN"}
    assert set(rows()) | of_the_command_line == read_by_the_code()


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("FAULTDESK_BASE_URL", "base_url"),
        ("FAULTDESK_LANGUAGE", "language"),
        ("FAULTDESK_METRICS_FROM", "metrics_from"),
    ],
)
def test_defaults_stand_as_they_are(name: str, attribute: str, tmp_path: Path) -> None:
    value = getattr(settings_from({"FAULTDESK_DATA_DIR": str(tmp_path)}), attribute)
    shown = " ".join(map(str, value)) if isinstance(value, tuple) else value
    assert rows()[name] == f"`{shown}`"


def test_what_defaults_to_nothing_is_nothing(tmp_path: Path) -> None:
    settings = settings_from({"FAULTDESK_DATA_DIR": str(tmp_path)})
    assert (settings.smtp, settings.trusted_proxies, settings.allow_http, settings.demo) == (None, (), False, False)
    assert [rows()[f"FAULTDESK_{each}"] for each in ("SMTP_HOST", "TRUSTED_PROXIES", "ALLOW_HTTP", "DEMO")] == [
        "none",
        "none",
        "no",
        "no",
    ]
