"""Measuring `inspect` in a process of its own: CPU time of the best of five runs, and growth of the peak memory."""

import json
import subprocess
import sys
from dataclasses import dataclass

_PROGRAM = """
import json, resource, sys, time
from bpmn.inspection import inspect
content = sys.stdin.buffer.read()
inspect(b'<a/>', 'warm')
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
best = float('inf')
for _ in range(int(sys.argv[1])):
    start = time.process_time()
    seen = inspect(content, 'child')
    best = min(best, time.process_time() - start)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
codes = sorted({each.code for each in seen.findings})
print(json.dumps({'codes': codes, 'verdict': seen.verdict, 'seconds': best, 'grown': grown * 1024}))
"""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What came out, the CPU seconds of the best of five runs, and by how many bytes the peak memory grew."""

    codes: tuple[str, ...]
    verdict: str
    seconds: float
    grown: int


def measure(content: bytes, runs: int = 5) -> Measured:
    """Inspect these bytes in a child process, this often."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(runs)], input=content, capture_output=True, check=True, timeout=120
    )
    told = json.loads(done.stdout)
    return Measured(codes=tuple(told.pop("codes")), **told)
