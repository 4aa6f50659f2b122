"""A run that never leaves memory and forgets nothing: what the stored, folded one is compared with.

It is put together from the runner's own parts. One ProcessRun lives from the start to the end, no position is read, and
every finished task stays in the library's tree, below the task it came from, as the library keeps it when it is
left alone.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.runner import CompiledProcess, Step
from engine.runner.library import NestedRun, ProcessRun, Token
from engine.runner.report import step_of
from engine.runner.steps import advance, release


class _Unfolded:
    """Keeps what `_Scope` takes out of the tree."""

    tasks: dict[int, Token]
    task_tree: Token
    completed: bool

    def retire(self, token: Token) -> None:
        """Leave the finished token where it is."""

    def tokens(self) -> list[Token]:
        """The tokens that are not finished, by number."""
        live = (task for task in self.tasks.values() if not task.has_state(TaskState.FINISHED_MASK))
        return sorted(live, key=lambda token: token.id)

    def note_completion(self) -> None:
        """Complete when no task of the whole tree is unfinished."""
        self.completed = not self.tokens()


class UnfoldedNested(_Unfolded, NestedRun):
    """A sub-process."""


class UnfoldedRun(_Unfolded, ProcessRun):
    """A process."""

    def create_subprocess(self, my_task: Token, spec_name: str) -> NestedRun:
        """Open the run of a sub-process inside a token."""
        nested = UnfoldedNested(self.subprocess_specs[spec_name], my_task)
        self.subprocesses[my_task.id] = nested
        return nested


class Remembering:
    """One ticket that is never stored; `step` is what the runner would have told of the last move."""

    def __init__(self, compiled: CompiledProcess, *, variables: Mapping[str, object], now: datetime) -> None:
        self.run: Any = UnfoldedRun(compiled.process_spec, compiled.nested_specs, variables=variables, now=now)
        self.run.begin([compiled.start])
        advance(self.run)
        self.step: Step = step_of(self.run)

    def complete(
        self, token: int, *, variables: Mapping[str, object], now: datetime, outcome: str | None = None
    ) -> None:
        """Complete the live task with this number and run on."""
        live = self._begin_move(variables, now)
        completed = next(each for each in live if each.id == token)
        completed.outcome = outcome
        completed.run()
        advance(self.run)
        self.step = step_of(self.run, before=live, completed=completed)

    def retry(self, *, variables: Mapping[str, object], now: datetime) -> None:
        """Let every stuck token try again to leave its node."""
        live = self._begin_move(variables, now)
        for token in self.run.all_tokens():
            if token.stuck is not None:
                release(token, variables)
        advance(self.run)
        self.step = step_of(self.run, before=live)

    def _begin_move(self, variables: Mapping[str, object], now: datetime) -> tuple[Token, ...]:
        run = self.run
        run.variables, run.now, run.first_number = variables, now, run.next_number
        run.entered, run.flows, run.cancelled = [], [], []
        return tuple(each for each in run.all_tokens() if each.is_open)

    @property
    def kept(self) -> int:
        """How many tasks the tree holds, finished ones and those of running sub-processes included."""
        return sum(len(scope.tasks) for scope in self.run.scopes())
