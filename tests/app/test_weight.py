"""What the service loads before it answers: counted in modules, because a module is what a start takes its time for."""

import subprocess
import sys

import pytest

MODULES = 1_500
"""A few more than there are; who needs many more says here why a start is to wait for them."""
NOT_AT_START = {"hypothesis", "pytest", "numpy", "unittest", "tkinter", "setuptools", "pkg_resources", "IPython"}
"""Loaded for development, or by a library that could make use of them."""


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    """The modules of `faultdesk serve` when its processes are forked."""
    code = "import sys, app.cli.main, app.rsgi; print(*sys.modules, sep='\\n')"
    return frozenset(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )


def test_a_start_loads_no_more_modules_than_it_did(loaded: frozenset[str]) -> None:
    assert len(loaded) <= MODULES, len(loaded)


def test_a_start_loads_nothing_that_answers_no_request(loaded: frozenset[str]) -> None:
    assert not {name.partition(".")[0] for name in loaded} & NOT_AT_START
