"""How a connection is prepared."""

from contextlib import ExitStack

from storage.database import Database

SYNCHRONOUS_FULL = 2


def test_every_connection_to_sqlite_syncs_its_commits_and_holds_foreign_keys(sqlite_database: Database) -> None:
    with ExitStack() as stack:
        connections = [stack.enter_context(sqlite_database.engine.connect()) for _ in range(3)]
        for connection in connections:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
            assert found == {"journal_mode": "wal", "synchronous": SYNCHRONOUS_FULL, "foreign_keys": 1}
