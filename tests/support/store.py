"""A database with the schema, ready for units of work: the schema is built once and copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.tables import metadata
from tests.support.postgres import Cluster


@pytest.fixture(scope="session")
def postgres_schema(postgres: Cluster) -> str:
    """The name of a PostgreSQL database with every table and no row, to be copied."""
    url = postgres.create_database(name="schema_of_faultdesk")
    _build(url)
    return url.rpartition("/")[2]


@pytest.fixture(scope="session")
def sqlite_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with every table and no row, to be copied."""
    path = tmp_path_factory.mktemp("schema") / "faultdesk.db"
    _build(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgres_database(postgres: Cluster, postgres_schema: str) -> Iterator[Database]:
    """A fresh PostgreSQL database with every table."""
    url = postgres.create_database(template=postgres_schema)
    opened = Database(url)
    yield opened
    opened.dispose()
    postgres.drop_database(url)


@pytest.fixture
def sqlite_database(sqlite_schema: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite database with every table."""
    shutil.copy(sqlite_schema, tmp_path / "faultdesk.db")
    opened = Database(f"sqlite:///{tmp_path / 'faultdesk.db'}")
    yield opened
    opened.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh database with every table: the test runs as [sqlite] and as [postgresql]."""
    chosen = {"sqlite": "sqlite_database", "postgresql": "postgres_database"}[request.param]
    found: Database = request.getfixturevalue(chosen)
    return found


def _build(url: str) -> None:
    built = Database(url)
    metadata.create_all(built.engine)
    # Disposing closes the last connection, and SQLite then moves what stands in its log into the file.
    built.dispose()
