"""What Alembic runs: the connection comes from `storage.migrations`, never from a file."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage.tables import metadata
from storage.types import Moment


def _rendered(kind: str, value: Any, autogen: AutogenContext) -> str | Literal[False]:
    if kind == "type" and isinstance(value, Moment):
        autogen.imports.add("from storage.types import Moment")
        return "Moment()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    render_item=_rendered,
    # SQLite changes a table by making it anew.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
