"""The schema's history: forward only, one transaction per upgrade, safe when several processes start at once."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bpmn.errors import FaultdeskError
from storage.database import Database

_LATEST = "head"
_VERSION_TABLE = """
    CREATE TABLE IF NOT EXISTS alembic_version
    (version_num VARCHAR(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY)
"""


class SchemaUnknown(FaultdeskError):
    """The database was written by a newer release; this one must not touch it."""


def upgrade(database: Database, revision: str = _LATEST) -> None:
    """Bring the schema to a revision, the newest by default; does nothing when it is there.

    Raises: SchemaUnknown `SCHEMA_UNKNOWN` when the database is at a revision that this release does not know.
    """
    if revision == _LATEST and is_current(database):
        # Asked first, so that a service whose database role may not change the schema can start on a current one.
        return
    with alone(database) as connection:
        at = _revision_of(connection)
        if at is not None and at not in revisions():
            raise SchemaUnknown("SCHEMA_UNKNOWN", {"revision": at})
        upgrade_within(connection, revision)


def upgrade_within(connection: sa.Connection, revision: str) -> None:
    """Bring the schema to a revision as part of a transaction that `alone` began."""
    command.upgrade(_config(connection), revision)


def current(database: Database) -> str | None:
    """The revision that the database is at; None when it has no schema."""
    with database.engine.connect() as connection:
        return _revision_of(connection)


def is_current(database: Database) -> bool:
    """Whether the database has this release's schema."""
    return current(database) == revisions()[0]


@cache
def revisions() -> tuple[str, ...]:
    """Every revision of this release, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions())


def draft(database: Database, message: str) -> None:
    """Write a new revision with what `storage.tables` has and the upgraded database lacks; for maintainers."""
    with database.engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)


def _config(connection: sa.Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _revision_of(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def alone(database: Database) -> Iterator[sa.Connection]:
    """A connection in a transaction that no other upgrade shares."""
    with database.engine.connect() as connection:
        if database.is_postgresql:
            yield from _alone_on_postgresql(connection)
        else:
            yield from _alone_on_sqlite(connection)


def _alone_on_postgresql(connection: sa.Connection) -> Iterator[sa.Connection]:
    # Of two that make the table at once, one waits for the other and then meets its name in the catalogue.
    with suppress(sa.exc.IntegrityError, sa.exc.ProgrammingError):
        connection.exec_driver_sql(_VERSION_TABLE)
    connection.rollback()
    connection = connection.execution_options(isolation_level="READ COMMITTED")
    with connection.begin():
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10min'")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        connection.exec_driver_sql("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")
        yield connection


def _alone_on_sqlite(connection: sa.Connection) -> Iterator[sa.Connection]:
    # Foreign keys cannot be switched within a transaction, and rebuilding a table would fire them.
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.commit()
    try:
        with connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise sa.exc.IntegrityError("PRAGMA foreign_key_check", {}, Exception(f"{len(broken)} rows"))
    finally:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.commit()
