"""An installation may lower the limits, by settings that are read once; the page that lists them is true."""

import ast
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from bpmn import limits

ROOT = Path(__file__).parents[2]
MEGABYTE = 1024 * 1024
PAGE = ROOT / "docs" / "how-to" / "lower-limits.md"


def read(name: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A fresh process's view of one limit under these settings."""
    script = f"from bpmn import limits; print(limits.{name})"
    clean = {key: value for key, value in os.environ.items() if not key.startswith("FAULTDESK_")}
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={**clean, **settings}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("1024", 1024), (str(99 * MEGABYTE), 25 * MEGABYTE), ("9" * 5_000, 25 * MEGABYTE)],
)
def test_a_limit_can_be_lowered_and_not_raised(setting: str, expected: int) -> None:
    assert read("ATTACHMENT_BYTES").stdout == f"{25 * MEGABYTE}\n"
    assert read("ATTACHMENT_BYTES", FAULTDESK_LIMIT_ATTACHMENT_BYTES=setting).stdout == f"{expected}\n"


@pytest.mark.parametrize("nonsense", ["", "0", "-1", "1.5", "1e3", "25 MB", "٣", "²", " 7"])
def test_nonsense_is_refused_with_the_settings_name(nonsense: str) -> None:
    ran = read("XML_DEPTH", FAULTDESK_LIMIT_XML_DEPTH=nonsense)
    assert ran.returncode != 0
    told = f"FAULTDESK_LIMIT_XML_DEPTH: {nonsense!r} is not a whole number above zero"
    assert ran.stderr.rstrip().endswith(told)


@pytest.mark.parametrize("name", ["XML_DEPHT", "_PREFIX", "os", ""])
def test_a_limit_that_does_not_exist_is_refused(name: str) -> None:
    ran = read("XML_DEPTH", **{f"FAULTDESK_LIMIT_{name}": "7"})
    assert ran.stderr.rstrip().endswith(f"FAULTDESK_LIMIT_{name}: there is no such limit")


def rows() -> list[str]:
    """The table's rows, made of the module: setting, highest value, and what it counts."""
    body = ast.parse(Path(limits.__file__).read_text("utf-8")).body
    found = []
    for node, after in pairwise(body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call) and "_limit(" in ast.unparse(node):
            [named, _] = node.value.args
            assert isinstance(node.target, ast.Name)
            assert isinstance(named, ast.Constant)
            assert named.value == node.target.id, "each limit's setting has its own name"
            assert isinstance(after, ast.Expr)
            assert isinstance(after.value, ast.Constant)
            words = " ".join(str(after.value.value).split())
            found.append(f"| `{node.target.id}` | {getattr(limits, node.target.id):,} | {words} |")
    return found


def test_the_page_lists_every_limit() -> None:
    made = rows()
    assert len(made) == len([name for name in vars(limits) if name.isupper() and not name.startswith("_")]) >= 50
    table = PAGE.read_text("utf-8").partition("|---|---:|---|\n")[2].strip().splitlines()
    assert table == made, "write the table of docs/how-to/lower-limits.md anew:\n" + "\n".join(made)
