"""An API with its people and the fault process."""

from pathlib import Path

import pytest

from storage.database import Database
from storage.tables import metadata
from tests.app.api.client import Api, make_api, open_desk


@pytest.fixture
def api(database: Database, tmp_path: Path) -> Api:
    """A desk that is open: the test runs as [sqlite] and as [postgresql]."""
    made = make_api(database, tmp_path)
    open_desk(made)
    return made


@pytest.fixture
def bare(sqlite_url: str, tmp_path: Path) -> Api:
    """An application over an empty database, on SQLite."""
    database = Database(sqlite_url)
    metadata.create_all(database.engine)
    return make_api(database, tmp_path)


@pytest.fixture
def lite(bare: Api) -> Api:
    """A desk that is open, on SQLite alone: for what no database has a part in."""
    open_desk(bare)
    return bare
