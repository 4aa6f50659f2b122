"""What a list, an inbox or a ticket's page reads does not grow with the tables: rows and blocks, counted by PostgreSQL.

The statements are those that the product sends, explained by the server itself as they run (auto_explain), so that
generic plans and merged statements are what is looked at. `python -m tests.bench.growth` times the same at 1,000,000.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from engine.commands import tasks
from engine.queries import tickets as queries
from engine.values.views import InboxView, TicketFilter, TicketScope
from storage.credentials import TokenCredential, hash_of
from storage.database import Database
from storage.store import Store
from tests.bench.growing import Crowd, enter_crowd, grow
from tests.bench.stencils import Stencil, stencil_of
from tests.support.desk import ASSESSMENT, HANDLING, REVIEW, Desk, furnish

SMALL, LARGE = 1_300, 15_000
PAGE = 20
# A deeper index costs a block more for each row that is found by it.
MORE_ROWS, MORE_BLOCKS = 1.1, 1.6

TOLD = {
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_level": "notice",
    "auto_explain.log_format": "json",
}
# A small table is read as a whole; what is read of a large one is compared with what its keys alone make be read.
BY_KEYS = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
GROWING = {"ticket", "ticket_state", "task", "offer", "event", "party", "follower", "comment", "attachment"}
WORK: Sequence[tuple[str, dict[str, object], dict[str, Any]]] = (
    ("li", HANDLING, {}),
    ("yunwei1", REVIEW, {}),
    ("qc", ASSESSMENT, {"outcome": "pass"}),
)

Query = Callable[[Store], object]


@dataclass
class Explained:
    """A grown desk, whose database tells the plan of every statement that it runs."""

    desk: Desk
    driver: psycopg.Connection[Any]
    stencils: dict[str, Stencil]
    crowd: Crowd
    ticket: str
    plans: list[dict[str, Any]] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    """Of the planner, for connections that are made from now on."""

    def plan(self, **settings: str) -> None:
        """Have everything planned anew, with these settings."""
        self.settings = settings
        self.desk.database.dispose()

    def read(self, name: str, query: Query) -> tuple[int, int]:
        """How many rows and how many blocks the query's statements read, once they are prepared."""
        self.desk.see(name, query)
        self.plans.clear()
        self.desk.see(name, query)
        assert self.plans
        nodes = [node for plan in self.plans for node in _nodes(plan)]
        rows = sum(_rows(node) for node in nodes if node.get("Relation Name") in GROWING)
        return rows, sum(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in self.plans)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _rows(node: dict[str, Any]) -> int:
    passed_over = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
    return round((node["Actual Rows"] + passed_over) * node["Actual Loops"])


def _explain(explained: Explained) -> None:
    """Have each connection of the product's pool tell its plans."""

    def told(diagnostic: psycopg.errors.Diagnostic) -> None:
        _, _, plan = (diagnostic.message_primary or "").partition("plan:\n")
        if plan:
            explained.plans.append(json.loads(plan)["Plan"])

    def connected(connection: Any, _entry: object) -> None:
        connection.execute("LOAD 'auto_explain'")
        for name, value in {**TOLD, **explained.settings}.items():
            connection.execute(f"SET {name} = {value}")
        connection.add_notice_handler(told)

    sa.event.listen(explained.desk.database.engine, "connect", connected)


def _settle(driver: psycopg.Connection[Any]) -> None:
    """Vacuum until every page is marked as seen by all: a page that is not costs an index scan a block for each row.

    VACUUM leaves out what any other session's snapshot, as autovacuum's own, might still see.
    """
    marked = "SELECT bool_and(relallvisible >= relpages) FROM pg_class WHERE relname = ANY(%s)"
    until = time.monotonic() + 20
    while True:
        driver.execute("VACUUM")
        row = driver.execute(marked, (sorted(GROWING),)).fetchone()
        if row is not None and row[0]:
            return
        assert time.monotonic() < until, "some pages are never marked as seen by all"
        time.sleep(0.1)


