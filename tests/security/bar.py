"""The lines of the security and reliability bar: their ids, the tests that name them, and what they wait for.

A test names a line by its function's name (`test_w_05_...`) or in its docstring (`W-05`). A line whose feature does not
exist yet stands in pending.toml, with a signal by which its feature will be recognised.
"""

import ast
import importlib.util
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from app.cli.main import COMMANDS
from bpmn.forms.model import FieldType
from bpmn.support import RUNS
from storage.tables import metadata
from tests.architecture.repository import ROOT, modules

PAGE = ROOT.parent / "shared" / "security-bar.md"
LIST = Path(__file__).with_name("bar.txt")
PENDING = Path(__file__).with_name("pending.toml")

_ROW = re.compile(r"^\| ([SXAWFODR]-\d\d) \|", re.MULTILINE)
_IN_NAME = re.compile(r"(?<=_)([sxawfodr])_?(\d\d)(?=_|$)")
_IN_TEXT = re.compile(r"\b[SXAWFODR]-\d\d\b")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Why a line has no test yet, or what part of it has none, and what will show that it can have one."""

    feature: str
    part: str | None
    signals: tuple[tuple[str, str], ...]
    """(kind, name): a kind of `Signals`, and what of that kind will exist."""


def ids_of(page: str) -> tuple[str, ...]:
    """The ids of the page's lines, in its order."""
    return tuple(_ROW.findall(page))


def listed() -> tuple[str, ...]:
    """The committed list of ids."""
    return tuple(LIST.read_text("utf-8").split())


def named_by(source: str) -> set[str]:
    """The ids that the tests of a module name; what its other prose mentions does not count."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            found |= {f"{letter.upper()}-{number}" for letter, number in _IN_NAME.findall(node.name)}
            found |= set(_IN_TEXT.findall(ast.get_docstring(node) or ""))
    return found


def named() -> dict[str, list[str]]:
    """The modules whose tests name each id."""
    places: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for each in named_by(path.read_text("utf-8")):
            places.setdefault(each, []).append(path.relative_to(ROOT).as_posix())
    return places


def read(text: str) -> dict[str, Waiting]:
    """The lines that wait."""
    return {key: _waiting(entry) for key, entry in tomllib.loads(text).get("pending", {}).items()}


def _waiting(entry: dict[str, Any]) -> Waiting:
    signals = tuple(
        (kind, name)
        for kind, names in entry.items()
        if kind not in ("feature", "part")
        for name in ([names] if isinstance(names, str) else names)
    )
    return Waiting(feature=entry["feature"], part=entry.get("part"), signals=signals)


def signals_of(app: Flask) -> Mapping[str, Callable[[str], bool]]:
    """By kind of signal, whether something of that name exists."""
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    sources = [(ROOT / path).read_text("utf-8") for path in modules()]
    imported = {name for source in sources for name in _imports(source)}
    columns = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns}
    return {
        "route": lambda name: any(name in rule for rule in rules),
        "module": _is_module,
        "setting": lambda name: any(f'"{name}"' in source for source in sources),
        "element": lambda name: name in RUNS,
        "table": lambda name: name in metadata.tables,
        "column": lambda name: name in columns,
        "command": lambda name: name in COMMANDS,
        "component": lambda name: name in {each.value for each in FieldType},
        "imports": lambda name: name in imported,
        "code": lambda name: any(f'"{name}"' in source for source in sources),
        "file": lambda pattern: any(True for _ in ROOT.glob(pattern)),
    }


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        # A package on the way to it is not there.
        return False


def _imports(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
