"""The contracts of setup.cfg hold, and each is seen to break when its rule is broken."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.repository import PACKAGES, ROOT

# Contract id in setup.cfg, the module that offends, what it imports.
OFFENCES = (
    ("layers", "bpmn.offender", "engine"),
    ("layers", "engine.offender", "storage"),
    ("layers", "storage.offender", "app"),
    ("layers", "bpmn.offender", "app"),
    ("library", "app.offender", "SpiffWorkflow"),
    ("library", "bpmn.offender", "SpiffWorkflow.bpmn"),
    ("library", "storage.offender", "SpiffWorkflow"),
    ("library", "engine.offender", "SpiffWorkflow"),
    ("library", "engine.commands.offender", "SpiffWorkflow.task"),
    ("pure", "bpmn.offender", "flask"),
    ("pure", "bpmn.offender", "sqlalchemy"),
    ("pure", "bpmn.offender", "psycopg"),
    ("engine", "engine.offender", "flask"),
    ("engine", "engine.offender", "sqlalchemy.engine"),
    ("engine", "engine.offender", "psycopg"),
    ("values", "engine.values.offender", "engine.rulings"),
    ("flask", "storage.offender", "flask"),
)


def _contracts() -> dict[str, str]:
    """Return the name of each contract by its id."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    prefix = "importlinter:contract:"
    return {
        section.removeprefix(prefix): config[section]["name"]
        for section in config.sections()
        if section.startswith(prefix)
    }


def _verdicts(directory: Path) -> dict[str, str]:
    """Run lint-imports in a directory and return KEPT or BROKEN by contract id."""
    finished = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
            "--config=setup.cfg",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=directory,
    )
    shown = re.sub(r"\x1b\[[0-9;]*m", "", finished.stdout)
    verdicts = {
        contract: found[1]
        for contract, name in _contracts().items()
        if (found := re.search(rf"^{re.escape(name)} (KEPT|BROKEN)", shown, re.MULTILINE))
    }
    assert set(verdicts) == set(_contracts()), finished.stdout + finished.stderr
    assert (finished.returncode == 0) == ("BROKEN" not in verdicts.values())
    return verdicts


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__", "static", "*.pyc")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    return tmp_path


def _add_module(directory: Path, module: str, imported: str) -> None:
    *parents, name = module.split(".")
    package = directory.joinpath(*parents)
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").touch()
    (package / f"{name}.py").write_text(f"import {imported}\n")


def test_every_contract_is_kept() -> None:
    assert set(_verdicts(ROOT).values()) == {"KEPT"}


@pytest.mark.parametrize(("contract", "module", "imported"), OFFENCES, ids=[f"{c}-{m}-{i}" for c, m, i in OFFENCES])
def test_an_offending_import_breaks(contract: str, module: str, imported: str, copy: Path) -> None:
    _add_module(copy, module, imported)
    assert _verdicts(copy)[contract] == "BROKEN"


def test_the_runner_may_import_the_library(copy: Path) -> None:
    _add_module(copy, "engine.runner.door", "SpiffWorkflow.bpmn")
    _add_module(copy, "engine.commands.user", "engine.runner.door")
    assert set(_verdicts(copy).values()) == {"KEPT"}


def test_every_contract_has_an_offence() -> None:
    assert {contract for contract, _, _ in OFFENCES} == set(_contracts())
