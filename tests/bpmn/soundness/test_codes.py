"""Each code on the diagram that earns it, and not on the one beside it that is right."""

import time
from pathlib import Path

import pytest

from bpmn.findings import Finding, Severity
from bpmn.lint.soundness import CODES, MARKINGS, check
from bpmn.messages import MESSAGES
from bpmn.model import ProcessDefinition
from bpmn.reader import read_bpmn

DIAGRAMS = Path(__file__).parents[2] / "diagrams" / "soundness"
WARNINGS = {"LACK_OF_SYNCHRONISATION", "DEAD_NODE", "SOUNDNESS_NOT_PROVEN"}

EXPECTED = {
    "DEADLOCK": ("and2", ("start", "triage", "xor1", "network"), {"missing": ("database__and2",)}),
    "IMPROPER_COMPLETION": (
        "and2",
        ("start", "and1", "inform", "end1", "handle", "xor1"),
        {"missing": ("repair__and2",), "ended": "end1"},
    ),
    "LACK_OF_SYNCHRONISATION": ("review", ("start", "and1", "network", "database"), {}),
    "DEAD_NODE": ("and2", ("start", "and1", "xor1", "network"), {"nodes": ("review", "end")}),
    "LIVELOCK": ("xor2", ("start", "handle", "xor1"), {"nodes": ("xor2", "xor3"), "what": "automatic"}),
    "JOIN_RE_ENTERED": (
        "and2",
        ("start", "and1", "network", "and2", "assess", "network", "and2"),
        {"flow": "assess__network"},
    ),
    "SOUNDNESS_NOT_PROVEN": ("Process_soundness_not_proven", (), {"what": "markings"}),
}


def read(code: str, which: str) -> ProcessDefinition:
    """The diagram of this code, `valid` or `invalid`."""
    reading = read_bpmn((DIAGRAMS / code.lower() / f"{which}.bpmn").read_bytes())
    assert reading.main is not None
    return reading.main


def findings(code: str, which: str) -> list[Finding]:
    """What the checker says of it."""
    return list(check(read(code, which)))


def test_every_code_has_its_diagrams_and_messages() -> None:
    assert sorted(each.name.upper() for each in DIAGRAMS.iterdir()) == sorted(CODES)
    assert set(CODES) == set(EXPECTED)
    assert all(code in MESSAGES for code in CODES)


@pytest.mark.parametrize("code", CODES)
def test_valid_diagram_has_no_finding(code: str) -> None:
    assert findings(code, "valid") == []


@pytest.mark.parametrize("code", CODES)
def test_invalid_diagram_has_the_finding_alone(code: str) -> None:
    (found,) = findings(code, "invalid")
    element, path, params = EXPECTED[code]
    assert (found.code, found.element_id) == (code, element)
    assert found.severity is (Severity.WARNING if code in WARNINGS else Severity.ERROR)
    assert found.line > 0
    witness = found.params["path"]
    assert isinstance(witness, tuple)
    assert witness[: len(path)] == path
    assert {name: found.params[name] for name in params} == params


def test_bound_is_reached_within_three_seconds_and_after_100_000_markings() -> None:
    began = time.process_time()
    (found,) = findings("SOUNDNESS_NOT_PROVEN", "invalid")
    assert time.process_time() - began < 3
    markings = found.params["markings"]
    assert isinstance(markings, int)
    assert markings >= MARKINGS > 100_000
