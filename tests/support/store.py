"""A database with the schema, ready for units of work."""

from collections.abc import Iterator

import pytest

from storage.database import Database
from storage.tables import metadata


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database with every table: the test runs as [sqlite] and as [postgresql]."""
    opened = Database(database_url)
    metadata.create_all(opened.engine)
    yield opened
    opened.dispose()
