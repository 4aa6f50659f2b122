"""Commands and queries run as somebody, each in its own unit of work."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.values.audit import AuditType
from storage import tables
from storage.answer import Answer
from storage.credentials import LocalCredential
from storage.database import Database
from storage.json import loads
from storage.store import Store
from storage.units import look, perform
from tests.support.people import NOW, add_business, add_role, add_user

T = TypeVar("T")


def do(database: Database, name: str | None, act: Callable[[Store], T], *, now: datetime = NOW) -> T:
    """What a command gives when this person runs it, after its commit."""
    results: list[T] = []

    def once(work: Store) -> Answer:
        results.append(act(work))
        return Answer(status=200)

    perform(database, once, credential=_credential(name), now=now, address="192.0.2.7")
    return results[-1]


def see(database: Database, name: str | None, query: Callable[[Store], T], *, now: datetime = NOW) -> T:
    """What a query gives when this person asks."""
    return look(database, query, credential=_credential(name), now=now)


def _credential(name: str | None) -> LocalCredential | None:
    return None if name is None else LocalCredential(name)


def staff(database: Database) -> None:
    """The people of the bar: root (admin), dave (designer), audrey (auditor), eve (nothing), alice, bob and carol."""
    add_business(database, "web")
    for key, per_business in (("customer_service", False), ("ops", True), ("qc", False)):
        add_role(database, key, per_business=per_business)
    for name, permissions in (("root", "admin"), ("dave", "designer"), ("audrey", "auditor"), ("eve", "")):
        add_user(database, name, permissions=permissions)
    add_user(database, "alice", grants=[("customer_service", "")])
    add_user(database, "bob", grants=[("ops", "web")])
    add_user(database, "carol", grants=[("qc", "")])


def recorded(database: Database) -> list[tuple[str, str | None, object]]:
    """(type, subject, payload) of every audit event, oldest first."""
    with database.engine.connect() as connection:
        rows = connection.execute(sa.select(tables.audit).order_by(tables.audit.c.id))
        return [(row.type, row.subject, loads(row.payload)) for row in rows]


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, to see that nothing changed; that a request was refused is no change."""
    with database.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(_rows_of(table))), key=repr)
            for table in tables.metadata.sorted_tables
        }


def _rows_of(table: sa.Table) -> sa.Select[Any]:
    query = sa.select(table)
    return query.where(table.c.type != AuditType.REQUEST_REFUSED) if table is tables.audit else query
