"""What the reader makes of each part of a file."""

import pytest

from bpmn.findings import Finding, Severity, Verdict
from bpmn.inspection import inspect
from bpmn.model import (
    CandidateRole,
    Event,
    EventKind,
    Expression,
    NodeKind,
    OutcomeKind,
    ProcessDefinition,
    SlaSettings,
    TargetSetting,
)
from bpmn.reader import Reading, read_bpmn
from tests.bpmn.drawing import END, PLAIN, START, TASK, bpmn, choice, extended, flow, straight


def definition(content: bytes) -> ProcessDefinition:
    main = read_bpmn(content).main
    assert main is not None
    return main


def found(reading: Reading, code: str) -> list[Finding]:
    return [each for each in reading.findings if each.code == code]


def test_nodes_flows_and_lines_are_read_in_the_order_of_the_file() -> None:
    process = definition(bpmn(PLAIN))
    assert [(node.id, node.kind, node.line) for node in process.nodes] == [
        ("S", NodeKind.START_EVENT, 4),
        ("T", NodeKind.USER_TASK, 5),
        ("E", NodeKind.END_EVENT, 6),
    ]
    assert [(each.id, each.source, each.target, each.line) for each in process.flows] == [
        ("F1", "S", "T", 7),
        ("F2", "T", "E", 9),
    ]
    assert process.nodes_by_id["T"].incoming == ("F1",)
    assert process.nodes_by_id["T"].outgoing == ("F2",)
    assert process.start_event().id == "S"


def test_lines_beyond_65535_are_right() -> None:
    process = definition(bpmn("\n" * 70_000 + PLAIN))
    assert process.nodes_by_id["T"].line == 70_005


def test_a_sub_process_gives_its_id_as_scope_and_its_lane_to_what_is_inside() -> None:
    lanes = '<laneSet id="LS"><lane id="L" name="Ops"><flowNodeRef>X</flowNodeRef></lane></laneSet>'
    inside = '<startEvent id="IS"/><userTask id="IT"/>' + flow("IF", "IS", "IT")
    process = definition(bpmn(lanes + f'<subProcess id="X">{inside}</subProcess>' + START + flow("F", "S", "X")))
    task = process.nodes_by_id["IT"]
    assert (task.scope, task.lane) == ("X", "L")
    assert task.roles == (CandidateRole(key="Ops", origin="lane"),)
    assert process.flows_by_id["IF"].scope == "X"


def test_the_innermost_lane_holds_a_node_and_white_space_is_stripped() -> None:
    lanes = """<laneSet id="LS"><lane id="Outer" name="IT"><flowNodeRef> T </flowNodeRef><flowNodeRef>S</flowNodeRef>
      <childLaneSet id="C"><lane id="Inner" name="Second line"><flowNodeRef>
        T
      </flowNodeRef></lane></childLaneSet></lane></laneSet>"""
    process = definition(bpmn(lanes + PLAIN))
    assert process.nodes_by_id["T"].lane == "Inner"
    assert process.nodes_by_id["S"].lane == "Outer"
    assert [(each.id, each.parent, each.nodes) for each in process.lanes] == [
        ("Outer", None, ("S",)),
        ("Inner", "Outer", ("T",)),
    ]


def test_a_node_in_two_lanes_stays_in_the_first_and_is_reported() -> None:
    lane = '<lane id="{0}" name="{0}"><flowNodeRef>T</flowNodeRef></lane>'
    reading = read_bpmn(bpmn(f'<laneSet id="LS">{lane.format("A")}{lane.format("B")}</laneSet>' + PLAIN))
    assert reading.main is not None
    assert reading.main.nodes_by_id["T"].lane == "A"
    (finding,) = found(reading, "LANE_AMBIGUOUS")
    assert (finding.element_id, finding.params["first"], finding.params["second"]) == ("T", "A", "B")


def owned(by: str) -> str:
    inner = f"<formalExpression>{by}</formalExpression>"
    return f"<potentialOwner><resourceAssignmentExpression>{inner}</resourceAssignmentExpression></potentialOwner>"


