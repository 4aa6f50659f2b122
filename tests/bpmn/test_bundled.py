"""The bundled processes: they read and lint clean, ask what the process papers say, and are drawn with care."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations, pairwise, product

import pytest

from app.bundled import KEYS, bundled
from bpmn.canonical import from_json, to_json, version_hash
from bpmn.findings import Verdict
from bpmn.forms.checking import check_answers
from bpmn.forms.model import Field
from bpmn.forms.showing import describe
from bpmn.inspection import inspect
from bpmn.model import GATEWAYS, NodeKind, OutcomeKind, ProcessDefinition, Shape
from bpmn.text import EN, Text
from tests.bpmn.forms.support import NOW, Installation
from tests.support.drawing import Box, label_boxes

FAULT = "fault-handling"

REPORT: dict[str, object] = {
    "title": "部分地区用户集中无法访问网站",
    "business": "website",
    "description": "华东、华南用户打不开首页,\r\n解析超时。",
    "screenshots": ["0193-a", "0193-b"],
    "discovered_at": "2026-11-23T09:30+08:00",
    "source": "monitor",
    "category": "network",
    "sub_category": "dns",
    "regions": ["east", "south"],
    "affected_users": 12_000,
    "impact": "high",
    "urgency": "medium",
    "handling_team": "network",
    "followers": ["qc"],
}
HANDLED: dict[str, object] = {
    "actions_taken": "切换到备用解析。",
    "workaround": "使用备用域名",
    "service_restored": "yes",
    "recovered_at": "2026-11-23T10:05:00+08:00",
    "attachments": [],
}
REVIEWED: dict[str, object] = {
    "root_cause_known": "yes",
    "root_cause": "解析服务器过载",
    "timeline": "09:30 发现\n10:05 恢复",
    "impact_summary": "约一万二千名用户受影响三十五分钟",
    "improvement_actions": [{"what": "扩容", "who": "yunwei1", "due": "2026-12-01"}],
    "need_problem": True,
}
ASSESSED: dict[str, object] = {
    "severity_final": "major",
    "responsibility": "网络组",
    "response_rating": 5,
    "handling_rating": 4,
    "comment": "",
}


@cache
def definition_of(key: str) -> ProcessDefinition:
    definition = inspect(bundled(key), f"{key}.bpmn").definition
    assert definition is not None
    return definition


def errors(node: str, answers: Mapping[str, object]) -> list[str]:
    form = definition_of(FAULT).form_of(node)
    assert form is not None
    checked = check_answers(form, answers, variables={}, now=NOW, lookup=Installation())
    return [f"{each.path} {each.code}" for each in checked.errors]


def opened(**answers: object) -> dict[str, object]:
    form = definition_of(FAULT).form_of("Start_Report")
    assert form is not None
    checked = check_answers(form, {**REPORT, **answers}, variables={}, now=NOW, lookup=Installation())
    assert checked.errors == ()
    return checked.answers


@pytest.mark.parametrize("key", KEYS)
def test_a_bundled_process_is_ready_with_nothing_to_remark(key: str) -> None:
    found = inspect(bundled(key), f"{key}.bpmn")

    assert found.findings == ()
    assert found.verdict is Verdict.READY
    assert definition_of(key).key == key


@pytest.mark.parametrize("key", KEYS)
def test_a_bundled_definition_survives_its_canonical_json(key: str) -> None:
    assert from_json(to_json(definition_of(key))) == definition_of(key)


@pytest.mark.parametrize("key", KEYS)
def test_every_name_form_and_option_speaks_both_languages(key: str) -> None:
    definition = definition_of(key)
    named = [definition.name, *(lane.name for lane in definition.lanes), *(node.name for node in definition.nodes)]
    named += [flow.name for flow in definition.flows if flow.name]
    named += [text for form in definition.forms for each in walked(form.fields) for text in texts_of(each)]

    assert [text for text in named if not text.default or not dict(text.translations).get(EN)] == []


@pytest.mark.parametrize("key", KEYS)
def test_whoever_acts_is_named_on_every_node_that_people_do(key: str) -> None:
    for node in definition_of(key).nodes:
        if node.kind in {NodeKind.START_EVENT, NodeKind.USER_TASK}:
            assert node.roles, node.id
            assert node.form, node.id


def test_the_fault_process_has_the_paper_s_tasks_roles_and_statuses() -> None:
    found = [
        (str(node.name), [role.key for role in node.roles], node.status)
        for node in definition_of(FAULT).nodes
        if node.kind not in GATEWAYS
    ]

    assert found == [
        ("提交故障", ["customer_service"], "NEW"),
        ("故障跟进", ["ops"], "IN_PROGRESS"),
        ("回溯总结", ["ops"], "RESOLVED"),
        ("故障评估", ["qc"], "UNDER_REVIEW"),
        ("故障关闭", [], "CLOSED"),
    ]
    assert [str(lane.name) for lane in definition_of(FAULT).lanes] == ["客服", "运维", "QC"]


def test_the_assessment_is_sent_back_with_a_reason_and_is_not_by_who_did_the_work() -> None:
    definition = definition_of(FAULT)
    outcomes = {each.key: each for each in definition.outcomes_of("Task_Assess")}

    assert {key: each.kind for key, each in outcomes.items()} == {
        "pass": OutcomeKind.FORWARD,
        "redo": OutcomeKind.BACK,
    }
    assert outcomes["redo"].reason_required
    assert definition.flows_by_id["Flow_Redo"].target == "Task_Review"
    assert definition.nodes_by_id["Task_Assess"].not_by == ("Task_Handle", "Task_Review")


@pytest.mark.parametrize(
    ("node", "keys", "required"),
    [
        (
            "Start_Report",
            """title business description screenshots discovered_at source category sub_category regions
            affected_users impact urgency priority handling_team followers""",
            "title business description discovered_at source category sub_category impact urgency handling_team",
        ),
        (
            "Task_Handle",
            "actions_taken workaround service_restored recovered_at attachments",
            "actions_taken service_restored recovered_at",
        ),
        (
            "Task_Review",
            "root_cause_known root_cause timeline impact_summary improvement_actions need_problem",
            "root_cause_known timeline impact_summary",
        ),
        (
            "Task_Assess",
            "severity_final responsibility response_rating handling_rating comment",
            "severity_final response_rating handling_rating",
        ),
    ],
)
def test_a_form_asks_the_paper_s_fields(node: str, keys: str, required: str) -> None:
    form = definition_of(FAULT).form_of(node)
    assert form is not None

    assert [each.key for each in form.inputs()] == keys.split()
    assert [each.key for each in form.inputs() if each.required] == required.split()


def test_the_fields_that_may_be_corrected_are_marked() -> None:
    form = definition_of(FAULT).form_of("Start_Report")
    assert form is not None

    editable = {each.key for each in form.inputs() if each.editable}

    # The sub-category depends on the category, so the one cannot be corrected without the other.
    assert editable == {"title", "impact", "urgency", "category", "sub_category"}


@pytest.mark.parametrize(
    ("node", "answers"),
    [("Start_Report", REPORT), ("Task_Handle", HANDLED), ("Task_Review", REVIEWED), ("Task_Assess", ASSESSED)],
)
def test_the_story_s_answers_are_accepted_and_each_required_one_is_missed(
    node: str, answers: dict[str, object]
) -> None:
    form = definition_of(FAULT).form_of(node)
    assert form is not None
    required = [each.key for each in form.inputs() if each.required]

    assert errors(node, answers) == []
    for key in required:
        assert f"{key} FIELD_REQUIRED" in errors(node, {**answers, key: None})


PRIORITIES = {
    ("high", "high"): "P1",
    ("high", "medium"): "P2",
    ("medium", "high"): "P2",
    ("high", "low"): "P3",
    ("low", "high"): "P3",
    ("medium", "medium"): "P3",
    ("medium", "low"): "P4",
    ("low", "medium"): "P4",
    ("low", "low"): "P4",
}


@pytest.mark.parametrize(("impact", "urgency"), list(product(["low", "medium", "high"], repeat=2)))
def test_priority_follows_impact_and_urgency(impact: str, urgency: str) -> None:
    assert opened(impact=impact, urgency=urgency)["priority"] == PRIORITIES[impact, urgency]


def test_priority_is_not_a_person_s_to_choose() -> None:
    assert errors("Start_Report", {**REPORT, "priority": "P1"}) == ["priority READ_ONLY_FIELD"]


def test_each_category_has_its_own_sub_categories() -> None:
    form = definition_of(FAULT).form_of("Start_Report")
    assert form is not None
    category = next(each for each in form.inputs() if each.key == "category")
    offered = {option.value: sub_categories(option.value) for option in category.options}

    assert all(offered.values())
    assert sub_categories(None) == set()
    for one, other in combinations(offered, 2):
        wrong = next(iter(offered[other]))
        assert errors("Start_Report", {**REPORT, "category": one, "sub_category": wrong}) == [
            "sub_category NOT_AN_OPTION"
        ]


def test_the_cause_is_required_when_it_is_known_and_not_asked_when_it_is_not() -> None:
    assert errors("Task_Review", {**REVIEWED, "root_cause": ""}) == ["root_cause FIELD_REQUIRED"]
    assert errors("Task_Review", {**REVIEWED, "root_cause_known": "no", "root_cause": ""}) == []


def test_a_time_of_recovery_is_asked_unless_nothing_has_recovered() -> None:
    assert errors("Task_Handle", {**HANDLED, "service_restored": "partly", "recovered_at": None}) == [
        "recovered_at FIELD_REQUIRED"
    ]
    assert errors("Task_Handle", {**HANDLED, "service_restored": "no", "recovered_at": None}) == []


def test_a_second_version_is_one_changed_label_away() -> None:
    first = bundled(FAULT)
    second = inspect(first.replace("处理团队".encode(), "责任团队".encode()), "second.bpmn")
    respaced = inspect(first.replace(b"  <bpmn:process ", b"\n  <bpmn:process "), "respaced.bpmn")

    assert second.definition is not None
    assert respaced.definition is not None
    assert second.verdict is Verdict.READY
    assert version_hash(second.definition) != version_hash(definition_of(FAULT))
    assert version_hash(respaced.definition) == version_hash(definition_of(FAULT))


@pytest.mark.parametrize("key", KEYS)
def test_everything_is_drawn_once(key: str) -> None:
    definition = definition_of(key)
    drawn = [shape.element for shape in definition.shapes]

    assert len(drawn) == len(set(drawn))
    assert {each.id for each in (*definition.nodes, *definition.lanes)} < set(drawn)
    assert sorted(edge.element for edge in definition.edges) == sorted(flow.id for flow in definition.flows)


@pytest.mark.parametrize("key", KEYS)
def test_flows_are_orthogonal_and_begin_and_end_on_their_nodes(key: str) -> None:
    definition = definition_of(key)
    shapes = {shape.element: shape for shape in definition.shapes}
    for edge in definition.edges:
        flow = definition.flows_by_id[edge.element]
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(edge.waypoints)), edge.element
        assert on_middle_of_a_side(shapes[flow.source], edge.waypoints[0]), edge.element
        assert on_middle_of_a_side(shapes[flow.target], edge.waypoints[-1]), edge.element


@pytest.mark.parametrize("key", KEYS)
def test_nothing_in_the_drawing_lies_upon_anything_else(key: str) -> None:
    definition = definition_of(key)
    nodes = {shape.element: Box.of(shape) for shape in definition.shapes if shape.element in definition.nodes_by_id}
    labels = label_boxes(bundled(key))
    lines = {
        f"{edge.element}[{at}]": Box.around(a, b)
        for edge in definition.edges
        for at, (a, b) in enumerate(pairwise(edge.waypoints))
    }

    overlapping = [
        (one, other) for (one, a), (other, b) in combinations([*nodes.items(), *labels.items()], 2) if a.meets(b)
    ]
    crossed = [(line, name) for line, a in lines.items() for name, b in [*nodes.items(), *labels.items()] if a.meets(b)]
    crossing = [
        (one, other)
        for (one, a), (other, b) in combinations(lines.items(), 2)
        if one.partition("[")[0] != other.partition("[")[0] and a.grown(1).meets(b.grown(1))
    ]

    assert (overlapping, crossed, crossing) == ([], [], [])


@pytest.mark.parametrize("key", KEYS)
def test_every_node_stands_inside_the_lane_that_names_it(key: str) -> None:
    definition = definition_of(key)
    boxes = {shape.element: Box.of(shape) for shape in definition.shapes}
    for lane in definition.lanes:
        for node in lane.nodes:
            assert boxes[lane.id].holds(boxes[node]), node


@pytest.mark.parametrize("key", KEYS)
def test_every_named_event_gateway_and_flow_says_where_its_label_stands(key: str) -> None:
    definition = definition_of(key)
    tasks = {NodeKind.USER_TASK}
    named = {node.id for node in definition.nodes if node.name and node.kind not in tasks}

    assert label_boxes(bundled(key)).keys() == named | {flow.id for flow in definition.flows if flow.name}


def test_a_form_is_json_that_form_js_opens() -> None:
    for key in KEYS:
        for form in definition_of(key).forms:
            schema = json.loads(form.source)
            assert (schema["type"], schema["schemaVersion"]) == ("default", 19)
            ids = [each["id"] for each in schema["components"]]
            assert len(ids) == len(set(ids))


def sub_categories(category: str | None) -> set[str]:
    form = definition_of(FAULT).form_of("Start_Report")
    assert form is not None
    shown = describe(form, answers={"category": category}, variables={}, now=NOW)
    return {option.value for each in shown if each.path == "sub_category" for option in each.options}


def walked(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from walked(field.fields)


def texts_of(field: Field) -> Iterator[Text]:
    yield field.label
    yield from (option.label for option in field.options)


def on_middle_of_a_side(shape: Shape, point: tuple[float, float]) -> bool:
    middle = (shape.x + shape.width / 2, shape.y + shape.height / 2)
    horizontal = point[1] == middle[1] and point[0] in (shape.x, shape.x + shape.width)
    vertical = point[0] == middle[0] and point[1] in (shape.y, shape.y + shape.height)
    return horizontal or vertical
