"""One ticket taken through three runs at once with random answers: stored, remembered, and the token game's.

The first stores its position after each step and reads it again: nothing else goes from one step to the next. The
second never leaves memory and forgets nothing. The third shares no code with the runner.
"""

import random
from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime

from bpmn.model import EventKind, ProcessDefinition
from engine.runner import CompiledProcess, EndReason, Step, compile_process, complete, retry, start
from tests.support.random_processes import VARIABLES, back_outcome, decide
from tests.support.token_game import TokenGame
from tests.support.unfolded import Remembering

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
STEPS = 40


class Walk:
    """One ticket; raises RunawayError where the process would go on for ever by itself."""

    def __init__(self, definition: ProcessDefinition, values: dict[str, int], seed: int) -> None:
        self.definition = definition
        self.random = random.Random(seed)
        self.variables: dict[str, object] = dict(values)
        self.oracle = TokenGame(definition, decide, self.variables)
        self.compiled: CompiledProcess = compile_process(definition)
        self.step: Step = start(self.compiled, variables=dict(values), now=NOW)
        self.remembering = Remembering(self.compiled, variables=dict(values), now=NOW)
        self.completed: str | None = None
        self.steps = 0
        self.happened: set[str] = set()
        """What this walk met besides the elements drawn in the process."""

    @property
    def over(self) -> bool:
        """Nothing is left to be done: the ticket ended, or stands still."""
        return self.step.finished or not (self.step.live or self.oracle.blocked)

    def differences(self) -> list[str]:
        """What the three disagree about after the last step; empty when they agree."""
        return [*self._from_memory(), *self._from_oracle()]

    def _from_memory(self) -> list[str]:
        """Everything must be equal: tasks, variables, order of nodes and flows, status, even the bytes to be stored."""
        ours, theirs = self.step, self.remembering.step
        names = [each.name for each in fields(Step) if getattr(ours, each.name) != getattr(theirs, each.name)]
        return [f"{name}: stored {getattr(ours, name)}, remembered {getattr(theirs, name)}" for name in names]

    def _from_oracle(self) -> list[str]:
        step, oracle = self.step, self.oracle
        pairs: list[tuple[str, object, object]] = [
            ("live", Counter(task.element_id for task in step.live), oracle.live),
            ("opened", Counter(task.element_id for task in step.opened), oracle.opened),
            ("ended", *self._ended()),
            ("variables", step.variables, oracle.variables),
            ("finished", step.finished, oracle.finished),
            ("stuck", step.stuck is not None, oracle.stuck),
        ]
        # How far the other branches came before a terminate end took them away is left open by the standard.
        if not self.terminated():
            pairs += [
                ("entered", Counter(step.entered), Counter(oracle.entered)),
                ("flows", Counter(step.flows), Counter(oracle.flows)),
            ]
        return [f"{what}: runner {ours}, oracle {theirs}" for what, ours, theirs in pairs if ours != theirs]

    def _ended(self) -> tuple[object, object]:
        ours = [(task.element_id, task.reason) for task in self.step.ended]
        theirs = [] if self.completed is None else [(self.completed, EndReason.COMPLETED)]
        theirs += [(each, EndReason.CANCELLED) for each in self.oracle.cancelled.elements()]
        return sorted(ours), sorted(theirs)

    def terminated(self) -> bool:
        """Whether a terminate end event was reached in the last step."""
        reached = (self.definition.nodes_by_id[each].event for each in self.oracle.entered)
        return any(event is not None and event.kind is EventKind.TERMINATE for event in reached)

    def go_on(self) -> None:
        """Completes one open task, the same in all three, or lets a stuck ticket try again, with random answers."""
        self.steps += 1
        if self.oracle.blocked and (not self.step.live or self.random.random() < 0.3):
            self.retry({name: self.random.randint(0, 3) for name in VARIABLES})
            return
        task = self.random.choice(sorted(self.step.live, key=lambda each: each.token))
        outcome = back_outcome(self.definition, task.element_id, self.random.randrange(100))
        answers = {name: self.random.randint(0, 3) for name in VARIABLES}
        self.complete(task.token, task.element_id, answers, outcome)

    def complete(self, token: int, element_id: str, answers: dict[str, int], outcome: str | None = None) -> None:
        """Completes this task in all three."""
        same = [each.token for each in self.step.live if each.element_id == element_id]
        self.variables |= answers
        if outcome is not None:
            self.variables[f"{element_id}_outcome"] = outcome
        self.completed = element_id
        self.oracle.complete(element_id, same.index(token), variables=self.variables, outcome=outcome)
        known = dict(self.variables)
        self.step = complete(self.compiled, self.step.state, token=token, variables=known, now=NOW, outcome=outcome)
        self.remembering.complete(token, variables=dict(self.variables), now=NOW, outcome=outcome)

    def retry(self, answers: dict[str, int]) -> None:
        """Lets what is stuck try again in all three, with these variables corrected."""
        self.variables |= answers
        self.completed = None
        self.oracle.retry(variables=self.variables)
        self.step = retry(self.compiled, self.step.state, variables=dict(self.variables), now=NOW)
        self.remembering.retry(variables=dict(self.variables), now=NOW)
        self.happened.add("(retried)")

    def note(self) -> None:
        """Adds what is to be seen now to what happened."""
        seen = {
            "(ended)": self.step.finished,
            "(stuck)": self.step.stuck is not None,
            "(a task was taken away by a terminate end)": bool(self.oracle.cancelled),
            "(two tokens at one task)": any(count > 1 for count in self.oracle.live.values()),
            "(more finished tasks than live ones in memory)": self.remembering.kept > 2 * len(self.oracle.tokens) + 2,
        }
        self.happened.update(what for what, so in seen.items() if so)


def walk_agrees(walk: Walk, *, sound: bool) -> None:
    """Walks until the end, a standstill or the step limit."""
    while walk.steps < STEPS:
        # In a sound process two joins that can fire at once stand in different branches: their order is no matter.
        if walk.oracle.ambiguous and not sound:
            return
        walk.note()
        assert walk.differences() == []
        if sound:
            assert walk.step.stuck is None
        if walk.over:
            return
        walk.go_on()
