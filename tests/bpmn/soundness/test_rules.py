"""What is sound and what is not, rule by rule, on processes too small for a file of their own."""

import time
from dataclasses import replace

import pytest

from bpmn.findings import Finding
from bpmn.lint.soundness import check
from bpmn.model import Flow
from tests.support.diagrams import process


def found(text: str) -> list[Finding]:
    """The findings about the process in the test notation."""
    return list(check(process(text)))


def codes(text: str) -> list[tuple[str, str | None]]:
    """Code and element of each finding."""
    return [(each.code, each.element_id) for each in found(text)]


SOUND = {
    "several ends of parallel branches": "start -> and1 -> A -> end1\nand1 -> B -> end2",
    "two branches into one end": "start -> and1 -> A -> end\nand1 -> B -> end",
    "a merge right before the end": "start -> and1 -> A -> xor1 -> end\nand1 -> B -> xor1",
    "a last task without an end event": "start -> A -> B",
    "an implicit split and merge": "start -> A -> B -> and1 -> end\nA -> C -> and1",
    "a fork to an end in each round": "start -> A -> and1 -> B -> end1\nand1 -> xor1 -> end2\nxor1 -(redo)-> A",
    "an inclusive block": "start -> or1 -[x = 1]-> A -> or2 -> end\nor1 -/-> B -> or2",
    "inclusive joins one after the other": (
        "start -> or1 -[x = 1]-> A -> or2 -> D -> or3 -> end\nor1 -[x = 2]-> B -> or2\nor1 -/-> C -> or3"
    ),
    "an inclusive block beside another branch in a loop": (
        "start -> xor1 -> and1 -> or1 -[x = 1]-> A -> or2 -> and2 -> xor2 -/-> end\n"
        "or1 -/-> B -> or2\nand1 -> C -> and2\nxor2 -[x = 2]-> xor1"
    ),
    "a terminate end beside waiting branches": (
        "start -> and1 -> A -> terminate\nand1 -> B -> and2 -> end\nand1 -> C -> and2"
    ),
    "a parallel block in a loop in a sub-process": (
        "start -> S -> end\nS { start_s -> A -> and1 -> B -> and2 -> xor1 -/-> end_s\n"
        "and1 -> C -> and2\nxor1 -[x = 1]-> A }"
    ),
    "an interrupting boundary event that joins the main flow": (
        "start -> A -> B -> end\nt1: boundaryEvent A timer\nt1 -> C -> B"
    ),
    "a boundary event beside the task": "start -> A -> B -> end1\nt1: boundaryEvent A timer-\nt1 -> C -> end2",
    "a service that goes round until another branch terminates": (
        "start -> and1 -> w1 -> A -> w1\nand1 -> B -> terminate\nw1: intermediateCatchEvent message"
    ),
    "an event-based choice": (
        "start -> events1 -> w1 -> A -> end\nevents1 -> w2 -> A\n"
        "w1: intermediateCatchEvent message\nw2: intermediateCatchEvent timer"
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound(name: str) -> None:
    assert codes(SOUND[name]) == []


UNSOUND = {
    "a deadlock inside a sub-process": (
        "start -> S -> end\nS { start_s -> xor1 -> A -> and1 -> end_s\nxor1 -> B -> and1 }",
        [("DEADLOCK", "and1")],
    ),
    "two inclusive joins that wait for each other": (
        "start -> and1 -> or1 -> A -> xor1 -> or2 -> B -> xor2 -> or1\nand1 -> or2\nxor1 -> end1\nxor2 -> end2",
        [("DEADLOCK", "or1")],
    ),
    "a join that waits for a node nothing leads to": (
        "start -> A -> and1 -> end\nB -> and1",
        [("DEADLOCK", "and1")],
    ),
    "outcomes of a task that meet in a parallel join": (
        "start -> A -(ok)-> B -> and1 -> end\nA -(no)-> C -> and1",
        [("DEADLOCK", "and1")],
    ),
    "a non-interrupting boundary event into the main flow": (
        "start -> A -> B -> end\nt1: boundaryEvent A timer-\nt1 -> B",
        [("LACK_OF_SYNCHRONISATION", "B")],
    ),
    "a way back into the join itself": (
        "start -> and1 -> A -> and2 -> C -> xor1 -/-> end\nand1 -> B -> and2\nxor1 -[x = 1]-> and2",
        [("JOIN_RE_ENTERED", "and2")],
    ),
    "work that goes round for ever": ("start -> A -> B -> A", [("LIVELOCK", "A")]),
    "a join that is left by one branch only": (
        "start -> and1 -> A -> and2 -> end\nand1 -> B -> xor1 -/-> and2\nxor1 -[x = 1]-> end2",
        [("IMPROPER_COMPLETION", "and2")],
    ),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_unsound(name: str) -> None:
    text, expected = UNSOUND[name]
    assert codes(text) == expected


def test_witness_leads_into_the_sub_process() -> None:
    text = "start -> A -> S -> end\nS { start_s -> xor1 -> B -> and1 -> end_s\nxor1 -> C -> and1 }"
    (deadlock,) = found(text)
    assert deadlock.params["path"] == ("start", "A", "S", "start_s", "xor1", "B")


def test_errors_found_before_the_bound_are_kept() -> None:
    maze = "\n".join(
        f"and0 -> xor1_{i} -> xor2_{i} -> A_{i} -> xor3_{i} -> xor5_{i} -> B_{i} -> xor4_{i} -> xor2_{i}\n"
        f"xor1_{i} -> xor5_{i}\nxor3_{i} -> xor6_{i} -> and9\nxor4_{i} -> xor6_{i}"
        for i in range(12)
    )
    text = f"start -> xor0 -> and0\nand9 -> end\n{maze}\nxor0 -> xor7 -> C -> and8 -> end\nxor7 -> D -> and8"
    assert {code for code, _ in codes(text)} == {"DEADLOCK", "SOUNDNESS_NOT_PROVEN"}


def test_broken_graphs_are_left_to_other_rules() -> None:
    whole = process("start -> A -> end")
    dangling = replace(whole, flows=(*whole.flows, Flow(id="f", source="A", target="nowhere", scope="P")))
    doubled = replace(whole, nodes=(*whole.nodes, whole.nodes[1]))
    startless = process("A -> end")
    assert [list(check(each)) for each in (dangling, doubled, startless)] == [[], [], []]


@pytest.mark.parametrize(
    "text",
    [
        "start -> and1\nand2 -> end\n" + "\n".join(f"and1 -> T{i} -> and2" for i in range(500)),
        "start -> " + " -> ".join(f"T{i}" for i in range(2_000)) + " -> end",
        "start -> and1_0\n"
        + "\n".join(f"and1_{i} -> A{i} -> and2_{i} -> and1_{i + 1}\nand1_{i} -> B{i} -> and2_{i}" for i in range(500))
        + "\nand1_500 -> end",
    ],
    ids=["500 branches", "2,000 tasks in a row", "500 blocks in a row"],
)
def test_large_sound_processes_are_proven_quickly(text: str) -> None:
    definition = process(text)
    began = time.process_time()
    assert list(check(definition)) == []
    assert time.process_time() - began < 2
