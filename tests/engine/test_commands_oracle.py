"""Whole commands agree with the token game: tasks, variables, memory and timeline of a ticket, on random processes.

Each ticket is opened and worked on through the commands on a real SQLite database, so what one command saves is all
that the next one knows.
"""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import orjson
import pytest
from hypothesis import Phase as Part
from hypothesis import given, settings
from hypothesis import strategies as st

from bpmn.forms.reading import read_form
from bpmn.model import HUMAN_TASKS, NodeKind, ProcessDefinition
from engine.values.tickets import Phase
from storage.checks import check
from storage.database import Database
from storage.json import loads
from tests.engine.test_runner_oracle import profile
from tests.support.case_work import WORKER, CaseWork, for_worker, open_case
from tests.support.desk import Desk, furnish
from tests.support.random_processes import VARIABLES, back_outcome, decide, sound_processes, variables
from tests.support.token_game import TokenGame

SHORT, LONG = 20, 500
STEPS = 20
TITLE = {"type": "textfield", "id": "title", "key": "title", "label": "Title"}
NUMBERS = [{"type": "number", "id": name, "key": name, "label": name} for name in VARIABLES]


def _asking(definition: ProcessDefinition) -> ProcessDefinition:
    """The process with a form on its start and on each task, in which the variables of its conditions are asked."""
    document = {"type": "default", "id": "all", "schemaVersion": 19, "components": [TITLE, *NUMBERS]}
    form, findings = read_form(orjson.dumps(document).decode(), form_id="all")
    assert form is not None
    assert not findings
    asks = HUMAN_TASKS | {NodeKind.START_EVENT}
    nodes = (replace(node, form="all" if node.kind in asks else None) for node in for_worker(definition).nodes)
    return replace(definition, nodes=tuple(nodes), forms=(form,))


@dataclass
class Compared:
    """A ticket at the desk and the same in the token game, after each command."""

    definition: ProcessDefinition
    case: CaseWork
    oracle: TokenGame
    variables: dict[str, Any]
    opened: list[str] = field(default_factory=lambda: ["start1"])
    """The elements that were visited; opening the ticket is a visit of its start event."""
    done: list[str] = field(default_factory=lambda: ["start1"])

    def differences(self) -> list[str]:
        """What the two disagree about; empty when they agree."""
        row, payload = self.case.stored(), self.case.payloads()[-1]
        seqs = {task.seq: task.element_id for task in self.case.case.tasks}
        cancelled = Counter(seqs[each] for each in payload.get("cancelled", ()))
        self.opened += self.oracle.opened.elements()
        worker = str(self.case.desk.people[WORKER])
        pairs = {
            "live": (Counter(task.element_id for task in self.case.tasks.values()), self.oracle.live),
            "ended": (self.case.case.ticket.phase is Phase.CLOSED, self.oracle.finished),
            "stuck": (self.case.case.ticket.stuck is not None, self.oracle.stuck),
            "variables": (loads(row.variables), self.variables),
            "visits": (Counter(loads(row.memory)["visits"]), Counter(self.opened)),
            "performers": (loads(row.memory)["performers"], {element: [worker] for element in self.done}),
            "timeline: finished": (payload.get("finished", False), self.oracle.finished),
            "timeline: opened": (Counter(each["element"] for each in payload["opened"]), self.oracle.opened),
            "timeline: cancelled": (cancelled, self.oracle.cancelled),
        }
        if not self._terminated():
            pairs["timeline: entered"] = (Counter(payload["entered"]), Counter(self.oracle.entered))
            pairs["timeline: flows"] = (Counter(payload["flows"]), Counter(self.oracle.flows))
        return [f"{what}: {ours}, oracle {theirs}" for what, (ours, theirs) in pairs.items() if ours != theirs]

    def _terminated(self) -> bool:
        reached = (self.definition.nodes_by_id[each].event for each in self.oracle.entered)
        return any(event is not None and event.kind == "terminate" for event in reached)

    def go_on(self, chosen: random.Random) -> None:
        """Completes one task in both, with random answers."""
        token = chosen.choice(sorted(self.case.tasks))
        element = self.case.tasks[token].element_id
        same = sorted(each for each, task in self.case.tasks.items() if task.element_id == element)
        answers = {name: chosen.randint(0, 3) for name in VARIABLES}
        outcome = back_outcome(self.definition, element, chosen.randrange(100))
        self.variables |= answers
        if outcome is not None:
            self.variables[f"{element}_outcome"] = outcome
        self.done.append(element)
        self.oracle.complete(element, same.index(token), variables=self.variables, outcome=outcome)
        self.case.complete(token, answers, outcome)


def _opened(desk: Desk, definition: ProcessDefinition, values: dict[str, int], number: int) -> Compared:
    service = f"random{number}"
    desk.put_in_service(service, definition=_asking(definition), needs_business=False)
    answers = {"title": service, **values}
    case = open_case(desk, service, dict(answers))
    return Compared(definition, case, TokenGame(definition, decide, answers), dict(answers))


def _prove(desk: Desk, examples: int) -> None:
    numbers, commands = count(1), count(1)

    # Making a failing process smaller would take minutes here; the runner's own proof does that.
    @settings(profile(examples), phases=(Part.generate,))
    @given(sound_processes(depth=2), variables(), st.integers(0, 2**32))
    def proof(definition: ProcessDefinition, values: dict[str, int], seed: int) -> None:
        compared = _opened(desk, definition, values, next(numbers))
        chosen = random.Random(seed)
        assert compared.differences() == []
        for _ in range(STEPS):
            if not compared.case.tasks:
                break
            compared.go_on(chosen)
            next(commands)
            assert compared.differences() == []

    proof()
    assert desk.see("admin", lambda work: list(check(work))) == []
    print(f"\n{next(numbers) - 1} tickets, {next(commands) - 1} completions through the commands")


def test_commands_agree_with_the_token_game(sqlite_database: Database) -> None:
    _prove(furnish(Desk(database=sqlite_database)), SHORT)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_commands_agree_with_the_token_game_for_hundreds_of_tickets(sqlite_database: Database) -> None:
    _prove(furnish(Desk(database=sqlite_database)), LONG)