@pytest.mark.parametrize(
    ("task", "roles"),
    [
        ('<userTask id="T" fd:role="ops qc"/>', [("ops", "fd:role"), ("qc", "fd:role")]),
        (extended("userTask", "T", '<fd:role key="ops"/><fd:role key="ops"/>'), [("ops", "fd:role")]),
        (
            f'<userTask id="T">{owned("user(kermit), group(desk), ops")}</userTask>',
            [("desk", "potentialOwner"), ("ops", "potentialOwner")],
        ),
        (
            '<userTask id="T"><humanPerformer><resourceRef>R</resourceRef></humanPerformer></userTask>',
            [("Helpdesk", "humanPerformer")],
        ),
        ('<userTask id="T"/>', []),
    ],
)
def test_candidate_roles_come_from_the_most_explicit_place(task: str, roles: list[tuple[str, str]]) -> None:
    resource = '<resource id="R" name="Helpdesk"/>'
    process = definition(bpmn(straight(START, task, END, ids=("S", "T", "E")), around=resource))
    assert [(each.key, each.origin) for each in process.nodes_by_id["T"].roles] == roles


def test_an_owner_named_by_an_expression_is_reported_and_gives_no_role() -> None:
    reading = read_bpmn(bpmn(PLAIN.replace('fd:role="ops"/>', f">{owned('${group}')}</userTask>")))
    (finding,) = found(reading, "ASSIGNMENT_IGNORED")
    assert (finding.element_id, finding.params) == ("T", {"name": "potentialOwner", "value": "${group}"})


def test_fd_extensions_of_a_task_are_read() -> None:
    task = extended(
        "userTask",
        "T",
        '<fd:label xml:lang="en">Handle</fd:label><fd:status key="IN_PROGRESS"/><fd:role key="ops"/>',
        'name="处理" fd:notBy="S Other"',
    )
    node = definition(bpmn(straight(START, task, END, ids=("S", "T", "E")))).nodes_by_id["T"]
    assert (node.name.in_language("en"), node.name.in_language("zh-CN")) == ("Handle", "处理")
    assert (node.status, node.not_by) == ("IN_PROGRESS", ("S", "Other"))


def test_outcomes_with_labels_and_reasons_are_read() -> None:
    label = '<fd:label xml:lang="en">Send back</fd:label>'
    back = f'<extensionElements><fd:outcome key="redo" kind="back">{label}</fd:outcome></extensionElements>'
    process = definition(
        bpmn(PLAIN + flow("F3", "T", "T", inner=back).replace("<sequenceFlow", '<sequenceFlow name="退回"'))
    )
    (outcome,) = process.outcomes_of("T")
    assert (outcome.key, outcome.kind, outcome.reason_required) == ("redo", OutcomeKind.BACK, True)
    assert (outcome.label.default, outcome.label.in_language("en")) == ("退回", "Send back")


def test_kind_and_sla_of_a_process_are_read() -> None:
    drawn = '<fd:target name="response" duration="PT30M" priority="P1" start="opened" end="T:claimed"/>'
    sla = f'<extensionElements><fd:sla pauseOn="ON_HOLD WAITING">{drawn}</fd:sla></extensionElements>'
    process = definition(bpmn(sla + PLAIN, process='id="P" isExecutable="true" fd:kind="problem"'))
    assert process.kind == "problem"
    target = TargetSetting(name="response", duration="PT30M", priority="P1", start="opened", end="T:claimed")
    assert process.sla == SlaSettings(targets=(target,), pause_on=("ON_HOLD", "WAITING"))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (PLAIN.replace('id="S"', 'id="S" fd:rolle="x"'), "FD_UNKNOWN"),
        (PLAIN.replace(END, extended("endEvent", "E", '<fd:form ref="a.form"/>')), "FD_UNKNOWN"),
        (PLAIN.replace(TASK, extended("userTask", "T", "<fd:label>no language</fd:label>")), "FD_VALUE_INVALID"),
        (PLAIN.replace(TASK, extended("userTask", "T", "<fd:form>{}</fd:form><fd:form>{}</fd:form>")), "FD_REPEATED"),
    ],
)
def test_a_misspelt_or_misplaced_extension_is_reported(body: str, code: str) -> None:
    assert found(read_bpmn(bpmn(body)), code)


