"""Definitions of versions, when somebody deletes one meanwhile."""

import pytest

from engine.errors import NotFound
from engine.ids import new_id
from storage.database import Database
from storage.definitions import definition_of
from storage.units import look
from tests.support.people import NOW


def test_a_version_deleted_since_it_was_looked_up_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        look(
            database,
            lambda work: definition_of(work, process_id=new_id(), number=1, version_hash="of a deleted version"),
            now=NOW,
        )
