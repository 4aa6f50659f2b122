"""SpiffWorkflow's workflow and task, changed where the library remembers more than the future needs.

The library runs the process: its state machine, its engine loop, its sub-workflows. What is replaced, by
subclassing: tasks are numbered instead of carrying a UUID and copies of all data; a finished task leaves the tree at
once, its successors moving up to the root, so that the tree is never deeper than one level; a workflow is complete when
no token is left in it; nothing is predicted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from bpmn import limits
from engine.runner.values import Stuck, StuckCode

ROOT = -1
"""The number of the process's root task; a sub-process's root has `ROOT` minus its owner's number."""


class GivenUp(Exception):
    """A bound of the engine was passed: the command moves nothing."""

    def __init__(self, code: StuckCode, params: Mapping[str, str | int]) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class NoScripts:
    """Stands where the library keeps its script engine, which would hand texts of a file to Python."""

    def __getattr__(self, name: str) -> Callable[..., object]:
        raise AttributeError(f"the runner evaluates no {name} through the library")


class Token(Task):  # type: ignore[misc]  # The library has no types.
    """One token at one node, known by its number; numbers grow in the order of creation."""

    def __init__(self, workflow: Any, spec: Any, parent: "Token | None", state: int, number: int) -> None:
        self.flow: str | None = None
        self.task: str | None = None
        self.outcome: str | None = None
        self.stuck: Stuck | None = None
        self.done = False
        super().__init__(workflow, spec, parent, state, number)
        if state == TaskState.WAITING:
            workflow.waiting[number] = self

    @property
    def is_open(self) -> bool:
        """Whether a person has to complete something here."""
        return self._state == TaskState.READY and bool(self.task_spec.human)

    def run(self) -> bool | None:
        """Run the node, unless a terminate end event took the token away since the engine listed it."""
        return super().run() if self._state == TaskState.READY else None

    def _set_state(self, value: int) -> None:
        # The library logs each change with a dictionary built for it, and keeps the time of it.
        self._state = value
        scope = self.workflow
        scope.runnable.pop(self.id, None)
        scope.waiting.pop(self.id, None)
        if value == TaskState.WAITING:
            scope.waiting[self.id] = self
        elif value == TaskState.READY and not self.task_spec.manual:
            scope.runnable[self.id] = self

    def _inherit_data(self) -> None:
        """Variables belong to the ticket; nothing is handed from task to task."""


class _Scope:
    """What a run of a process and a run of a sub-process have in common."""

    spec: Any
    tasks: dict[int, Token]
    task_tree: Token
    completed: bool
    last_task: Token | None
    runnable: dict[int, Token]
    """Tokens that the engine can move on without a person."""
    waiting: dict[int, Token]
    """Tokens on the incoming flows of joins, in order of arrival."""

    def set_root(self, number: int) -> None:
        """Hang a finished start task at the root: the parent of every token."""
        self.runnable, self.waiting = {}, {}
        self.task_tree = Token(self, self.spec.start, None, TaskState.COMPLETED, number)

    def tokens(self) -> list[Token]:
        """The tokens in here by number, those of nested sub-processes not included."""
        return [task for task in self.tasks.values() if task is not self.task_tree]

    def get_tasks(self, first_task: Token | None = None, **wanted: Any) -> list[Token]:
        """Answers the engine's loop, which asks for READY tasks and skips those for people, without a search."""
        if first_task is None and wanted == {"state": TaskState.READY}:
            return list(self.runnable.values())
        return super().get_tasks(first_task, **wanted)  # type: ignore[misc,no-any-return]

    def begin(self, specs: Iterable[Any]) -> None:
        """Put a token at each of these nodes."""
        run = self.top_workflow  # type: ignore[attr-defined]
        for spec in specs:
            token = run.new_token(spec, self.task_tree)
            spec._update(token)
        self.note_completion()

    def retire(self, token: Token) -> None:
        """Take a finished token out of the tree; what follows it moves up to the root."""
        root = self.task_tree
        for child in token.children:
            child.parent = root
            root._children.append(child.id)
        # A token that joins others while they are being created still hangs below the node they all left.
        token.parent._children.remove(token.id)
        del self.tasks[token.id]

    def note_completion(self) -> None:
        """A run is complete when no token is left in it."""
        self.completed = len(self.tasks) == 1

    def clear(self, survivor: Token | None = None) -> None:
        """Take all tokens away but one, those of nested sub-processes first."""
        for token in self.tokens():
            if token is not survivor:
                if token.is_open:
                    self.top_workflow.cancelled.append(token)  # type: ignore[attr-defined]
                token.cancel()
                self.retire(token)

    def _task_completed_notify(self, task: Token) -> None:
        self.last_task = self.task_tree
        self.retire(task)
        self.note_completion()

    def _predict(self, mask: int = 0) -> None:
        """A token's successors are created when it leaves its node, never before."""


class NestedRun(_Scope, BpmnSubWorkflow):  # type: ignore[misc]
    """A sub-process running inside the token `owner`."""

    def __init__(self, spec: Any, owner: Token) -> None:
        self.owner = owner
        super().__init__(spec, owner.id, owner.workflow.top_workflow, deserializing=True)
        self.set_root(ROOT - owner.id)

    def _calculate_depth(self) -> int:
        return int(self.owner.workflow.depth) + 1


class ProcessRun(_Scope, BpmnWorkflow):  # type: ignore[misc]
    """One ticket's process while a command moves it, with what the command will be told about the move."""

    subprocesses: dict[int, NestedRun]

    def __init__(
        self,
        spec: Any,
        nested_specs: Mapping[str, Any],
        *,
        variables: Mapping[str, object],
        now: datetime,
        next_number: int = 1,
    ) -> None:
        super().__init__(spec, nested_specs, NoScripts(), deserializing=True)
        self.set_root(ROOT)
        self.variables, self.now = variables, now
        self.next_number, self.first_number = next_number, next_number
        self.entered: list[str] = []
        self.flows: list[str] = []
        self.cancelled: list[Token] = []
        self.last_end: Any = None
        """The spec of the end event entered last that has a status, since the ticket was opened."""

    def new_token(self, spec: Any, parent: Token) -> Token:
        """A token that is about to enter a node.

        Raises: GivenUp(STEP_LIMIT) when the command has entered as many as it may.
        """
        number = self.next_number
        if number - self.first_number >= limits.ENGINE_STEPS:
            params = {"limit": limits.ENGINE_STEPS, "at": spec.bpmn_id}
            raise GivenUp(StuckCode.STEP_LIMIT, params)
        self.next_number = number + 1
        return Token(parent.workflow, spec, parent, TaskState.FUTURE, number)

    def create_subprocess(self, my_task: Token, spec_name: str) -> NestedRun:
        """Open the run of a sub-process inside a token."""
        nested = NestedRun(self.subprocess_specs[spec_name], my_task)
        self.subprocesses[my_task.id] = nested
        return nested

    def get_active_subprocesses(self) -> list[NestedRun]:
        """Those with something to do: move a token on, or tell their owner that they are complete."""
        return [nested for nested in self.subprocesses.values() if nested.runnable or nested.completed]

    def scopes(self) -> Sequence[Any]:
        """The process and all sub-processes running in it, outermost first."""
        return [self, *self.subprocesses.values()]

    def all_tokens(self) -> list[Token]:
        """Every token of the ticket by number."""
        return sorted((token for scope in self.scopes() for token in scope.tokens()), key=lambda t: t.id)

    def has_work(self) -> bool:
        """Whether the engine can do anything without a person."""
        return bool(self.runnable) or bool(self.get_active_subprocesses())