@pytest.mark.parametrize(
    ("text", "attributes", "language"),
    [
        ("= a", "", "feel"),
        ("a", "", "feel"),
        ("${a}", "", "juel"),
        ("#{a}", "", "juel"),
        ("return a;", 'language="http://www.java.com/java"', "java"),
        ("a", 'language="http://www.omg.org/spec/FEEL/20140401"', "feel"),
        ("a", 'language="https://www.omg.org/spec/DMN/20191111/FEEL/"', "feel"),
        ("a", 'language="http://www.mvel.org/2.0"', "mvel"),
        ("a", 'language="javascript"', "javascript"),
        ("a", 'language="http://www.w3.org/1999/XPath"', "xpath"),
        ("a", 'language="COBOL"', "cobol"),
    ],
)
def test_the_language_of_a_condition_is_declared_or_inferred(text: str, attributes: str, language: str) -> None:
    process = definition(bpmn(choice(text, language=attributes)))
    assert process.flows_by_id["F2"].condition == Expression(text=text, language=language)


@pytest.mark.parametrize(
    ("more", "language"),
    [
        ('expressionLanguage="http://www.w3.org/1999/XPath"', "feel"),
        ('expressionLanguage="http://www.java.com/java"', "java"),
        ('xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"', "python"),
    ],
)
def test_the_file_says_the_language_where_the_condition_does_not(more: str, language: str) -> None:
    condition = definition(bpmn(choice("a"), more=more)).flows_by_id["F2"].condition
    assert condition is not None
    assert condition.language == language


@pytest.mark.parametrize(
    ("element", "event"),
    [
        ("<messageEventDefinition messageRef='M'/>", Event(kind=EventKind.MESSAGE, reference="Hello")),
        ("<messageEventDefinition messageRef='tns:M'/>", Event(kind=EventKind.MESSAGE, reference="Hello")),
        ("<errorEventDefinition errorRef='X'/>", Event(kind=EventKind.ERROR, reference="E-1")),
        ("<linkEventDefinition name='L'/>", Event(kind=EventKind.LINK, reference="L")),
        (
            "<timerEventDefinition><timeDuration> PT1H </timeDuration></timerEventDefinition>",
            Event(kind=EventKind.TIMER, timer_kind="timeDuration", expression=Expression(text="PT1H")),
        ),
        (
            "<conditionalEventDefinition><condition>= a</condition></conditionalEventDefinition>",
            Event(kind=EventKind.CONDITIONAL, expression=Expression(text="= a")),
        ),
        ("<eventDefinitionRef>D</eventDefinitionRef>", Event(kind=EventKind.TERMINATE)),
        (
            "<cancelEventDefinition/><terminateEventDefinition/>",
            Event(
                kind=EventKind.MULTIPLE,
                parts=(Event(kind=EventKind.CANCEL), Event(kind=EventKind.TERMINATE)),
            ),
        ),
    ],
)
def test_event_definitions_are_read_with_what_they_name(element: str, event: Event) -> None:
    roots = '<message id="M" name="Hello"/><error id="X" errorCode="E-1"/><terminateEventDefinition id="D"/>'
    reading = read_bpmn(bpmn(PLAIN.replace(END, f'<endEvent id="E">{element}</endEvent>'), around=roots))
    assert reading.main is not None
    assert reading.main.nodes_by_id["E"].event == event
    assert not found(reading, "ELEMENT_UNKNOWN")
    assert not found(reading, "REFERENCE_UNKNOWN")


