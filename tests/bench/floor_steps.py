"""The floor's process: by the library as it comes, with its JSON round trip, or by the engine's own steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, cast

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from app.bundled import bundled
from bpmn.inspection import inspect
from bpmn.model import ProcessDefinition
from engine.runner import Step, compile_process, complete, start

LIBRARY_FILE = Path(__file__).parent / "incident-for-the-library.bpmn"

Answers = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Where the process is: its state, and the task that is open now (None at its end)."""

    state: bytes
    element: str | None
    token: int = 0


class Steps(Protocol):
    """Opening a process and completing a task of it."""

    def start(self, answers: Answers) -> Moved:
        """Run to the first task."""

    def complete(self, state: bytes, *, token: int, element: str, variables: Answers, outcome: str | None) -> Moved:
        """Complete the open task and run to the next."""


class EngineSteps:
    """The engine's runner."""

    def __init__(self) -> None:
        found = inspect(bundled("fault-handling"), name="fault-handling.bpmn").definition
        self._definition = cast("ProcessDefinition", found)
        self._process = compile_process(self._definition)

    def start(self, answers: Answers) -> Moved:
        """See Steps."""
        return self._moved(start(self._process, variables=answers, now=datetime.now(UTC)))

    def complete(self, state: bytes, *, token: int, element: str, variables: Answers, outcome: str | None) -> Moved:
        """See Steps."""
        chosen = outcome or next((each.key for each in self._definition.outcomes_of(element)), None)
        now = datetime.now(UTC)
        return self._moved(complete(self._process, state, token=token, variables=variables, now=now, outcome=chosen))

    @staticmethod
    def _moved(step: Step) -> Moved:
        live = next(iter(step.opened), None)
        if live is None:
            return Moved(state=step.state, element=None)
        return Moved(state=step.state, element=live.element_id, token=live.token)


class LibrarySteps:
    """SpiffWorkflow's parser, workflow and serializer, untouched."""

    def __init__(self) -> None:
        parser = BpmnParser()
        parser.add_bpmn_file(str(LIBRARY_FILE))
        self._spec = parser.get_spec("incident")
        self._serializer = BpmnWorkflowSerializer()

    def start(self, answers: Answers) -> Moved:
        """See Steps."""
        workflow = BpmnWorkflow(self._spec)
        workflow.data.update(answers)
        return self._run(workflow)

    def complete(self, state: bytes, *, token: int, element: str, variables: Answers, outcome: str | None) -> Moved:
        """See Steps."""
        workflow = self._serializer.deserialize_json(state.decode())
        [task] = self._open(workflow)
        task.data.update(variables, outcome=outcome)
        task.run()
        return self._run(workflow)

    def _run(self, workflow: Any) -> Moved:
        workflow.do_engine_steps()
        element = next((task.task_spec.name for task in self._open(workflow)), None)
        return Moved(state=self._serializer.serialize_json(workflow).encode(), element=element)

    @staticmethod
    def _open(workflow: Any) -> list[Any]:
        return list(workflow.get_tasks(state=TaskState.READY, manual=True))