def _positions(desk: Desk) -> dict[str, str]:
    """A ticket in each position."""

    def opened(steps: int, *, held: bool = False) -> str:
        case = desk.open()
        [task] = case.tasks
        desk.claim("li", task.public_id)
        desk.do("li", lambda work: tasks.release(work, task.public_id))
        for name, answers, more in WORK[:steps]:
            [task] = desk.work_on(name, task.public_id, answers, **more).opened or [task]
        if held:
            desk.claim("li", task.public_id)
        return str(case.case.ticket.id)

    made = {"handling": opened(0), "held": opened(0, held=True), "review": opened(1), "assessment": opened(2)}
    return {**made, "closed": opened(3)}


@pytest.fixture
def explained(postgres_database: Database) -> Iterator[Explained]:
    desk = furnish(Desk(database=postgres_database))
    desk.add_person("li", grants=(("ops", "website"),))
    tickets = _positions(desk)
    address = postgres_database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as driver:
        secrets: dict[str, str] = {}
        crowd = enter_crowd(desk.database, driver, secrets)
        desk.tokens |= {name: TokenCredential(hash_of(secret)) for name, secret in secrets.items()}
        made = {name: stencil_of(driver, ticket) for name, ticket in tickets.items()}
        found = Explained(desk=desk, driver=driver, stencils=made, crowd=crowd, ticket=tickets["review"])
        _explain(found)
        yield found


def test_what_people_read_does_not_grow_with_the_tables(explained: Explained) -> None:
    reads = _reads(explained.ticket)
    grow(explained.driver, explained.stencils, explained.crowd, first=0, tickets=SMALL)
    _settle(explained.driver)
    explained.plan(**BY_KEYS)
    before = {name: explained.read(who, query) for name, (who, query) in reads.items()}
    grow(explained.driver, explained.stencils, explained.crowd, first=SMALL, tickets=LARGE - SMALL)
    _settle(explained.driver)
    explained.plan()
    after = {name: explained.read(who, query) for name, (who, query) in reads.items()}
    grown = {
        name: (before[name], found)
        for name, found in after.items()
        if found[0] > before[name][0] * MORE_ROWS + 10 or found[1] > before[name][1] * MORE_BLOCKS + 10
    }
    assert not grown, "\n".join(f"{name}: rows and blocks {of} became {to}" for name, (of, to) in grown.items())


def _reads(ticket: str) -> dict[str, tuple[str, Query]]:
    """Each read with who asks."""

    def inbox(view: InboxView) -> Query:
        return lambda work: queries.inbox(work, view, limit=PAGE)

    def listed(**wanted: Any) -> Query:
        return lambda work: queries.tickets(work, TicketFilter(**wanted), limit=PAGE)

    return {
        "claimable by one role": ("qc", inbox(InboxView.CLAIMABLE)),
        "claimable in 20 businesses": ("wide", inbox(InboxView.CLAIMABLE)),
        "held": ("li", inbox(InboxView.MINE)),
        "done": ("yunwei1", inbox(InboxView.DONE)),
        "counts of one role": ("qc", queries.counts),
        "counts in 20 businesses": ("wide", queries.counts),
        "every ticket": ("admin", listed()),
        "every stuck ticket": ("admin", listed(stuck=True)),
        "every ticket of a business": ("admin", listed(business="seldom")),
        "every ticket of a service": ("admin", listed(service="fault")),
        "the ticket of a number": ("admin", listed(text="INC20261123000001")),
        "tickets of a role": ("qc", listed()),
        "tickets of 20 businesses": ("wide", listed()),
        "tickets of a business with few": ("rare", listed()),
        "tickets of whoever handled few": ("few", listed()),
        "tickets of whoever sees none": ("nobody", listed()),
        "searched by whoever handled few": ("few", listed(text="zebra")),
        "tickets one opened": ("nobody", listed(scope=TicketScope.MINE)),
        "tickets one follows": ("nobody", listed(scope=TicketScope.FOLLOWED)),
        "a ticket": ("qc", lambda work: queries.ticket(work, ticket)),
        "a timeline": ("qc", lambda work: queries.timeline(work, ticket)),
    }
