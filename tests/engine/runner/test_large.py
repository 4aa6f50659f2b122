"""A long and a wide process from its file to its end in a Python that may hardly recurse.

The limit of 150 frames is set in a process of its own, since it holds for all threads. Python's own is 1,000, and the
library, left alone, recurses along the chain and stops seeing tasks below that depth.
"""

import json
import subprocess
import sys
from typing import Any

from bpmn.limits import PARALLEL_FAN_OUT
from tests.engine.runner.journeys import lines
from tests.support.diagrams import process, to_bpmn

FRAMES = 150
TASKS = 2_000

_PROGRAM = """
import json, sys, time
from datetime import UTC, datetime
from bpmn.canonical import from_json, to_json
from bpmn.inspection import inspect
from engine.runner import compile_process, complete, start

def spent():
    global before
    now = time.process_time()
    before, took = now, now - before
    return round(took, 3)

def go_down(frames):
    return go_down(frames - 1) if frames else None

content, frames = sys.stdin.buffer.read(), int(sys.argv[1])
inspect(b'<a/>', 'warm')
sys.setrecursionlimit(frames)
try:
    go_down(frames)
    sys.exit('there is no limit')
except RecursionError:
    pass
now, told, before = datetime(2026, 11, 23, tzinfo=UTC), {}, time.process_time()
seen = inspect(content, 'large.bpmn')
told['findings'] = sorted({each.code for each in seen.findings if each.severity.value == 'error'})
told['verdict'], told['import'] = seen.verdict, spent()
definition = from_json(to_json(seen.definition))
compiled = compile_process(definition)
told['compile'] = spent()
step = start(compiled, variables={}, now=now)
told['widest'], told['completed'], told['bytes'] = len(step.live), 0, len(step.state)
while step.live:
    step = complete(compiled, step.state, token=step.live[-1].token, variables={}, now=now)
    told['completed'] += 1
    told['bytes'] = max(told['bytes'], len(step.state))
told['finished'], told['run'] = step.finished, spent()
print(json.dumps(told))
"""


def _run(text: str, frames: int = FRAMES) -> dict[str, Any]:
    """What came of importing, linting, storing, compiling and running this process with so many frames."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(frames)],
        input=to_bpmn(process(text)),
        capture_output=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr.decode()[-2_000:]
    told: dict[str, Any] = json.loads(done.stdout)
    print(told)
    return told


def test_a_chain_of_two_thousand_tasks_is_imported_run_and_ended_without_recursion() -> None:
    told = _run("start -> " + " -> ".join(f"t{n}" for n in range(TASKS)) + " -> end")
    assert told["findings"] == []
    assert (told["completed"], told["widest"], told["finished"]) == (TASKS, 1, True)
    assert told["bytes"] < 100
    assert told["compile"] < 1


def test_five_hundred_parallel_branches_are_imported_run_and_joined_without_recursion() -> None:
    branches = (f"and1 -> t{n} -> and2" for n in range(PARALLEL_FAN_OUT))
    told = _run(lines("start -> and1", branches, "and2 -> last -> end"))
    assert told["findings"] == []
    assert (told["completed"], told["widest"], told["finished"]) == (PARALLEL_FAN_OUT + 1, PARALLEL_FAN_OUT, True)
