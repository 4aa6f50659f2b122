"""What the schema promises for the day it is spread over several machines (DESIGN.md section 6)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from storage.tables import metadata

STORAGE = Path(__file__).parents[2] / "storage"

TICKET = "ticket"
OF_A_TICKET = {
    "ticket_state",
    "task",
    "offer",
    "event",
    "comment",
    "attachment",
    "follower",
    "party",
}
EXCEPTIONS = {
    ("ticket", "uq_ticket_number"): "people look a ticket up by its number, which is one sequence over all tickets",
    ("counter", "pk_counter"): "numbers run per kind and day over all tickets; taken as the last statement",
    ("idempotency", "pk_idempotency"): "a key belongs to its actor, and is asked for before any ticket is known",
    ("job", "pk_job"): "the queue is one for all tickets, drained by whoever comes",
    ("message", "pk_message"): "a mailbox belongs to its reader and outlives the ticket's shard",
}
"""Tables that name a ticket, or its number, without being keyed by it, with the reason."""

REFERENCE = {"user_account", "business", "process", "deployment", "service"}
"""Small tables that every machine would hold in full, so that a foreign key to them need not carry the ticket."""


def keys(table: sa.Table) -> Iterator[tuple[str, list[str]]]:
    for constraint in table.constraints:
        if isinstance(constraint, sa.PrimaryKeyConstraint | sa.UniqueConstraint):
            yield str(constraint.name), [column.name for column in constraint.columns]
    for index in table.indexes:
        if index.unique:
            yield str(index.name), [column.name for column in index.columns]


def test_every_key_of_a_tickets_rows_begins_with_the_ticket() -> None:
    for name in OF_A_TICKET:
        for key, columns in keys(metadata.tables[name]):
            assert columns[0] == "ticket_id", (name, key)


def test_a_tickets_rows_refer_to_each_other_by_the_ticket_and_else_only_to_reference_tables() -> None:
    for name in (*OF_A_TICKET, TICKET):
        for constraint in metadata.tables[name].foreign_key_constraints:
            first = constraint.columns.keys()[0]
            assert first == "ticket_id" or constraint.referred_table.name in REFERENCE, (name, constraint.name)


def test_every_table_with_a_ticket_is_a_tickets_row_or_an_exception_with_a_reason() -> None:
    with_ticket = {table.name for table in metadata.tables.values() if "ticket_id" in table.columns}
    excepted = {name for name, _ in EXCEPTIONS}
    assert with_ticket - OF_A_TICKET <= excepted
    known = {(table.name, key) for table in metadata.tables.values() for key, _ in keys(table)}
    assert set(EXCEPTIONS) <= known | {("ticket", "uq_ticket_number")}
    assert all(len(reason.split()) >= 6 for reason in EXCEPTIONS.values())
    other = [key for key, columns in keys(metadata.tables[TICKET]) if columns != ["id"]]
    assert other == ["uq_ticket_number"]


def test_no_table_has_a_sequence() -> None:
    for table in metadata.tables.values():
        made = str(CreateTable(table).compile(dialect=postgresql.dialect()))
        assert not re.search(r"\bSERIAL\b|\bIDENTITY\b|\bnextval\b", made, re.IGNORECASE), table.name
        assert "AUTOINCREMENT" not in str(CreateTable(table).compile(dialect=sqlite.dialect()))


@pytest.mark.parametrize("constraint", [sa.ForeignKeyConstraint, sa.UniqueConstraint, sa.PrimaryKeyConstraint])
def test_no_constraint_is_deferrable(constraint: type) -> None:
    found = [each for table in metadata.tables.values() for each in table.constraints if isinstance(each, constraint)]
    assert found
    assert [each.name for each in found if each.deferrable or each.initially] == []


# What is written nowhere in storage/, in any string of SQL.
FORBIDDEN_SQL = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger|\blisten\s+\w|\bnotify\s+\w|pg_notify|pg_(?:try_)?advisory"
    r"|\b(?:update|delete\s+from|truncate(?:\s+table)?)\s+(?:only\s+)?\"?(?:event|audit)\b",
    re.IGNORECASE,
)
APPEND_ONLY = {"event", "audit", "audit_seal", "audit_sealed"}


def sources() -> list[Path]:
    return sorted(STORAGE.rglob("*.py"))


def strings(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def changed_tables(source: str) -> set[str]:
    """The names that `update(...)` and `delete(...)` are called with, of SQLAlchemy or as a table's method."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"update", "delete"}
        ):
            named = [*node.args[:1], node.func.value]
            found |= {ast.unparse(each).rpartition(".")[2] for each in named}
    return found


def test_d_09_nothing_in_storage_changes_or_removes_an_event() -> None:
    assert len(sources()) > 20
    offenders = {path.name: changed_tables(path.read_text("utf-8")) & APPEND_ONLY for path in sources()}
    assert {name: found for name, found in offenders.items() if found} == {}


def test_no_text_of_storage_makes_a_trigger_or_locks_outside_the_tables() -> None:
    assert [(path.name, text) for path in sources() for text in strings(path) if FORBIDDEN_SQL.search(text)] == []


@pytest.mark.parametrize(
    "source",
    [
        "sa.update(event)",
        "sa.delete(t.audit)",
        "t.event.delete()",
        "audit.update().where(x)",
        "update = sa.delete(t.event)",
    ],
)
def test_the_gate_sees_a_change_of_an_event(source: str) -> None:
    assert changed_tables(source) & APPEND_ONLY


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TRIGGER x",
        "create or replace trigger x",
        "LISTEN jobs",
        "SELECT pg_advisory_lock(1)",
        "DELETE FROM event",
        'update "audit" set x = 1',
        "TRUNCATE event",
    ],
)
def test_the_gate_sees_forbidden_sql(text: str) -> None:
    assert FORBIDDEN_SQL.search(text)
    assert not FORBIDDEN_SQL.search("DELETE FROM event_archive; update audit_seal; the listener; updated event")
