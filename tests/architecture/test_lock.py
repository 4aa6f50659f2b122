"""The lock files pin everything that is declared, exactly and by hash, and say nothing about where from."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.repository import ROOT

LOCKS = ("base", "dev")


def _lock(name: str) -> Path:
    return ROOT / "requirements" / f"{name}.txt"


def _entries(name: str) -> list[str]:
    """Return one logical line per requirement: pin, marker and hashes."""
    joined = _lock(name).read_text("utf-8").replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def _pins(name: str) -> dict[str, set[str]]:
    """Return the versions of each package; more than one where a marker chooses."""
    pins: dict[str, set[str]] = {}
    for entry in _entries(name):
        pin = Requirement(entry.split(" --hash=")[0])
        version = str(pin.specifier).removeprefix("==")
        pins.setdefault(canonicalize_name(pin.name), set()).add(version)
    return pins


def _declared() -> dict[str, list[Requirement]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    base, dev = project["dependencies"], project["optional-dependencies"]["dev"]
    return {"base": [Requirement(r) for r in base], "dev": [Requirement(r) for r in base + dev]}


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_one_version_with_hashes(name: str) -> None:
    shape = re.compile(r"[A-Za-z0-9._-]+==[\w.!+-]+(?: ; [^#]+?)?(?:\s+--hash=sha256:[0-9a-f]{64})+")
    assert _entries(name)
    assert [entry for entry in _entries(name) if not shape.fullmatch(entry)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_requirement_says_where_it_comes_from(name: str) -> None:
    text = _lock(name).read_text("utf-8")
    assert not re.search(r"://|@|^\s*-|--(?!hash=)", text.replace("\\\n    --hash=", "\\\n    "), re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_declared_dependency_is_locked_within_its_bounds(name: str) -> None:
    pins = _pins(name)
    for declared in _declared()[name]:
        versions = pins.get(canonicalize_name(declared.name), set())
        assert versions, f"{declared.name} is not locked: run make lock"
        for version in versions:
            assert declared.specifier.contains(version, prereleases=True), f"{declared} is locked at {version}"


def test_development_runs_on_what_users_run_on() -> None:
    base, dev = _pins("base"), _pins("dev")
    assert {name: dev.get(name) for name in base} == base
