"""S lines where a person meets them: a file that is imported, a ticket that runs, a mail, a query."""

import json
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import pytest

from tests.app.api.client import Api
from tests.app.api.test_story import open_ticket, task_of
from tests.architecture.repository import ROOT
from tests.bpmn.drawing import END, START, bpmn, choice, extended, flow, straight
from tests.bpmn.expressions.payloads import BOMBS, ESCAPES
from tests.security.drawn import component, form, found, opened, put_in_service, send
from tests.support.acting import contents

PWN = Path("/tmp/pwn")
SCRIPT = '<scriptTask id="T" scriptFormat="python"><script>import os; os.system("touch /tmp/pwn")</script></scriptTask>'
TIMER = '__import__("os").system("id") or "PT1S"'
WAIT = (
    f"<intermediateCatchEvent id='T'><timerEventDefinition><timeDuration>{TIMER}</timeDuration>"
    "</timerEventDefinition></intermediateCatchEvent>"
)


@pytest.mark.parametrize(
    ("body", "element", "code"),
    [
        (straight(START, SCRIPT, END, ids=("S", "T", "E")), "T", "EXPRESSION_REFUSED"),
        (choice('__import__("os").popen("id").read()'), "F2", "EXPRESSION_REFUSED"),
        (straight(START, WAIT, END, ids=("S", "T", "E")), "T", "EXPRESSION_REFUSED"),
        (
            choice("${''.getClass().forName('java.lang.Runtime').getMethods()[6].invoke(null)}"),
            "F2",
            "EXPRESSION_REFUSED",
        ),
        (choice("${T(java.lang.Runtime)}"), "F2", "EXPRESSION_REFUSED"),
        (choice("#{bean.delete()}"), "F2", "EXPRESSION_REFUSED"),
        (choice('= {f: function(a) external {java:{class:"java.lang.Runtime"}}}'), "F2", "EXTERNAL_FUNCTION"),
        (choice("= " + "a" * 8_191), "F2", "TOO_LONG"),
        (choice("= " + "(" * 65 + "a" + ")" * 65), "F2", "TOO_DEEP"),
        (choice("= " + "9" * 60_000), "F2", "TOO_LONG"),
    ],
    ids=["S-01", "S-02", "S-03", "S-04 class", "S-04 function", "S-04 method", "S-05", "S-09", "S-09 deep", "S-09 9s"],
)
def test_s_01_s_02_s_03_s_04_s_05_s_09_code_in_a_file_stores_no_version(
    lite: Api, body: str, element: str, code: str
) -> None:
    PWN.unlink(missing_ok=True)
    lite.token_of("dave")
    before = contents(lite.database)
    refused = send(lite, bpmn(body))
    assert (code, element) in found(refused)
    assert not PWN.exists()
    assert contents(lite.database) == before
    told = refused.get_data(as_text=True)
    assert [word for word in ("Traceback", ".py", "SELECT ", str(ROOT)) if word in told] == []


PLACES = """
import json, os, resource, sys, time
watched = []
def hook(event, arguments):
    if event in ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "socket.connect", "exec", "compile"):
        watched.append([event, repr(arguments)[:120]])
    if event == "open" and ("canary" in str(arguments[0]) or str(arguments[0]).startswith("/etc/passwd")):
        watched.append([event, str(arguments[0])])
from bpmn.inspection import inspect
from bpmn.forms.checking import check_answers
from datetime import datetime, UTC
import tests.security.test_expressions as here
from tests.bpmn.forms.support import Installation
texts = json.load(sys.stdin)
for place in here.PLACED:
    inspect(here.placed(place, "= 1 > 2"), "warm.bpmn")
sys.addaudithook(hook)
begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
worst = []
for place in here.PLACED:
    for text in texts:
        content = here.placed(place, text)
        best = 9.0
        for _ in range(5):
            start = time.process_time()
            seen = inspect(content, "x.bpmn")
            if place == "hide" and seen.definition is not None and seen.definition.form_of("T") is not None:
                check_answers(seen.definition.form_of("T"), {}, variables={}, lookup=Installation(),
                              now=datetime(2026, 11, 23, tzinfo=UTC))
            best = min(best, time.process_time() - start)
            if best < 0.1:
                break
        worst.append([best, place, text[:80]])
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begun) * 1024
print(json.dumps({"watched": watched, "worst": max(worst), "grown": grown, "count": len(worst)}))
"""


