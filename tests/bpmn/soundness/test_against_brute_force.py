"""Reducing and packing change nothing: on random processes the checker finds what a brute-force search finds."""

import pytest
from hypothesis import HealthCheck, assume, given, note, settings

from bpmn.lint.soundness import check
from bpmn.model import ProcessDefinition
from tests.bpmn.soundness.exhaustive import Search, TooLargeError
from tests.support.diagrams import to_text
from tests.support.random_processes import unstructured_processes

STANDSTILLS = {"DEADLOCK", "IMPROPER_COMPLETION"}


def compare(definition: ProcessDefinition) -> None:
    """Fails where the two disagree about this process."""
    note(to_text(definition))
    try:
        search = Search(definition).run()
    except TooLargeError:
        assume(False)
    findings = list(check(definition))
    codes = {each.code for each in findings}
    note(str([(each.code, each.element_id, each.params) for each in findings]))
    if codes & STANDSTILLS:
        assert search.stuck()
    if search.stuck():
        assert codes & (STANDSTILLS | {"JOIN_RE_ENTERED"})
    if search.hopeless():
        assert codes & {"LIVELOCK", "SOUNDNESS_NOT_PROVEN"}
    if "LACK_OF_SYNCHRONISATION" in codes:
        assert search.doubled()
    if "SOUNDNESS_NOT_PROVEN" not in codes:
        reported = {each.element_id for each in findings if each.code == "DEAD_NODE"}
        assert reported <= search.dead()
        if search.dead() and not search.stuck():
            assert reported or "JOIN_RE_ENTERED" in codes


def prove(examples: int) -> None:
    """Compares on so many random processes."""

    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(unstructured_processes(plain=True))
    def agrees(definition: ProcessDefinition) -> None:
        compare(definition)

    agrees()


def test_checker_finds_what_brute_force_finds() -> None:
    prove(300)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_checker_finds_what_brute_force_finds_in_ten_thousand() -> None:
    prove(10_000)
