"""Lint rules on the cases that decide between an error, a warning and silence."""

import pytest

from bpmn.directory import Directory, RoleEntry
from bpmn.findings import Finding, Severity, Verdict
from bpmn.inspection import inspect
from tests.bpmn.drawing import END, PLAIN, START, bpmn, choice, extended, flow, straight


def findings(body: str, *codes: str, directory: Directory | None = None) -> list[Finding]:
    return [each for each in inspect(bpmn(body), "x.bpmn", directory).findings if each.code in codes]


def form(*keys: str) -> str:
    fields = ",".join(f'{{"type":"checkbox","key":"{key}","id":"{key}","label":"{key}"}}' for key in keys)
    return f'<fd:form>{{"components":[{fields}]}}</fd:form>'


def start(*keys: str) -> str:
    return extended("startEvent", "S", form(*keys))


# What is refused (security bar S-01 to S-05, S-09)


@pytest.mark.parametrize(
    ("condition", "code", "reason"),
    [
        ('__import__("os").popen("id").read()', "EXPRESSION_REFUSED", ""),
        (
            "${''.getClass().forName('java.lang.Runtime').getMethods()[6].invoke(null)}",
            "EXPRESSION_REFUSED",
            "getClass",
        ),
        ("${T(java.lang.Runtime)}", "EXPRESSION_REFUSED", "T"),
        ("#{bean.delete()}", "EXPRESSION_REFUSED", "delete"),
        ('= {f: function(a) external {java:{class:"java.lang.Runtime"}}}', "EXTERNAL_FUNCTION", "external"),
        ("= " + "a" * 8_193, "TOO_LONG", ""),
        ("= " + "(" * 80 + "a" + ")" * 80, "TOO_DEEP", ""),
    ],
    ids=["S-02", "S-04 class", "S-04 function", "S-04 method", "S-05", "S-09 long", "S-09 deep"],
)
def test_a_condition_outside_the_language_is_an_error_on_its_flow(condition: str, code: str, reason: str) -> None:
    (finding,) = findings(choice(condition), "EXPRESSION_REFUSED", "EXTERNAL_FUNCTION", "TOO_LONG", "TOO_DEEP")
    assert (finding.code, finding.element_id, finding.severity) == (code, "F2", Severity.ERROR)
    assert finding.params["text"] == condition[:200]
    assert reason in str(finding.params["reason"])
    assert isinstance(finding.params["position"], int)


def test_s01_a_python_script_is_refused_with_its_element() -> None:
    script = (
        '<scriptTask id="T" scriptFormat="python"><script>import os; os.system("touch /tmp/pwn")</script></scriptTask>'
    )
    (finding,) = findings(straight(START, script, END, ids=("S", "T", "E")), "EXPRESSION_REFUSED")
    assert (finding.element_id, finding.params["place"]) == ("T", "script")


def test_s03_a_timer_that_is_code_is_refused_with_its_element() -> None:
    value = '__import__("os").system("id") or "PT1S"'
    timer = f"<timerEventDefinition><timeDuration>{value}</timeDuration></timerEventDefinition>"
    body = straight(START, f'<intermediateCatchEvent id="T">{timer}</intermediateCatchEvent>', END, ids=("S", "T", "E"))
    (finding,) = findings(body, "EXPRESSION_REFUSED")
    assert (finding.element_id, finding.params["place"]) == ("T", "timer")


def test_a_foreign_language_is_refused_by_name_and_a_foreign_script_is_a_binding() -> None:
    (finding,) = findings(choice("x > 1", language='language="http://www.java.com/java"'), "EXPRESSION_REFUSED")
    assert finding.params["reason"] == "language java"
    script = '<scriptTask id="T" scriptFormat="groovy"><script>x = 1</script></scriptTask>'
    assert not findings(straight(START, script, END, ids=("S", "T", "E")), "EXPRESSION_REFUSED")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("<timeDuration>PT1H</timeDuration>", None),
        ("<timeDuration>P2W</timeDuration>", None),
        ("<timeDuration>= duration(wait)</timeDuration>", None),
        ("<timeDate>2026-11-23T10:00:00+08:00</timeDate>", None),
        ("<timeCycle>R3/PT10M</timeCycle>", None),
        ("<timeCycle>R/2026-11-23T10:00:00Z/PT1H</timeCycle>", None),
        ("<timeDuration>PT1X</timeDuration>", "TIMER_INVALID"),
        ("<timeDuration>R3/PT10M</timeDuration>", "TIMER_INVALID"),
        ("<timeDate>2026-13-45</timeDate>", "TIMER_INVALID"),
        ("<timeCycle>R/PT0.001S</timeCycle>", "TIMER_TOO_SHORT"),
        ("<timeDuration>PT0S</timeDuration>", "TIMER_TOO_SHORT"),
        ("<timeCycle>0 0/5 * * * ?</timeCycle>", "EXPRESSION_REFUSED"),
        ("<timeDuration/>", "TIMER_WITHOUT_VALUE"),
        ("", "TIMER_WITHOUT_VALUE"),
    ],
)
def test_timers_are_iso_8601_or_expressions(value: str, code: str | None) -> None:
    timer = (
        f'<intermediateCatchEvent id="T"><timerEventDefinition>{value}</timerEventDefinition></intermediateCatchEvent>'
    )
    body = straight(START, timer, END, ids=("S", "T", "E"))
    told = findings(body, "TIMER_INVALID", "TIMER_TOO_SHORT", "TIMER_WITHOUT_VALUE", "EXPRESSION_REFUSED")
    assert [each.code for each in told] == ([] if code is None else [code])