def test_a_reference_to_nothing_is_an_error_at_its_element() -> None:
    body = PLAIN.replace(END, '<endEvent id="E"><messageEventDefinition messageRef="Gone"/></endEvent>')
    (finding,) = found(read_bpmn(bpmn(body)), "REFERENCE_UNKNOWN")
    assert (finding.element_id, finding.line, finding.severity) == ("E", 6, Severity.ERROR)


def test_boundary_events_and_event_sub_processes_keep_their_marks() -> None:
    body = (
        PLAIN
        + '<boundaryEvent id="B" attachedToRef="T" cancelActivity="false"/><subProcess id="X" triggeredByEvent="true"/>'
    )
    process = definition(bpmn(body))
    assert (process.nodes_by_id["B"].attached_to, process.nodes_by_id["B"].interrupting) == ("T", False)
    assert process.nodes_by_id["X"].event_sub_process


def test_a_loop_is_read_with_its_bounds() -> None:
    inner = '<loopDataInputRef>items</loopDataInputRef><inputDataItem name="item"/>'
    inner += "<completionCondition>= done</completionCondition>"
    several = f'<multiInstanceLoopCharacteristics isSequential="true">{inner}</multiInstanceLoopCharacteristics>'
    loop = definition(bpmn(PLAIN.replace(TASK, f'<userTask id="T">{several}</userTask>'))).nodes_by_id["T"].loop
    assert loop is not None
    assert (loop.multi_instance, loop.sequential, loop.collection, loop.element) == (True, True, "items", "item")
    assert loop.condition == Expression(text="= done")


def test_a_flow_without_id_gets_the_same_derived_id_every_time() -> None:
    body = PLAIN.replace(' id="F2"', "") + '<sequenceFlow sourceRef="T" targetRef="E"/>'
    process = definition(bpmn(body))
    mended = [each.id for each in process.flows if each.mended]
    assert mended == ["Flow_T_E", "Flow_T_E_2"]
    assert definition(bpmn(body)) == process
    taken = definition(
        bpmn(PLAIN.replace(' id="F2"', "").replace('id="T"', 'id="Flow_T_E"').replace('"T"', '"Flow_T_E"'))
    )
    assert [each.id for each in taken.flows if each.mended] == ["Flow_Flow_T_E_E"]


def test_the_diagram_is_read_and_a_shape_without_numbers_reported() -> None:
    diagram = """<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:c="http://www.omg.org/spec/DD/20100524/DC"
      xmlns:i="http://www.omg.org/spec/DD/20100524/DI"><d:BPMNPlane bpmnElement="P">
      <d:BPMNShape bpmnElement="S"><c:Bounds x="1" y="2.5" width="36" height="36"/></d:BPMNShape>
      <d:BPMNShape bpmnElement="T"><c:Bounds x="NaN" y="2" width="36" height="36"/></d:BPMNShape>
      <d:BPMNEdge bpmnElement="F1"><i:waypoint x="1" y="2"/><i:waypoint x="3" y="4"/></d:BPMNEdge>
      </d:BPMNPlane></d:BPMNDiagram>"""
    content = bpmn(PLAIN).replace(b"</definitions>", diagram.encode() + b"</definitions>")
    reading = read_bpmn(content)
    assert reading.main is not None
    assert [(each.element, each.x, each.y, each.plane) for each in reading.main.shapes] == [("S", 1.0, 2.5, "P")]
    assert [each.waypoints for each in reading.main.edges] == [((1.0, 2.0), (3.0, 4.0))]
    assert [each.code for each in reading.findings] == ["DIAGRAM_INVALID"]


def two_processes(first: str, second: str) -> bytes:
    other = f'<process id="Q" {second}>{PLAIN}</process>'.replace('id="S"', 'id="S9"').replace("F", "QF")
    return bpmn(PLAIN, process=f'id="P" {first}', around=other)


def test_of_several_executable_processes_the_first_that_can_be_started_is_the_main_one() -> None:
    without_start = '<process id="A" isExecutable="true"><userTask id="AT"/></process>'
    reading = read_bpmn(bpmn(PLAIN, around=without_start))
    assert reading.main is not None
    assert reading.main.key == "P"
    (finding,) = found(reading, "SEVERAL_PROCESSES")
    assert (finding.params["main"], finding.params["others"]) == ("P", "A")