def placed(place: str, text: str) -> bytes:
    """A process that has this text where it could be evaluated."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    match place:
        case "condition":
            return bpmn(choice(text))
        case "juel":
            return bpmn(choice("${" + text + "}"))
        case "python":
            return bpmn(choice(text, language='language="python"'))
        case "script":
            node = f'<scriptTask id="T" scriptFormat="feel"><script>{escaped}</script></scriptTask>'
        case "timer":
            inner = f"<timerEventDefinition><timeDuration>{escaped}</timeDuration></timerEventDefinition>"
            node = f'<intermediateCatchEvent id="T">{inner}</intermediateCatchEvent>'
        case "candidates":
            vendor = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
            node = f'<userTask id="T" {vendor} camunda:candidateGroups="{escaped}"/>'
        case _:
            hidden = component("textfield", "a", conditional={"hide": text})
            node = extended("userTask", "T", form(hidden).replace("]]]]>", "]] ]>"), 'fd:role="qc"')
    return bpmn(straight(START, node, END, ids=("S", "T", "E")))


PLACED = ("condition", "juel", "python", "script", "timer", "candidates", "hide")


def test_s_06_no_payload_does_anything_wherever_it_stands(tmp_path: Path) -> None:
    """S-06: in conditions of each dialect, scripts, timers, candidates and forms; cells and templates wait."""
    (tmp_path / "canary.txt").write_text("canary")
    # All of what escapes, and two of each way to explode: each takes the time of its text in each place.
    texts = [each for group in ESCAPES.values() for each in group]
    texts += [each for group in BOMBS.values() for each in group[:2]]
    done = subprocess.run(
        [sys.executable, "-c", PLACES],
        input=json.dumps(texts),
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    told = json.loads(done.stdout)
    assert told["count"] == len(texts) * len(PLACED) > 600
    assert told["watched"] == []
    assert told["worst"][0] < 0.1, told["worst"]
    assert told["grown"] < 20 * 1024 * 1024


def asking(condition: str) -> bytes:
    """A process that asks for a number that may be left out, and goes one of two ways by a condition on it."""
    start = extended("startEvent", "S", form(component("textfield", "title"), component("number", "count")))
    ways = flow("F1", "S", "G") + flow("F2", "G", "T", condition) + flow("F3", "G", "U")
    ends = flow("F4", "T", "E") + flow("F5", "U", "E")
    nodes = '<exclusiveGateway id="G" default="F3"/><userTask id="T" fd:role="qc"/><userTask id="U" fd:role="qc"/>'
    return bpmn(start + nodes + END + ways + ends, process='id="small" isExecutable="true"')


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("= count(for i in 1..10000000000 return i) > 0", "BUDGET_EXHAUSTED"),
        ("= count > 3", "EXPRESSION_NOT_BOOLEAN"),
    ],
    ids=["S-07", "S-10"],
)
def test_s_07_s_10_a_condition_without_an_answer_leaves_the_ticket_stuck_and_no_other(
    lite: Api, condition: str, code: str
) -> None:
    put_in_service(lite, asking(condition))
    began = time.process_time()
    ticket = opened(lite, title="stuck")
    assert time.process_time() - began < 1
    shown = lite.ok("GET", f"/tickets/{ticket['id']}", by="root")
    assert (shown["stuck"]["code"], shown["stuck"]["params"]["flow"]) == (code, "F2")
    assert (shown["tasks"], shown["phase"]) == ([], "running")
    following = open_ticket(lite)
    claimed = lite.ok("POST", f"/tasks/{task_of(following, 'Task_Handle')}/claim", by="bob")
    assert claimed["state"] == "claimed"


QUERIES = [
    "dueAfter=${now()}",
    "q.dueAfter=${now()}",
    'or=[{"dueAfter":"${now()}"}]',
    "or:[{dueAfter:${now()}}]",
    "filter[dueAfter]=%3D%20now()",
    "status[expr]=%3D1",
    "phase=%3D%20%22running%22",
    "kind=${'incident'}",
    "limit=%3D%205",
    "sort=%3D%20title",
]


def test_s_13_no_parameter_is_an_expression(lite: Api) -> None:
    for path, query in product(("/tickets", "/tasks", "/users", "/audit", "/processes", "/jobs"), QUERIES):
        refused = lite.get(f"{path}?{query}", by="root")
        assert (refused.status_code, refused.mimetype) == (422, "application/problem+json"), (path, query)