# What a condition may ask for

UNSET = ("VARIABLE_NEVER_SET", "VARIABLE_PERHAPS_UNSET")


def unset(body: str) -> list[tuple[str, object]]:
    return [(each.code, each.params["variable"]) for each in findings(body, *UNSET)]


def test_a_key_of_the_start_form_and_the_reserved_keys_are_set() -> None:
    assert unset(choice('= asked and priority = "P1" and impact = "high"', start=start("asked"))) == []


def test_a_key_that_nothing_sets_is_an_error_and_a_task_without_a_form_a_doubt() -> None:
    assert unset(choice("= nobody", start=start("asked"))) == [("VARIABLE_NEVER_SET", "nobody")]
    body = choice("= nobody").replace("</exclusiveGateway>", "")
    body = (
        body.replace('sourceRef="S" targetRef="G"', 'sourceRef="S" targetRef="T"')
        + '<userTask id="T"/>'
        + flow("F9", "T", "G")
    )
    assert unset(body) == [("VARIABLE_PERHAPS_UNSET", "nobody")]


def test_a_key_that_only_a_later_task_sets_is_an_error() -> None:
    later = extended("userTask", "T", form("late")) + flow("F9", "E2", "T")
    body = choice("= late", start=start("asked")).replace('<endEvent id="E2"/>', '<manualTask id="E2"/>')
    assert unset(body + later) == [("VARIABLE_NEVER_SET", "late")]


def test_a_loop_back_sets_a_key_only_perhaps() -> None:
    task = extended("userTask", "T", form("late")) + flow("F9", "E2", "T") + flow("F10", "T", "G")
    body = choice("= late", start=start("asked")).replace('<endEvent id="E2"/>', '<exclusiveGateway id="E2"/>')
    assert unset(body + task) == [("VARIABLE_PERHAPS_UNSET", "late")]


def branches(split: str) -> str:
    """Two tasks side by side, joined, and a condition on the second's key behind the join."""
    tasks = extended("userTask", "A", form("a")) + extended("userTask", "B", form("b"))
    flows = [("S", "P"), ("P", "A"), ("P", "B"), ("A", "J"), ("B", "J"), ("J", "G")]
    drawn = "".join(flow(f"X{at}", one, two) for at, (one, two) in enumerate(flows))
    gates = f'<{split} id="P"/><{split} id="J"/>'
    return choice("= b", start=start("c")).replace(flow("F1", "S", "G"), "") + tasks + gates + drawn


def test_a_parallel_join_waits_for_all_and_an_exclusive_merge_for_one() -> None:
    assert unset(branches("parallelGateway")) == []
    assert unset(branches("exclusiveGateway")) == [("VARIABLE_PERHAPS_UNSET", "b")]


def test_a_branch_beside_this_one_may_have_set_a_key() -> None:
    tasks = extended("userTask", "B", form("b"))
    flows = flow("X1", "S", "P") + flow("X2", "P", "G") + flow("X3", "P", "B") + flow("X4", "B", "E")
    body = (
        choice("= b", start=start("c")).replace(flow("F1", "S", "G"), "") + tasks + '<parallelGateway id="P"/>' + flows
    )
    assert unset(body) == [("VARIABLE_PERHAPS_UNSET", "b")]


def test_an_outcome_is_a_variable_once_its_task_is_completed() -> None:
    body = choice('= T_outcome = "pass"', start=start("c")).replace(flow("F1", "S", "G"), "")
    task = extended("userTask", "T", form("a")) + flow("X1", "S", "T") + flow("X2", "T", "G")
    assert unset(body + task) == []


def test_a_sub_process_sets_what_the_task_in_it_asks_for() -> None:
    inside = '<startEvent id="IS"/>' + extended("userTask", "IT", form("b")) + flow("IF", "IS", "IT")
    body = choice("= b", start=start("c")).replace(flow("F1", "S", "G"), "")
    assert unset(body + f'<subProcess id="X">{inside}</subProcess>' + flow("X1", "S", "X") + flow("X2", "X", "G")) == []


# Writing one key twice


