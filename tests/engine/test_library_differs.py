"""Where SpiffWorkflow, left alone, plays another game than BPMN: the runner agrees with the oracle there.

Each case is also played on the library as it comes, with its own parser, joins and tree, to show that it does
differ. A newer library that no longer does fails here, and our own joins can then be looked at again.
"""

from io import BytesIO

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

from tests.support.diagrams import process, to_bpmn
from tests.support.walks import Walk

CASES = {
    "a parallel join in a loop, the branches finishing in another order in round two": (
        """start -> xor1 -> and1 -> A -> and2 -> C -> xor2
           and1 -> B -> and2
           xor2 -[v1 > 0]-> xor1
           xor2 -/-> end""",
        ("A", "B", "C", "B"),
        ["A"],
    ),
    "a parallel join in a loop in a sub-process": (
        """start -> S -> end
           S { start_s -> xor1 -> and1 -> A -> and2 -> C -> xor2
           and1 -> B -> and2
           xor2 -[v1 > 0]-> xor1
           xor2 -/-> end_s }""",
        ("A", "B", "C", "B"),
        ["A"],
    ),
    "an inclusive join behind splits nested in one of its branches": (
        """start -> or1 -[v1 > 0]-> xor1 -[v1 > 5]-> E -> xor3 -> or2 -> D -> end
           xor1 -/-> A -> xor2 -[v1 > 5]-> F -> xor3
           xor2 -/-> B -> xor3
           or1 -[v1 > 0]-> C -> or2
           or1 -/-> G -> or2""",
        ("C",),
        ["A"],
    ),
    "an inclusive join in a loop": (
        """start -> xor1 -> or1 -[v1 > 0]-> A -> or2 -> C -> xor2
           or1 -[v1 > 0]-> B -> or2
           or1 -/-> E -> or2
           xor2 -[v1 > 0]-> xor1
           xor2 -/-> end""",
        ("A", "B", "C", "B"),
        ["A"],
    ),
}
CASE = pytest.mark.parametrize(("text", "tasks", "live"), CASES.values(), ids=CASES)


@CASE
def test_the_runner_and_the_oracle_agree(text: str, tasks: tuple[str, ...], live: list[str]) -> None:
    walk = Walk(process(text), {"v1": 1}, seed=0)
    for element in tasks:
        assert walk.differences() == []
        token = next(task.token for task in walk.step.live if task.element_id == element)
        walk.complete(token, element, {"v1": 1})
    assert walk.differences() == []
    assert sorted(task.element_id for task in walk.step.live) == live


@CASE
def test_the_library_as_it_comes_differs(text: str, tasks: tuple[str, ...], live: list[str]) -> None:
    parser = BpmnParser()
    parser.add_bpmn_io(BytesIO(to_bpmn(process(text))))
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.task_tree.data["v1"] = 1
    workflow.do_engine_steps()
    for element in tasks:
        ready = workflow.get_tasks(state=TaskState.READY, spec_name=element)
        assert len(ready) == 1, workflow.get_tasks(state=TaskState.READY)
        ready[0].run()
        workflow.do_engine_steps()
    found = [task.task_spec.bpmn_id for task in workflow.get_tasks(state=TaskState.READY, manual=True)]
    assert sorted(found) != live
    print(f"\nthe library: {sorted(found)}, BPMN: {live}")
