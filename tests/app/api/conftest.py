"""An API with its people and the fault process."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.database import Database
from storage.tables import metadata
from tests.app.api.client import Api, make_api, open_desk


@dataclass(frozen=True)
class Furnished:
    """A desk that was opened once, on SQLite, to be copied: opening it anew would take most of a test's time."""

    file: Path
    tokens: dict[str, str]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """The desk to be copied."""
    directory = tmp_path_factory.mktemp("furnished")
    api = _bare(f"sqlite:///{directory / 'faultdesk.db'}", directory)
    open_desk(api)
    # Closing the last connection writes everything into the one file.
    api.database.dispose()
    return Furnished(directory / "faultdesk.db", api.tokens)


@pytest.fixture
def bare(sqlite_url: str, tmp_path: Path) -> Iterator[Api]:
    """An application over an empty database, on SQLite."""
    made = _bare(sqlite_url, tmp_path)
    yield made
    made.database.dispose()


@pytest.fixture
def lite(furnished: Furnished, tmp_path: Path) -> Iterator[Api]:
    """A desk that is open, on SQLite alone: for what no database has a part in."""
    shutil.copy(furnished.file, tmp_path / "faultdesk.db")
    made = make_api(Database(f"sqlite:///{tmp_path / 'faultdesk.db'}"), tmp_path)
    made.tokens = dict(furnished.tokens)
    yield made
    made.database.dispose()


@pytest.fixture
def furnished_on_postgresql(postgres_url: str, tmp_path: Path) -> Iterator[Api]:
    """A desk that is open, on PostgreSQL."""
    made = _bare(postgres_url, tmp_path)
    open_desk(made)
    yield made
    made.database.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def api(request: pytest.FixtureRequest) -> Api:
    """A desk that is open: the test runs as [sqlite] and as [postgresql]."""
    # Asked for by name, so that the SQLite half neither needs nor starts PostgreSQL.
    made: Api = request.getfixturevalue({"sqlite": "lite", "postgresql": "furnished_on_postgresql"}[request.param])
    return made


def _bare(url: str, directory: Path) -> Api:
    database = Database(url)
    metadata.create_all(database.engine)
    return make_api(database, directory)