def test_tasks_one_after_the_other_or_on_ways_that_exclude_each_other_may_share_a_key() -> None:
    one, two = extended("userTask", "A", form("k")), extended("userTask", "B", form("k"))
    assert not findings(straight(START, one, two, END, ids=("S", "A", "B", "E")), "CONCURRENT_WRITE")
    shared = branches("exclusiveGateway").replace('"key":"a"', '"key":"b"')
    assert not findings(shared, "CONCURRENT_WRITE")


def test_tasks_side_by_side_that_share_a_key_are_named_once() -> None:
    (finding,) = findings(branches("parallelGateway").replace('"key":"a"', '"key":"b"'), "CONCURRENT_WRITE")
    assert (finding.element_id, finding.params["other"], finding.params["keys"]) == ("B", "A", "b")


# Roles

LANE = '<laneSet id="LS"><lane id="L" name="Ops"><flowNodeRef>T</flowNodeRef></lane></laneSet>'


def needs(body: str, directory: Directory | None = None) -> list[tuple[str, str | None, Severity]]:
    told = findings(body, "TASK_WITHOUT_ROLE", "ROLE_FROM_LANE", directory=directory)
    return [(each.code, each.needs, each.severity) for each in told]


def test_a_task_without_a_role_needs_a_binding() -> None:
    body = PLAIN.replace(' fd:role="ops"', "")
    assert needs(body) == [("TASK_WITHOUT_ROLE", "role", Severity.WARNING)]
    assert inspect(bpmn(body), "x.bpmn").verdict is Verdict.NEEDS_BINDING
    assert needs(LANE + body) == [("ROLE_FROM_LANE", "role", Severity.WARNING)]


def test_at_deploy_a_missing_binding_is_an_error_and_a_binding_mends_it() -> None:
    body = LANE + PLAIN.replace(' fd:role="ops"', "")
    roles = {"ops": RoleEntry(key="ops", members={"": 1})}
    assert needs(body, Directory(roles=roles)) == [("ROLE_FROM_LANE", "role", Severity.ERROR)]
    bound = Directory(roles=roles, role_bindings={"T": "ops"})
    assert needs(body, bound) == []
    assert inspect(bpmn(body), "x.bpmn", bound).verdict is Verdict.READY


def test_a_business_role_is_checked_in_every_business() -> None:
    roles = {"ops": RoleEntry(key="ops", per_business=True, members={"web": 2})}
    directory = Directory(roles=roles, businesses=("app", "web"), needs_business=True)
    (finding,) = findings(PLAIN, "ROLE_WITHOUT_MEMBERS", directory=directory)
    assert (finding.element_id, finding.params["businesses"], finding.severity) == ("T", "app", Severity.WARNING)


def test_a_binding_takes_the_place_of_the_role_in_the_file() -> None:
    directory = Directory(roles={"qc": RoleEntry(key="qc", members={"": 1})}, role_bindings={"T": "qc"})
    assert not findings(PLAIN, "ROLE_UNKNOWN", directory=directory)
    assert findings(PLAIN, "ROLE_UNKNOWN", directory=Directory())


def test_what_a_process_calls_is_asked_of_the_installation() -> None:
    body = straight(START, '<callActivity id="T" calledElement="other"/>', END, ids=("S", "T", "E"))
    assert findings(body, "CALLED_ABSENT", directory=Directory())
    assert not findings(body, "CALLED_ABSENT", directory=Directory(called=frozenset({"other"})))


# Choices


def test_a_gateway_whose_flows_are_all_outcomes_needs_no_default() -> None:
    outcome = '<extensionElements><fd:outcome key="{}"/></extensionElements>'
    body = (
        PLAIN.replace(flow("F2", "T", "E"), "")
        + '<exclusiveGateway id="G"/><endEvent id="E2"/>'
        + flow("F2", "T", "G")
        + flow("F3", "G", "E", inner=outcome.format("yes"))
        + flow("F4", "G", "E2", inner=outcome.format("no"))
    )
    assert not findings(body, "GATEWAY_WITHOUT_DEFAULT", "GATEWAY_UNCONDITIONED", "OUTCOME_MISPLACED")
    assert findings(body.replace('sourceRef="T" targetRef="G"', 'sourceRef="S" targetRef="G"'), "OUTCOME_MISPLACED")


def test_findings_of_one_code_are_bounded_and_the_rest_is_counted() -> None:
    seen = inspect(bpmn(START + END + '<sequenceFlow sourceRef="S" targetRef="E"/>' * 300), "x.bpmn")
    assert sum(each.code == "FLOW_WITHOUT_ID" for each in seen.findings) == 200
    (more,) = [each for each in seen.findings if each.code == "MORE_FINDINGS"]
    assert dict(more.params) == {"code": "FLOW_WITHOUT_ID", "count": 100}


def test_findings_come_in_the_order_of_the_lines() -> None:
    seen = inspect(bpmn(choice("${a.b()}") + '<complexGateway id="Z"/>'), "x.bpmn")
    placed = [each.line for each in seen.findings if each.line]
    assert placed == sorted(placed)
