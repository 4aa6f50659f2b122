"""One served process per database for all tests of this package that do no harm to it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.race.drawings import FORK, fork
from tests.race.stage import Stage, put_in_service, staged
from tests.support.postgres_machine import in_memory

_DATABASES = ("sqlite", "postgresql")


@pytest.fixture(
    scope="package", params=[pytest.param(name, marks=pytest.mark.xdist_group(f"race-{name}")) for name in _DATABASES]
)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """People and the process `fork` in service; the tests run as [sqlite] and as [postgresql]."""
    with _directory() as directory:
        if request.param == "sqlite":
            url = f"sqlite:///{directory / 'faultdesk.db'}"
        else:
            url = request.getfixturevalue("postgres").create_database()
        with staged(url, directory) as made:
            put_in_service(made, FORK, FORK, fork())
            yield made
    if request.param != "sqlite":
        request.getfixturevalue("postgres").drop_database(url)


@contextmanager
def _directory() -> Iterator[Path]:
    """In memory where there is room, as the tests' PostgreSQL: a disk that others keep busy syncs for seconds."""
    with tempfile.TemporaryDirectory(prefix="faultdesk-race-", dir=in_memory()) as made:
        yield Path(made)
