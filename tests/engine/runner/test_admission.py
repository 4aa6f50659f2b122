"""What the runner does not take, by code and element."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bpmn import limits
from bpmn.errors import FaultdeskError
from bpmn.model import (
    Event,
    EventKind,
    Expression,
    Flow,
    Loop,
    Node,
    NodeKind,
    ProcessDefinition,
)
from engine.runner import NotRunnable, compile_process
from engine.runner.library import NoScripts
from tests.engine.runner.journeys import begin, lines
from tests.support.diagrams import process

PLAIN = "start -> A -> end"


def _with_node(text: str = PLAIN, **changes: object) -> ProcessDefinition:
    definition = process(text)
    nodes = tuple(replace(node, **changes) if node.id == "A" else node for node in definition.nodes)  # type: ignore[arg-type]
    return replace(definition, nodes=nodes)


def _with_flow(text: str = PLAIN, **changes: object) -> ProcessDefinition:
    definition = process(text)
    last = replace(definition.flows[-1], **changes)  # type: ignore[arg-type]
    return replace(definition, flows=(*definition.flows[:-1], last))


def _condition(text: str, language: str = "feel") -> ProcessDefinition:
    return _with_flow(condition=Expression(text=text, language=language))


def _twice() -> ProcessDefinition:
    definition = process(PLAIN)
    return replace(definition, nodes=(*definition.nodes, definition.nodes[1]))


def _deep() -> ProcessDefinition:
    nested = [Node(id=f"S{n}", kind=NodeKind.SUB_PROCESS, scope=f"S{n - 1}" if n else "P") for n in range(22)]
    definition = process(PLAIN)
    return replace(definition, nodes=(*definition.nodes, *nested))


def _in_a_ring() -> ProcessDefinition:
    ring = [Node(id=a, kind=NodeKind.SUB_PROCESS, scope=b) for a, b in (("X", "Y"), ("Y", "X"))]
    definition = process(PLAIN)
    return replace(definition, nodes=(*definition.nodes, *ring))


REFUSED: list[tuple[str, Callable[[], ProcessDefinition], str, str]] = [
    ("a loop", lambda: _with_node(loop=Loop(multi_instance=True)), "ELEMENT_NOT_RUNNABLE", "A"),
    ("a compensation handler", lambda: _with_node(compensation=True), "ELEMENT_NOT_RUNNABLE", "A"),
    ("a boundary event", lambda: process("start -> A -> end\nt: boundaryEvent A timer"), "ELEMENT_NOT_RUNNABLE", "t"),
    ("an id used twice", _twice, "DUPLICATE_ID", "A"),
    ("an id like the process's", lambda: _with_flow(id="P"), "DUPLICATE_ID", "P"),
    ("an id of a node on a flow", lambda: _with_flow(id="A"), "DUPLICATE_ID", "A"),
    ("a flow to nowhere", lambda: _with_flow(target="gone"), "DANGLING_FLOW", "A__end"),
    ("a flow from nowhere", lambda: _with_flow(source="gone"), "DANGLING_FLOW", "A__end"),
    ("a flow into the start", lambda: _with_flow(target="start"), "FLOW_INTO_START", "A__end"),
    ("a flow out of an end", lambda: _with_flow(source="end", target="A"), "FLOW_FROM_END", "A__end"),
    ("a scope that is none", lambda: _with_node(scope="gone"), "UNKNOWN_SCOPE", "A"),
    ("a task as a scope", lambda: _with_node(text="start -> B -> end\nA", scope="B"), "UNKNOWN_SCOPE", "A"),
    ("sub-processes too deep", _deep, "SUB_PROCESS_TOO_DEEP", "S21"),
    ("sub-processes in a ring", _in_a_ring, "SUB_PROCESS_TOO_DEEP", "X"),
    ("no start event", lambda: process("A -> end"), "NO_START_EVENT", "P"),
    ("a sub-process that is one loop", lambda: process("start -> S -> end\nS { A -> B -> A }"), "NO_START_EVENT", "S"),
    ("a condition that is no FEEL", lambda: _condition("x >"), "CONDITION_REFUSED", "A__end"),
    ("a condition in JUEL", lambda: _condition("${x > 1}"), "CONDITION_REFUSED", "A__end"),
    ("a condition in Java", lambda: _condition("x > 1", "java"), "CONDITION_REFUSED", "A__end"),
]


@pytest.mark.parametrize(("make", "code", "element"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_run_is_refused_by_code_and_element(
    make: Callable[[], ProcessDefinition], code: str, element: str
) -> None:
    with pytest.raises(NotRunnable) as refused:
        compile_process(make())
    assert isinstance(refused.value, FaultdeskError)
    assert (refused.value.code, refused.value.params["element_id"]) == (code, element)


RUNS = {
    NodeKind.TASK,
    NodeKind.USER_TASK,
    NodeKind.MANUAL_TASK,
    NodeKind.SUB_PROCESS,
    NodeKind.EXCLUSIVE_GATEWAY,
    NodeKind.PARALLEL_GATEWAY,
    NodeKind.INCLUSIVE_GATEWAY,
    NodeKind.INTERMEDIATE_THROW_EVENT,
    NodeKind.END_EVENT,
    NodeKind.START_EVENT,
}


@pytest.mark.parametrize("kind", NodeKind)
def test_every_kind_of_node_either_runs_or_is_refused(kind: NodeKind) -> None:
    definition = process("start -> B -> end\nA")
    nodes = tuple(replace(node, kind=kind) if node.id == "A" else node for node in definition.nodes)
    definition = replace(definition, nodes=nodes)
    if kind in RUNS:
        compile_process(definition)
        return
    with pytest.raises(NotRunnable) as refused:
        compile_process(definition)
    assert refused.value.params == {"element_id": "A", "kind": kind.value}


@pytest.mark.parametrize("event", EventKind)
@pytest.mark.parametrize(
    "kind", [NodeKind.START_EVENT, NodeKind.INTERMEDIATE_THROW_EVENT, NodeKind.END_EVENT], ids=lambda kind: kind.value
)
def test_of_events_plain_ones_and_terminate_ends_run(kind: NodeKind, event: EventKind) -> None:
    definition = process("start -> B -> end\nA")
    changed = (replace(n, kind=kind, event=Event(kind=event)) if n.id == "A" else n for n in definition.nodes)
    definition = replace(definition, nodes=tuple(changed))
    if event is EventKind.NONE or (kind is NodeKind.END_EVENT and event is EventKind.TERMINATE):
        compile_process(definition)
        return
    with pytest.raises(NotRunnable):
        compile_process(definition)


@pytest.mark.parametrize("kind", [NodeKind.TASK, NodeKind.USER_TASK, NodeKind.MANUAL_TASK], ids=lambda kind: kind.value)
def test_each_kind_of_human_task_waits_for_a_person(kind: NodeKind) -> None:
    journey = begin(_with_node(kind=kind))
    assert journey.at == ["A"]
    assert journey.complete("A").finished


def test_an_intermediate_event_without_a_definition_is_passed() -> None:
    assert begin(_with_node(kind=NodeKind.INTERMEDIATE_THROW_EVENT, event=None)).step.finished


def test_ids_that_the_library_uses_itself_are_free_for_use() -> None:
    journey = begin("Start: startEvent none\nEnd: userTask\nRoot: userTask\nStart -> End -> Root -> end")
    assert journey.walk("End", "Root").step.finished


def test_flows_from_one_node_to_one_node_are_told_apart() -> None:
    journey = begin("start -> and1 -> A -> end\nand1 -> A")
    assert journey.at == ["A", "A"]
    assert journey.step.flows == ("start__and1", "and1__A", "and1__A__2")


def test_a_flow_may_not_cross_the_border_of_a_sub_process() -> None:
    definition = process("start -> S -> end\nS { start_s -> A -> end_s }\nB")
    crossing = Flow(id="crossing", source="A", target="B", scope="P")
    with pytest.raises(NotRunnable) as refused:
        compile_process(replace(definition, flows=(*definition.flows, crossing)))
    assert refused.value.code == "FLOW_CROSSES_SCOPE"


def test_more_flows_from_one_node_than_the_limit_are_refused() -> None:
    def branches(count: int) -> ProcessDefinition:
        return process(lines("start -> and1", (f"and1 -> t{n}" for n in range(count))))

    compile_process(branches(limits.PARALLEL_FAN_OUT))
    with pytest.raises(NotRunnable) as refused:
        compile_process(branches(limits.PARALLEL_FAN_OUT + 1))
    assert refused.value.params == {"element_id": "and1", "limit": limits.PARALLEL_FAN_OUT}


def test_the_runner_hands_no_text_to_python() -> None:
    compiled = compile_process(process(PLAIN))
    assert compiled.key == "P"
    with pytest.raises(AttributeError):
        NoScripts().evaluate("__import__('os')")
