"""The two commands of README work where they should and say why where they cannot."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT


def _run(*command: str, cwd: Path = ROOT, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL"}}
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**inherited, **({"PATH": str(path)} if path else {})},
    )


def _program(directory: Path, name: str, script: str) -> Path:
    directory.mkdir(exist_ok=True)
    program = directory / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A directory where setup has been done, by the look of its stamps."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    _program(tmp_path / ".venv", "nothing", "exit 1")
    _program(tmp_path / ".venv" / "bin", "python", "exit 1")
    for second, stamp in enumerate((".ready", ".ready-dev")):
        (tmp_path / ".venv" / stamp).touch()
        os.utime(tmp_path / ".venv" / stamp, (2_000_000_000 + second,) * 2)
    return tmp_path


def test_an_old_python_is_refused_in_one_sentence(tmp_path: Path) -> None:
    old = _program(tmp_path, "python", 'case "$1" in --version) echo "Python 3.10.4";; *) exit 1;; esac')
    refused = _run("make", "setup", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}")
    assert refused.returncode != 0
    assert f"Faultdesk needs Python 3.11 or newer, and {old} is Python 3.10.4" in refused.stderr
    assert not (tmp_path / "venv").exists()


def test_a_missing_python_is_named(tmp_path: Path) -> None:
    refused = _run("make", "setup", "PYTHON=no-such-python", f"VENV={tmp_path / 'venv'}")
    assert refused.returncode != 0
    assert "There is no no-such-python. Faultdesk needs Python 3.11 or newer" in refused.stderr


def test_setup_does_nothing_the_second_time(installed: Path) -> None:
    assert _run("make", "--question", "setup", cwd=installed).returncode == 0


@pytest.mark.parametrize("changed", ["requirements/base.txt", "pyproject.toml"])
def test_setup_installs_again_when_its_input_changes(installed: Path, changed: str) -> None:
    os.utime(installed / changed, (2_100_000_000,) * 2)
    assert _run("make", "--question", "setup", cwd=installed).returncode == 1


def test_a_change_of_the_development_lock_leaves_setup_alone(installed: Path) -> None:
    os.utime(installed / "requirements" / "dev.txt", (2_100_000_000,) * 2)
    assert _run("make", "--question", "setup", cwd=installed).returncode == 0
    assert _run("make", "--question", ".venv/.ready-dev", cwd=installed).returncode == 1


def test_help_is_the_default_and_lists_every_target() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony
    shown = _run("make", "--no-print-directory").stdout
    assert re.findall(r"^  make ([a-z-]+) ", shown, re.MULTILINE) == phony[1].split()


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A PATH on which nothing is missing and apt-get and make only say that they were called."""
    directory = tmp_path / "bin"
    for name in ("git", "initdb", "chromium", "python3"):
        _program(directory, name, "exit 0")
    _program(directory, "fc-list", "echo a font")
    _program(directory, "apt-get", 'echo "apt-get $*" >&2')
    _program(directory, "sudo", 'exec "$@"')
    _program(directory, "make", 'echo "make $* CI=$CI"')
    for name in ("bash", "dirname", "env"):
        (directory / name).symlink_to(str(shutil.which(name)))
    return directory


def test_ci_calls_make_test_and_installs_nothing_that_is_there(machine: Path) -> None:
    finished = _run(str(ROOT / ".ci" / "run"), path=machine)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout == "make --no-print-directory test CI=true\n"


def test_ci_installs_only_what_is_missing(machine: Path) -> None:
    (machine / "chromium").unlink()
    _program(machine, "fc-list", "exit 0")
    finished = _run(str(ROOT / ".ci" / "run"), path=machine)
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr.splitlines() == [
        "apt-get -qq update",
        "apt-get -qq -y --no-install-recommends install chromium fontconfig fonts-noto-cjk",
    ]


def test_ci_fails_when_the_tests_fail(machine: Path) -> None:
    _program(machine, "make", "exit 2")
    assert _run(str(ROOT / ".ci" / "run"), path=machine).returncode == 2


def test_the_hooks_are_well_formed() -> None:
    checked = _run(sys.executable, "-m", "pre_commit", "validate-config", ".pre-commit-config.yaml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
