"""A ticket and what is expected of it: requests sent one by one or at once, and everything read back after each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import permutations
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage import tables as t
from tests.race.calling import Reply, at_once
from tests.race.drawings import FORK
from tests.race.stage import Stage
from tests.race.world import Applied, Outcome, Request, Visit, World, apply, opened


@dataclass
class Tracked:
    """One ticket with the ids of its tasks and its expected world."""

    stage: Stage
    ticket: str
    ids: dict[Visit, str] = field(default_factory=dict)
    world: World = field(default_factory=opened)
    events: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def open(cls, stage: Stage) -> "Tracked":
        """A new ticket, seen to be as it must."""
        tracked = cls(stage=stage, ticket=stage.opened(FORK)["id"])
        tracked.events.append(("ticket_opened", "kefu"))
        tracked.compare([(tracked.world, [])])
        return tracked

    def send(self, request: Request) -> Reply:
        """Send one request; nothing is expected of it yet."""
        person, task = self.stage[request.actor], f"tasks/{self.ids.get(request.visit)}"
        match request.verb:
            case "save":
                return person.send("PUT", f"{task}/saved-answers", {"answers": {"x": request.text}})
            case "comment":
                return person.send("POST", f"tickets/{self.ticket}/comments", {"text": "so"})
            case "complete":
                body = {"answers": {request.visit[0].lower(): request.text}, "outcome": request.outcome, "reason": "so"}
                return person.send("POST", f"{task}/complete", body)
            case "assign" | "transfer":
                return person.send("POST", f"{task}/{request.verb}", {"to": request.to, "reason": "so"})
            case "claim" | "release":
                return person.send("POST", f"{task}/{request.verb}")
        return person.send("POST", f"tickets/{self.ticket}/{request.verb}", {"reason": "so"})

    def expect(self, sent: Sequence[tuple[Request, Reply]]) -> None:
        """Hold the answers to requests sent together against every order, and what is there now against those that fit.

        Raises: AssertionError when no order explains them.
        """
        explained = [found for order in permutations(sent) if (found := _in_order(self.world, order)) is not None]
        assert explained, ("no order explains these answers", [(request, str(reply)) for request, reply in sent])
        self.compare(explained)

    def compare(self, candidates: Sequence[tuple[World, list[tuple[str, str]]]]) -> None:
        """Read the ticket as the auditor and in the tables; go on with the candidate that it equals."""
        shown = self.stage["auditor"].gets(f"tickets/{self.ticket}")
        events = self.stage.timeline(self.ticket)
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1)), "seqs have no gap"
        happened = [(event["type"], event["actor"]["name"]) for event in events]
        for task in shown["tasks"]:
            self.ids[task["element"], task["visit"]] = task["id"]
        seen = _seen(shown)
        doubtful = _doubtful([world for world, _ in candidates])
        for world, more in candidates:
            if (happened, seen) == (self.events + more, _expected(world)) and self._kept(world, doubtful):
                self.world, self.events = world, happened
                self._compare_tables()
                return
        expected = [(self.events + more, _expected(world)) for world, more in candidates]
        raise AssertionError(("what is there", happened, seen, "what must be", expected))

    def _compare_tables(self) -> None:
        """One row of each task in the state it must have; no event that the timeline does not show."""
        ticket = UUID(self.ticket)
        with self.stage.database.engine.connect() as connection:
            tasks = connection.execute(sa.select(t.task).where(t.task.c.ticket_id == ticket)).fetchall()
            count = connection.scalar(sa.select(sa.func.count()).where(t.event.c.ticket_id == ticket))
        live = {(row.element_id, row.visit): row.assignee_id for row in tasks if row.state in ("open", "claimed")}
        assert len(tasks) == len(self.world.live) + len(self.world.ended), "no task was opened twice"
        assert {visit: who is not None for visit, who in live.items()} == {
            visit: who is not None for visit, who in self.world.live.items()
        }
        assert count == len(self.events)

    def compare_saved(self) -> None:
        """What each person saved and did not send is there for them."""
        assert self._kept(self.world, set(self.world.saved)), self.world.saved

    def _kept(self, world: World, keys: set[tuple[str, Visit]]) -> bool:
        """Whether each of these people finds on each of these tasks what they saved, or nothing."""
        for actor, visit in keys:
            found = self.stage[actor].gets(f"tasks/{self.ids[visit]}/saved-answers")["answers"]
            text = world.saved.get((actor, visit))
            if found != (None if text is None else {"x": text}):
                return False
        return True


def together(sent: Sequence[tuple[Tracked, Request]]) -> list[Reply]:
    """Send requests to one or several tickets at one moment and expect what each ticket then must be."""
    replies = at_once([partial(ticket.send, request) for ticket, request in sent])
    for tracked in {id(ticket): ticket for ticket, _ in sent}.values():
        tracked.expect(
            [(request, reply) for (ticket, request), reply in zip(sent, replies, strict=True) if ticket is tracked]
        )
    return replies


def _doubtful(worlds: list[World]) -> set[tuple[str, Visit]]:
    """The saved answers that depend on the order in which the requests came; no event tells of them."""
    keys = {key for world in worlds for key in world.saved}
    return {key for key in keys if len({world.saved.get(key) for world in worlds}) > 1}


def _in_order(world: World, order: Sequence[tuple[Request, Reply]]) -> tuple[World, list[tuple[str, str]]] | None:
    events = []
    for request, reply in order:
        applied: Applied = apply(world, request)
        outcome, world = applied
        if not _is(reply, outcome):
            return None
        if outcome.event is not None:
            events.append(outcome.event)
    return world, events


def _is(reply: Reply, outcome: Outcome) -> bool:
    return (reply.status, reply.code) == (outcome.status, outcome.code)


def _seen(shown: Any) -> object:
    tasks = {
        (task["element"], task["visit"]): None if task["assignee"] is None else task["assignee"]["name"]
        for task in shown["tasks"]
    }
    assert len(tasks) == len(shown["tasks"]), "one live task for each visit"
    answers = {key: value for key, value in shown["answers"].items() if key in ("a", "b", "c")}
    return shown["phase"], shown["suspended"], tasks, answers


def _expected(world: World) -> object:
    return world.phase, world.suspended, dict(world.live), dict(world.answers)
