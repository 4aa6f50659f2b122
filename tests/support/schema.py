"""What stands in a database's catalogue, to be compared."""

import json
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage.database import Database
from storage.tables import metadata


def differences(database: Database) -> list[Any]:
    """What Alembic would have to do for the schema to be the one of the tables."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def schema(database: Database) -> dict[str, Any]:
    """Everything a reader of the catalogue can see: columns, keys, indexes with their conditions, checks."""
    inspector = sa.inspect(database.engine)

    def named(found: Any) -> list[str]:
        return sorted(json.dumps(each, default=str, sort_keys=True) for each in found)

    return {
        table: {
            "columns": named({**column, "type": str(column["type"])} for column in inspector.get_columns(table)),
            "primary": inspector.get_pk_constraint(table),
            "foreign": named(inspector.get_foreign_keys(table)),
            "unique": named(inspector.get_unique_constraints(table)),
            "indexes": named(inspector.get_indexes(table)),
            "checks": named(inspector.get_check_constraints(table)),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }
