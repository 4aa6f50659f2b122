"""README tells the truth: its story runs as it stands there and prints what stands below it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.console import README, ROOT, blocks, settled, shell

TEXT = README.read_text("utf-8")
LONGEST = 240


@pytest.mark.xdist_group("readme")
def test_the_story_prints_what_readme_shows(tmp_path: Path) -> None:
    with shell(tmp_path) as opened:
        for block in blocks(TEXT):
            printed = opened.run(block.commands)
            assert settled(printed) == settled(block.output), f"README.md, line {block.line}"


def test_the_story_has_all_six_points() -> None:
    assert re.findall(r"^### (\d)\.", TEXT, re.MULTILINE) == ["1", "2", "3", "4", "5", "6"]
    assert len([block for block in blocks(TEXT) if block.output]) >= 6


@pytest.mark.parametrize("target", ["run", "test"])
def test_readme_names_commands_that_make_knows(target: str) -> None:
    assert f"```sh\nmake {target}\n```" in TEXT
    # Not `make -n`: a recipe that calls make again runs in spite of it.
    known = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert f"make {target} " in known


@pytest.mark.xdist_group("readme")
def test_the_demo_greets_as_readme_shows(tmp_path: Path) -> None:
    """`make run` is `faultdesk demo`, which prints this before it serves."""
    [shown] = re.findall(r"```text\n(Faultdesk demo.*?)```", TEXT, re.DOTALL)
    path = Path(sys.executable).parent / "faultdesk"
    printed = subprocess.run(
        [path, "demo", "--prepare-only"],
        cwd=ROOT,
        env={"FAULTDESK_DATA_DIR": str(tmp_path), "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert _lines(settled(printed)) == _lines(settled(shown))


@pytest.mark.parametrize(
    ("printed", "settles_to"),
    [
        ("d88525-3bbb10-271cda", "PASSWORD"),
        ("2026-11-23T14:01:16.895334+00:00", "TIME"),
        ("at 2026-11-23 14:01.", "at MINUTE."),
        ("INC20261123000042", "INCDATE000042"),
        ("01a208b4-d7c9-7173-ae88-20d2d2390a1b.3", "ID.3"),
        ("claimed  yunwei1", "claimed  yunwei1"),
    ],
)
def test_only_what_changes_is_settled(printed: str, settles_to: str) -> None:
    assert settled(printed) == settles_to


def test_readme_stays_short() -> None:
    assert TEXT.count("\n") <= LONGEST


def _lines(text: str) -> list[str]:
    """Without the blanks with which a table is filled up."""
    return [line.rstrip() for line in text.strip().splitlines()]
