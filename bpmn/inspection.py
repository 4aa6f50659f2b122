"""The one judgement of an imported file: what the reader and lint find, and the verdict they add up to."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bpmn.bundle import read_any
from bpmn.directory import Directory
from bpmn.findings import Finding, Severity, Verdict, verdict_of
from bpmn.limits import FINDINGS_PER_CODE
from bpmn.lint import lint
from bpmn.model import ProcessDefinition
from bpmn.reader import Reading


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What is known of a file: the verdict, the process to deploy (None where there is none), and all
    findings.
    """

    verdict: Verdict
    definition: ProcessDefinition | None
    findings: tuple[Finding, ...]
    readable: bool


def inspect(content: bytes, name: str = "", directory: Directory | None = None) -> Inspection:
    """Read and lint a .bpmn file or a .zip bundle; the same for the command line, import and deploy.

    With a directory the rules that need an installation run too. Never raises for bad input. Findings are
    sorted by file and line; of one code at most 200 are spelled out, and `MORE_FINDINGS` counts the rest.
    """
    reading = read_any(content, name)
    findings = [*reading.findings]
    findings += _linted(reading, directory)
    executable = reading.main is not None and reading.main.executable
    return Inspection(
        verdict=verdict_of(findings, readable=reading.readable, executable=executable),
        definition=reading.main,
        findings=tuple(_bounded(sorted(findings, key=lambda each: (each.file or "", each.line)))),
        readable=reading.readable,
    )


def _linted(reading: Reading, directory: Directory | None) -> Iterator[Finding]:
    """Lint's findings about the main process; in a bundle about that of every file, because it is stored as one."""
    if not reading.by_file and reading.main is not None:
        yield from lint(reading.main, directory)
    for path, definition in reading.by_file:
        for finding in lint(definition, directory):
            yield replace(finding, file=path)


def _bounded(findings: Iterable[Finding]) -> Iterator[Finding]:
    counts: Counter[tuple[str, Severity]] = Counter()
    for each in findings:
        counts[each.code, each.severity] += 1
        if counts[each.code, each.severity] <= FINDINGS_PER_CODE:
            yield each
    for (code, severity), count in counts.items():
        if count > FINDINGS_PER_CODE:
            params = {"code": code, "count": count - FINDINGS_PER_CODE}
            yield Finding(code="MORE_FINDINGS", severity=severity, params=params)
