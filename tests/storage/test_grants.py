"""The service's database role cannot rewrite history: the statements of docs/how-to/postgresql.md, as printed there."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from engine.ids import new_id
from storage import migrations
from storage.background import in_background
from storage.channel import Statement
from storage.database import Database
from storage.tables import audit, metadata

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "postgresql.md"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
PASSWORD = "choose-a-long-one"


@pytest.fixture
def service(postgres_url: str) -> Iterator[Database]:
    """A database whose tables someone else owns, reached by the service's role."""
    owner = Database(postgres_url)
    migrations.upgrade(owner)
    [snippet] = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    with owner.engine.connect() as connection:
        for statement in snippet.split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    reached = Database(
        sa.make_url(postgres_url).set(username="faultdesk_service", password=PASSWORD).render_as_string(False)
    )
    yield reached
    reached.dispose()
    with owner.engine.connect() as connection:
        connection.exec_driver_sql("DROP OWNED BY faultdesk_service")
        connection.exec_driver_sql("DROP ROLE faultdesk_service")
    owner.dispose()


def refused(database: Database, text: str) -> bool:
    with database.engine.connect() as connection:
        try:
            connection.exec_driver_sql(text)
        except sa.exc.ProgrammingError as error:
            return isinstance(error.orig, psycopg.errors.InsufficientPrivilege)
    return False


@pytest.mark.parametrize("table", ["event", "audit", "audit_seal", "audit_sealed"])
def test_d_09_history_can_be_read_and_added_to_and_nothing_else(service: Database, table: str) -> None:
    column = {"event": "payload", "audit": "payload", "audit_seal": "count", "audit_sealed": "seal"}[table]
    assert not refused(service, f"SELECT * FROM {table}")
    assert not refused(service, f"INSERT INTO {table} SELECT * FROM {table}")
    assert refused(service, f"UPDATE {table} SET {column} = {column}")
    assert refused(service, f"DELETE FROM {table}")
    assert refused(service, f"TRUNCATE {table}")
    assert refused(service, f"DROP TABLE {table}")
    assert refused(service, f"CREATE TRIGGER t BEFORE INSERT ON {table} EXECUTE FUNCTION f()")


def test_every_other_table_is_the_services_own(service: Database) -> None:
    others = set(metadata.tables) - {"event", "audit", "audit_seal", "audit_sealed"}
    for table in others:
        assert not refused(service, f"DELETE FROM {table}"), table
    assert refused(service, "DELETE FROM alembic_version")


def test_the_service_starts_and_writes_with_its_role(service: Database) -> None:
    migrations.upgrade(service)
    row: dict[str, Any] = {"id": new_id(), "at": NOW, "type": "t", "payload": "{}", "salt": b"s"}
    in_background(service, lambda work: work.write(sa.insert(audit), row), now=NOW)
    with service.channel(writing=False) as channel:
        assert len(channel.ask([Statement(sa.select(audit))])[0]) == 1