def test_a_process_that_is_not_executable_is_a_draft() -> None:
    seen = inspect(bpmn(PLAIN, process='id="P" isExecutable="false"'), "x.bpmn")
    assert seen.verdict is Verdict.DRAFT
    assert [each.severity for each in seen.findings if each.code == "NOT_EXECUTABLE"] == ["info"]


def test_a_process_that_does_not_say_is_taken_as_executable_with_a_warning() -> None:
    seen = inspect(bpmn(PLAIN, process='id="P"'), "x.bpmn")
    assert seen.verdict is Verdict.READY
    assert [each.severity for each in seen.findings if each.code == "EXECUTABLE_ABSENT"] == ["warning"]


def test_an_executable_process_is_preferred_to_one_that_is_not() -> None:
    reading = read_bpmn(two_processes('isExecutable="true"', 'isExecutable="false"'))
    assert [each.key for each in reading.definitions] == ["Q", "P"]
    assert reading.main is not None
    assert reading.main.key == "P"
    assert not found(reading, "SEVERAL_PROCESSES")


@pytest.mark.parametrize(
    "root",
    [
        '<definitions xmlns="http://schema.omg.org/spec/BPMN/2.0"/>',
        '<Package xmlns="http://www.wfmc.org/2008/XPDL2.1"/>',
        "<html><body/></html>",
        '<process xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
    ],
)
def test_another_root_is_not_bpmn(root: str) -> None:
    seen = inspect(root.encode(), "x.bpmn")
    assert (seen.verdict, [each.code for each in seen.findings]) == (Verdict.REFUSED, ["NOT_BPMN"])
    assert [each.file for each in seen.findings] == ["x.bpmn"]


def test_a_file_without_a_process_is_a_draft_that_says_so() -> None:
    seen = inspect(bpmn("").replace(b"process", b"category"), "x.bpmn")
    assert seen.verdict is Verdict.DRAFT
    assert "NO_PROCESS" in {each.code for each in seen.findings}


def test_what_is_not_understood_is_counted_once_per_name_with_its_first_line() -> None:
    body = PLAIN + (
        '<dataObject id="D1"/>\n<dataObject id="D2"/>\n<metaData/>\n'
        '<v:thing xmlns:v="urn:vendor" v:a="1"><v:inner/></v:thing>\n<task id="N" colour="red"/>'
    )
    reading = read_bpmn(bpmn(body))
    told = {each.code: (each.line, dict(each.params)) for each in reading.findings}
    assert told["ELEMENT_NOT_RUN"] == (10, {"element": "dataObject", "count": 2})
    assert told["ELEMENT_UNKNOWN"] == (12, {"element": "metaData", "count": 1})
    assert told["EXTENSION_IGNORED"] == (13, {"namespace": "urn:vendor", "count": 3})
    assert told["ATTRIBUTE_UNKNOWN"] == (14, {"attribute": "colour", "count": 1})


def test_vendor_assignments_are_named_one_by_one() -> None:
    vendor = (
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:assignee="kermit" camunda:candidateGroups="ops"'
    )
    reading = read_bpmn(bpmn(PLAIN.replace('fd:role="ops"', vendor)))
    told = [
        (each.element_id, each.params["name"], each.params["value"]) for each in found(reading, "ASSIGNMENT_IGNORED")
    ]
    assert told == [("T", "assignee", "kermit"), ("T", "candidateGroups", "ops")]


def test_comments_and_processing_instructions_are_passed_over() -> None:
    noisy = PLAIN.replace(START, f"<!-- a --><?php echo 1 ?>{START}").replace(
        'targetRef="T">', 'targetRef="T"><!-- b -->'
    )
    assert definition(bpmn(noisy)).nodes_by_id.keys() == {"S", "T", "E"}
