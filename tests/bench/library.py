"""What the library costs by itself for the same process: its own parser, its own steps, its own JSON round trip."""

import time
from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from tests.bench.desk import REPORT
from tests.bench.floor_steps import LIBRARY_FILE
from tests.scenario.test_fault_story import ASSESSMENT, HANDLING, REVIEW

_STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Task_Handle", {**HANDLING, "service_restored": "no"}),
    ("Task_Handle", HANDLING),
    ("Task_Review", REVIEW),
    ("Task_Assess", {**ASSESSMENT, "outcome": "pass"}),
)


def library_costs(tickets: int) -> str:
    """CPU milliseconds per ticket: steps alone, with a JSON round trip at each task, and the last state's size."""
    parser = BpmnParser()
    parser.add_bpmn_file(str(LIBRARY_FILE))
    spec = parser.get_spec("incident")
    serializer = BpmnWorkflowSerializer()
    _walk(spec, None)
    began = time.process_time()
    for _ in range(tickets):
        _walk(spec, None)
    alone = time.process_time() - began
    began = time.process_time()
    for _ in range(tickets):
        size = _walk(spec, serializer)
    stored = time.process_time() - began
    return (
        f"the library for the same ticket: steps {1000 * alone / tickets:.2f} ms CPU, with its JSON round trip "
        f"{1000 * stored / tickets:.2f} ms CPU, last state {size} bytes"
    )


def _walk(spec: Any, serializer: BpmnWorkflowSerializer | None) -> int:
    workflow, text = BpmnWorkflow(spec), ""
    workflow.data.update(REPORT)
    workflow.do_engine_steps()
    for name, answers in _STEPS:
        if serializer is not None:
            text = serializer.serialize_json(workflow)
            workflow = serializer.deserialize_json(text)
        [task] = workflow.get_tasks(state=TaskState.READY, manual=True)
        assert task.task_spec.name == name
        task.data.update(answers)
        task.run()
        workflow.do_engine_steps()
    assert workflow.is_completed()
    return len(text)
