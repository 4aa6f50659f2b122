"""One ticket of any process worked on through the commands at a desk, all its tasks by one person."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from bpmn.model import HUMAN_TASKS, CandidateRole, ProcessDefinition
from engine.commands import tickets
from engine.values.tickets import Case, Task
from storage import tables as t
from storage.json import loads
from tests.support.desk import Desk

WORKER = "qc"
"""Holds the one role that belongs to no business."""


def for_worker(definition: ProcessDefinition) -> ProcessDefinition:
    """The same process, all its tasks for the worker's role."""
    roles = (CandidateRole(key=WORKER),)
    nodes = (replace(node, roles=roles if node.kind in HUMAN_TASKS else ()) for node in definition.nodes)
    return replace(definition, nodes=tuple(nodes))


@dataclass
class CaseWork:
    """A ticket and its live tasks by token."""

    desk: Desk
    case: Case
    tasks: dict[int, Task]
    opened: list[str] = field(default_factory=list)
    """The elements at which a task was opened, in order."""

    @property
    def id(self) -> UUID:
        """The ticket's id."""
        return self.case.ticket.id

    def at(self, element_id: str) -> int:
        """The token of the task that has been open longest at this element."""
        return min(token for token, task in self.tasks.items() if task.element_id == element_id)

    def complete(self, token: int, answers: dict[str, Any], outcome: str | None = None) -> None:
        """Claim the task, unless it came back to its last holder, and complete it."""
        task = self.tasks[token]
        if task.assignee is None:
            self.desk.claim(WORKER, task.public_id)
        done = self.desk.complete(WORKER, task.public_id, answers, outcome=outcome, reason="again" if outcome else None)
        self.case = done.case
        self.tasks = {each.token: each for each in done.case.live_tasks()}
        self.opened += [each.element_id for each in done.opened]

    def rows(self, table: sa.Table, *where: sa.ColumnElement[bool]) -> list[Any]:
        """The ticket's rows of this table."""
        with self.desk.database.engine.connect() as connection:
            found = connection.execute(sa.select(table).where(table.c.ticket_id == self.id, *where))
            return list(found)

    def stored(self) -> Any:
        """The ticket's row of state, variables and memory."""
        [row] = self.rows(t.ticket_state)
        return row

    def size(self) -> int:
        """Bytes of the position, the variables and the memory as they are stored."""
        row = self.stored()
        return len(row.state) + len(row.variables) + len(row.memory)

    def current(self) -> dict[str, int]:
        """How many rows speak of the present: live tasks, their offers, parties, followers."""
        counts = {table.name: len(self.rows(table)) for table in (t.offer, t.party, t.follower, t.attachment)}
        live = self.rows(t.task, t.task.c.state.in_(("open", "claimed")))
        return counts | {"live tasks": len(live)}

    def payloads(self) -> list[dict[str, Any]]:
        """What the timeline keeps of each event, in order."""
        rows = sorted(self.rows(t.event), key=lambda row: row.seq)
        return [loads(row.payload) for row in rows]


def open_case(desk: Desk, service: str, answers: dict[str, Any]) -> CaseWork:
    """A new ticket of this service."""
    made = desk.do(WORKER, lambda work: tickets.open_ticket(work, service, answers=answers))
    return CaseWork(
        desk=desk,
        case=made.case,
        tasks={task.token: task for task in made.tasks},
        opened=[task.element_id for task in made.tasks],
    )
