"""The migrated schema is the one that the tables describe, on both databases, however it came about."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from storage import migrations
from storage.database import Database
from storage.migrations import SchemaUnknown
from storage.tables import metadata
from tests.support.schema import differences, schema


@pytest.fixture
def empty(database_url: str) -> Any:
    opened = Database(database_url)
    yield opened
    opened.dispose()


def test_the_migrated_schema_is_the_one_of_the_tables(empty: Database) -> None:
    assert not migrations.is_current(empty)
    assert migrations.current(empty) is None
    migrations.upgrade(empty)
    assert differences(empty) == []
    assert migrations.is_current(empty)
    assert migrations.current(empty) == migrations.revisions()[0]


def test_the_comparison_sees_a_difference(empty: Database) -> None:
    migrations.upgrade(empty)
    with empty.engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_job_due")
        connection.exec_driver_sql("ALTER TABLE setting ADD COLUMN more INTEGER")
    assert sorted(each[0] for each in differences(empty)) == ["add_index", "remove_column"]


def test_migrating_and_creating_give_the_same_catalogue(empty: Database) -> None:
    migrations.upgrade(empty)
    migrated = schema(empty)
    with empty.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    metadata.drop_all(empty.engine)
    metadata.create_all(empty.engine)
    assert schema(empty) == migrated
    assert set(migrated) == set(metadata.tables)


def test_upgrading_again_changes_nothing_and_keeps_what_is_there(empty: Database) -> None:
    migrations.upgrade(empty)
    with empty.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO setting (key, value) VALUES ('a', 'b')")
    migrations.upgrade(empty)
    with empty.engine.connect() as connection:
        assert [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM setting")] == [("a", "b")]
    assert differences(empty) == []


def test_many_processes_may_start_at_once(empty: Database, database_url: str) -> None:
    barrier = threading.Barrier(4)

    def start(_: int) -> bool:
        database = Database(database_url)
        barrier.wait()
        migrations.upgrade(database)
        try:
            return migrations.is_current(database)
        finally:
            database.dispose()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == [True] * 4
    assert differences(empty) == []


def test_a_database_of_a_newer_release_is_left_alone(empty: Database) -> None:
    migrations.upgrade(empty)
    with empty.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaUnknown) as refused:
        migrations.upgrade(empty)
    assert refused.value.params == {"revision": "9999"}
    assert migrations.current(empty) == "9999"
    assert not migrations.is_current(empty)


def test_an_upgrade_that_fails_leaves_nothing_behind(empty: Database) -> None:
    with empty.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE user_account (stray INTEGER)")
    with pytest.raises(sa.exc.DBAPIError):
        migrations.upgrade(empty)
    assert set(sa.inspect(empty.engine).get_table_names()) - {"alembic_version"} == {"user_account"}
    assert migrations.current(empty) is None


def test_foreign_keys_hold_after_an_upgrade(empty: Database) -> None:
    migrations.upgrade(empty)
    with pytest.raises(sa.exc.IntegrityError), empty.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO role_member (role, business, user_id)"
            " VALUES ('nobody', '', '00000000-0000-0000-0000-000000000000')"
        )


def test_the_history_has_one_line() -> None:
    assert len(migrations.revisions()) == len(set(migrations.revisions()))
    assert migrations.revisions()[-1] == "0001"
