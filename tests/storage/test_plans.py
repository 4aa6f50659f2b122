"""Hot reads find their rows by index however large the tables are: what PostgreSQL plans, not how long it takes.

The planner is kept from scanning whole tables and from hashing them, so that small tables are planned like large ones:
a table that it cannot reach by a key then shows as an index walked from end to end.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest

from engine.ids import new_id
from storage import cases, inbox_scans, ticket_scans
from storage.database import Database
from storage.texts import text_of
from storage.types import EPOCH

ME = new_id()
PLACE = {"after_at": EPOCH, "after_id": ME, "after_seq": 0}


def _plan(database: Database, clause: Any, parameters: Mapping[str, object]) -> list[dict[str, Any]]:
    """Every node of the statement's plan."""
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        for setting in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin"):
            driver.execute(f"SET {setting} = off")
        text = text_of(clause, connection.dialect, [parameters])
        cursor = psycopg.RawCursor(driver).execute(f"EXPLAIN (FORMAT JSON) {text.sql}", text.values(parameters))
        [[found]] = cursor.fetchall()
        connection.invalidate()
    return list(_nodes((json.loads(found) if isinstance(found, str) else found)[0]["Plan"]))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


@pytest.mark.parametrize(
    ("clause", "parameters"),
    [
        (inbox_scans.claimable(1, 51), {**PLACE, "role_0": "ops", "business_0": "website"}),
        (
            inbox_scans.claimable(2, 51),
            {**PLACE, "role_0": "ops", "business_0": "website", "role_1": "qc", "business_1": ""},
        ),
        (inbox_scans.mine(51), {**PLACE, "me": ME}),
        (inbox_scans.done(51), {**PLACE, "me": ME}),
    ],
    ids=["claimable by one role", "claimable by two", "mine", "done"],
)
def test_an_inbox_reaches_tasks_and_tickets_by_their_keys(
    postgres_database: Database, clause: Any, parameters: Mapping[str, object]
) -> None:
    nodes = _plan(postgres_database, clause, parameters)
    read = [node for node in nodes if node.get("Relation Name") in ("offer", "task", "ticket")]
    assert {node["Relation Name"] for node in read} >= {"task", "ticket"}
    assert [node for node in read if "Index Cond" not in node] == []


def test_what_the_actor_sees_is_worked_out_once_for_a_list(postgres_database: Database) -> None:
    nodes = _plan(postgres_database, ticket_scans.walk((), 51), {"me": ME, "after_id": ticket_scans.NEWEST})
    walked = next(node for node in nodes if "SubPlan" in node.get("Filter", ""))
    assert walked["Filter"].count("hashed SubPlan") >= 3, walked["Filter"]


def test_a_command_reaches_live_tasks_without_those_that_ended_on_postgresql(postgres_database: Database) -> None:
    nodes = _plan(postgres_database, cases._TASKS, {"ticket_id": ME, "seq": 1})
    found = {node["Index Name"]: node.get("Index Cond", "") for node in nodes if "task" in node.get("Index Name", "")}
    assert "ix_task_live" in found
    assert all("seq" in condition for index, condition in found.items() if index == "task_pkey"), found


def test_a_command_reaches_live_tasks_without_those_that_ended_on_sqlite(sqlite_database: Database) -> None:
    """security-bar R-01: SQLite read every task that the ticket ever had with each command."""
    compiled = cases._TASKS.compile(dialect=sqlite_database.engine.dialect)
    with sqlite_database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", dict.fromkeys(compiled.params, "x"))
        steps = [row.detail for row in plan if " task " in row.detail]
    assert steps == [
        "SEARCH task USING INDEX sqlite_autoindex_task_1 (ticket_id=? AND seq=?)",
        "SEARCH task USING INDEX ix_task_live (ticket_id=?)",
    ]
