"""One ticket of one process, written straight into the tables, with its people and a worker."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.settings import Settings, Smtp
from app.worker.duties import duties
from app.worker.runner import Runner
from bpmn.canonical import to_json
from bpmn.model import Node, NodeKind, ProcessDefinition
from bpmn.text import Text
from engine.ids import new_id
from engine.moves import announcement
from engine.values.actors import Grant
from engine.values.processes import Policy
from engine.values.tickets import Task
from storage import tables as t
from storage.background import in_background
from storage.blobs import BlobDirectory
from storage.channel import Statement
from storage.database import Database
from storage.jobs import enqueue
from storage.json import dumps
from storage.rows import offer_rows, policy_text, task_row
from tests.support.clock import Clock
from tests.support.people import NOW, add_business, add_role, add_user, insert

BASE = "http://127.0.0.1:8080"


def memory_text(performers: Mapping[str, tuple[UUID, ...]] | None = None) -> str:
    """What a ticket remembers, as it lies in its table."""
    return dumps({"visits": {}, "performers": performers or {}})


class Office:
    """One ticket of one process, its people, and a worker."""

    def __init__(self, database: Database, root: Path, smtp: Smtp | None = None) -> None:
        self.database, self.clock = database, Clock()
        self.root, self.smtp = root, smtp
        for role, per_business in (("ops", True), ("qc", False)):
            add_role(database, role, per_business=per_business)
        for business in ("web", "shop"):
            add_business(database, business)
        self.alice = add_user(database, "alice", display_name="爱丽丝")
        self.bob = add_user(database, "bob", grants=[("ops", "web")], email="bob@example.org", language="en")
        self.carl = add_user(database, "carl", grants=[("ops", "web")], email="carl@example.org")
        add_user(database, "everywhere", grants=[("ops", "")], email="everywhere@example.org")
        add_user(database, "shopper", grants=[("ops", "shop")], email="shop@example.org")
        add_user(database, "gone", grants=[("ops", "web")], email="gone@example.org", active=False)
        self.ticket_id = self._ticket("网站打不开")

    def _ticket(self, title: str) -> UUID:
        node = Node(
            id="Handle",
            kind=NodeKind.USER_TASK,
            scope="p",
            name=Text(default="故障处理", translations=(("en", "Handle the fault"),)),
            not_by=("Report",),
        )
        definition = ProcessDefinition(key="p", name=Text(default="p"), nodes=(node,))
        process, deployment, category, service, ticket = (new_id() for _ in range(5))
        author = {"imported_by": self.alice, "imported_at": NOW}
        d = self.database
        insert(
            d,
            t.process,
            id=process,
            key="p",
            name_zh="p",
            kind="incident",
            policy=policy_text(Policy()),
            created_at=NOW,
        )
        texts = {"hash": str(process), "file_name": "p.bpmn", "content": b"", "verdict": "ready", "findings": "[]"}
        insert(d, t.version, process_id=process, number=1, definition=to_json(definition), **texts, **author)
        deployed = {"role_bindings": "{}", "deployed_by": self.alice, "deployed_at": NOW}
        insert(d, t.deployment, id=deployment, process_id=process, number=1, version=1, **deployed)
        insert(d, t.category, id=category, name_zh="c")
        insert(d, t.service, id=service, key="s", category_id=category, name_zh="s")
        row = {"kind": "incident", "title": title, "status": "NEW", "phase": "running", "suspended": False}
        row |= {"process_id": process, "deployment_id": deployment, "service_id": service, "business": "web"}
        row |= {"requester_id": self.alice, "opened_at": NOW, "events": 1, "last_hash": b"", "last_seq": 1}
        insert(d, t.ticket, id=ticket, number="INC20261123000001", **row)
        insert(d, t.ticket_state, ticket_id=ticket, state=b"", variables="{}", memory=memory_text())
        return ticket

    def remember(self, element: str, *people: UUID) -> None:
        """Let these people have completed that element."""
        self.change(sa.update(t.ticket_state).values(memory=memory_text({element: people})))

    def open_task(self, seq: int = 1, *, announce: bool = True, **more: Any) -> Task:
        """A task of the ticket, announced."""
        values = {"candidates": (Grant(role="ops", business="web"),), "opened_at": NOW, **more}
        task = Task(ticket_id=self.ticket_id, seq=seq, token=seq, element_id="Handle", **values)
        insert(self.database, t.task, **task_row(task))
        for row in offer_rows(task):
            insert(self.database, t.offer, **row)
        if announce:
            self.announce(task)
        return task

    def announce(self, task: Task) -> None:
        """Leave the job that tells of the task."""
        in_background(self.database, lambda work: enqueue(work, announcement(task)), now=self.clock())

    def work(self) -> None:
        """Let the worker do what is due."""
        settings = Settings(
            database_url="", data_dir=self.root, secret_key=b"", smtp=self.smtp, base_url=BASE, clock=self.clock
        )
        can = duties(self.database, BlobDirectory(self.root / "blobs"), settings)
        Runner(self.database, can, now=self.clock).drain()

    def rows(self, table: sa.Table) -> list[Any]:
        """Every row of a table, by id."""
        with self.database.channel(writing=False) as channel:
            return channel.ask([Statement(sa.select(table).order_by(table.c.id))])[0]

    def messages(self) -> list[Any]:
        """Every message, by address."""
        return sorted(self.rows(t.message), key=lambda row: row.address)

    def jobs(self, kind: str) -> list[Any]:
        """The jobs of a kind."""
        return [row for row in self.rows(t.job) if row.kind == kind]

    def change(self, clause: Any) -> None:
        """Run one statement."""
        with self.database.engine.begin() as connection:
            connection.execute(clause)
