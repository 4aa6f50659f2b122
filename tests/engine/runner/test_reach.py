"""Which incoming flows of a join can still be reached from where, against a search that asks node by node."""

import random
import time

import pytest

from bpmn.model import Flow, Node, NodeKind, ProcessDefinition
from bpmn.text import Text
from engine.runner import compile_process
from engine.runner.reach import reachable_entries
from tests.engine.runner.journeys import lines
from tests.support.diagrams import process


def _drawn(seed: int) -> ProcessDefinition:
    """A start event, some tasks and the inclusive gateway `join`, with flows drawn at random."""
    chosen = random.Random(seed)
    names = [f"t{n}" for n in range(chosen.randint(2, 9))]
    nodes = [Node(id=name, kind=NodeKind.USER_TASK, scope="P") for name in names]
    nodes += [
        Node(id="start", kind=NodeKind.START_EVENT, scope="P"),
        Node(id="join", kind=NodeKind.INCLUSIVE_GATEWAY, scope="P"),
    ]
    pairs = [(source, target) for source in [*names, "start", "join"] for target in [*names, "join"]]
    drawn = chosen.sample(pairs, chosen.randint(len(names), 3 * len(names)))
    drawn += [(chosen.choice(names), "join"), (chosen.choice(names), "join")]
    flows = [Flow(id=f"f{n}", source=a, target=b, scope="P") for n, (a, b) in enumerate(drawn)]
    return ProcessDefinition(key="P", name=Text(), nodes=tuple(nodes), flows=tuple(flows))


def _searched(definition: ProcessDefinition, node: str) -> set[str]:
    """The incoming flows of `join` on the directed paths from this node that do not visit it before."""
    found, ahead = set(), [flow for flow in definition.flows if flow.source == node]
    while ahead:
        flow = ahead.pop()
        if flow.id not in found:
            found.add(flow.id)
            if flow.target != "join":
                ahead += [each for each in definition.flows if each.source == flow.target]
    return {flow.id for flow in definition.flows if flow.target == "join" and flow.id in found}


@pytest.mark.parametrize("seed", range(300))
def test_reachability_agrees_with_a_search_from_each_node(seed: int) -> None:
    definition = _drawn(seed)
    compiled = compile_process(definition)
    join = compiled.nodes["join"]
    reach = reachable_entries(join)
    for node in definition.nodes:
        if node.id != "join":
            mask = reach.get(compiled.nodes[node.id], 0)
            found = {flow for place, flow in enumerate(join.entries) if mask >> place & 1}
            assert found == _searched(definition, node.id), node.id


def test_the_work_is_linear_also_for_a_ladder_of_loops() -> None:
    # A step at a time around each loop, a search without shared answers takes minutes here.
    count = 4_000
    forward = " -> ".join(f"t{n}" for n in range(count))
    definition = process(
        lines(f"start -> {forward} -> or1 -> end", (f"t{n + 1} -> t{n}" for n in range(count - 1)), "t0 -> or1")
    )
    compiled = compile_process(definition)
    begun = time.process_time()
    reach = reachable_entries(compiled.nodes["or1"])
    assert time.process_time() - begun < 1
    assert set(reach.values()) == {3}
