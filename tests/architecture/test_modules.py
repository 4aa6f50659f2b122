"""Every module says what it is for, and every test directory is a package."""

import ast
from pathlib import Path

import pytest

from tests.architecture.repository import PACKAGES, ROOT, committable, modules


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_has_a_docstring(package: str) -> None:
    mine = [path for path in modules() if path.parts[0] == package]
    assert mine
    silent = [path for path in mine if not ast.get_docstring(ast.parse((ROOT / path).read_text("utf-8")))]
    assert silent == []


def test_every_directory_with_tests_is_a_package() -> None:
    # Without it, tests/storage/test_tasks.py and tests/engine/test_tasks.py would be one module to pytest.
    directories = {path.parent for path in committable(ROOT) if path.match("tests/**/test_*.py")}
    directories |= {path.parent for path in committable(ROOT) if path.match("tests/test_*.py")}
    assert Path("tests/architecture") in directories
    assert [path for path in sorted(directories) if not (ROOT / path / "__init__.py").exists()] == []
