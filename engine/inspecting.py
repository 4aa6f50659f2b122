"""Reading and linting a process text for the installation, once per text: the same text is asked about several times.

An inspection can take seconds of pure computing. Whoever must not hold a lock for so long inspects first and begins the
transaction afterwards: the command inside finds the result here.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from bpmn.directory import Directory
from bpmn.errors import FaultdeskError
from bpmn.findings import Finding, Severity
from bpmn.inspection import Inspection, inspect
from engine.errors import Invalid, TooLarge

KEPT = 16

_kept: OrderedDict[tuple[str, str, str], Inspection] = OrderedDict()
_lock = Lock()


def inspected(content: bytes, name: str, directory: Directory | None = None) -> Inspection:
    """What is known of a file (see `bpmn.inspection.inspect`); with a directory as it would run here."""
    # A directory's parts are built in sorted order (`engine.directory`), so that equal ones have one text.
    key = (hashlib.sha256(content).hexdigest(), name, repr(directory))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = inspect(content, name, directory)
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def facts_of(finding: Finding) -> dict[str, object]:
    """A finding as it is stored and sent: code and parameters, no sentence."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "element_id": finding.element_id,
        "line": finding.line,
        "params": _plain(finding.params),
        "needs": finding.needs,
        "file": finding.file,
    }


def all_facts(inspection: Inspection) -> tuple[Mapping[str, object], ...]:
    """All findings of an inspection."""
    return tuple(facts_of(each) for each in inspection.findings)


def refusal_of(inspection: Inspection) -> FaultdeskError:
    """Why an unreadable file is refused: the first error's code, with all findings."""
    first = next(each for each in inspection.findings if each.severity is Severity.ERROR)
    params = {**_plain(first.params), "line": first.line, "findings": list(all_facts(inspection))}
    if first.code == "TOO_LARGE" and first.params.get("what") == "bytes":
        return TooLarge(first.code, params)
    return Invalid(first.code, params)


def _plain(params: Mapping[str, object]) -> dict[str, object]:
    return {key: list(value) if isinstance(value, tuple | set | frozenset) else value for key, value in params.items()}
