"""The stored position: small, deterministic, versioned, and refused when it is not ours."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from engine.runner import StateCorrupt, compile_process, complete, open_tokens, retry, start
from engine.runner.stored import FORMAT, read, write
from tests.engine.runner.journeys import NOW, begin
from tests.support.diagrams import process

RICH = """
    start -> and1 -> A -> and2 -> end
    and1 -> S -> and2
    S { start_s -> and3 -> B -> and4 -> end_s
    and3 -> C -> and4 }
    and1 -> D -> xor1 -[x > 1]-> and2
"""


def _rich() -> bytes:
    """Open, waiting, inside and stuck tokens in one state."""
    return begin(RICH).walk("A", "B", "D").step.state


def test_the_first_entry_is_the_number_of_the_format() -> None:
    assert begin("start -> A -> end").step.state.startswith(b'{"format":%d,' % FORMAT)


def test_a_state_holds_where_tokens_rest_and_nothing_else() -> None:
    journey = begin("start -> A -> end", {"secret": "variables belong to the ticket"})
    assert orjson.loads(journey.step.state) == {"format": 1, "next": 3, "tokens": [[2, 0, "A", "o"]]}


def test_every_kind_of_rest_is_written_and_read_back() -> None:
    state = _rich()
    assert {row[3] for row in orjson.loads(state)["tokens"]} == {"o", "w", "i", "s"}
    assert len(state) < 250
    assert write(read(state)) == state
    assert [task.element_id for task in open_tokens(state)] == ["C"]


def test_the_same_inputs_give_the_same_bytes() -> None:
    digests = {hashlib.sha256(_rich()).hexdigest() for _ in range(5)}
    assert len(digests) == 1


def test_the_time_leaves_no_trace_in_the_state() -> None:
    compiled = compile_process(process(RICH))
    later = datetime(2030, 1, 1, tzinfo=UTC)
    assert start(compiled, variables={}, now=NOW).state == start(compiled, variables={}, now=later).state


def test_numbers_are_small_and_never_given_twice() -> None:
    journey = begin("start -> A -> xor1 -(again!)-> A\nxor1 -(ok)-> end")
    seen = [journey.step.live[0].token]
    for _ in range(50):
        journey.walk("A/again")
        seen.append(journey.step.live[0].token)
    assert seen == sorted(set(seen))
    assert max(seen) < 51 * 3


def test_a_position_moves_on_a_definition_compiled_anew() -> None:
    state = _rich()
    token = open_tokens(state)[0].token
    first = complete(compile_process(process(RICH)), state, token=token, variables={}, now=NOW)
    second = complete(compile_process(process(RICH)), state, token=token, variables={}, now=NOW)
    assert first == second
    assert first.entered == ("and4", "end_s")


def test_the_status_is_that_of_the_end_event_even_when_another_end_came_earlier() -> None:
    definition = process("start -> and1 -> A -> end1\nand1 -> B")
    statuses = {"end1": "CLOSED", "A": "IN_PROGRESS"}
    nodes = tuple(replace(node, status=statuses.get(node.id)) for node in definition.nodes)
    journey = begin(replace(definition, nodes=nodes))
    assert journey.step.status == "IN_PROGRESS"
    assert journey.complete("A").status is None
    assert journey.complete("B").status == "CLOSED"


def test_the_status_is_that_of_the_active_node_entered_last() -> None:
    definition = process("start -> and1 -> A -> C -> end\nand1 -> S -> end\nS { start_s -> B -> D -> end_s }")
    statuses = {"A": "ONE", "B": "TWO", "S": "INSIDE", "start": "NEW", "and1": "FORKED"}
    nodes = tuple(replace(node, status=statuses.get(node.id)) for node in definition.nodes)
    journey = begin(replace(definition, nodes=nodes))
    assert journey.step.status == "TWO"
    assert journey.complete("B").status == "INSIDE"
    assert journey.complete("D").status == "ONE"
    assert journey.complete("A").status is None


def test_a_token_on_its_way_into_a_join_has_not_entered_it() -> None:
    definition = process("start -> and1 -> A -> and2 -> end\nand1 -> B -> and2")
    statuses = {"A": "ONE", "and2": "JOINED"}
    nodes = tuple(replace(node, status=statuses.get(node.id)) for node in definition.nodes)
    journey = begin(replace(definition, nodes=nodes))
    assert journey.complete("B").status == "ONE"


CORRUPT = [
    b"",
    b"null",
    b"[]",
    b"\xff\xfe",
    b'{"format":1}',
    b'{"next":3,"tokens":[]}',
    b'{"format":true,"next":3,"tokens":[]}',
    b'{"format":1,"next":true,"tokens":[]}',
    b'{"format":1,"next":3,"end":5,"tokens":[]}',
    b'{"format":1,"next":3,"tokens":{}}',
    b'{"format":1,"next":3,"tokens":[2]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"A"]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"A","x"]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"A",["o"]]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"A","o","flow"]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,5,"o"]]}',
    b'{"format":1,"next":3,"tokens":[[true,0,"A","o"]]}',
    b'{"format":1,"next":3,"tokens":[[2.0,0,"A","o"]]}',
    b'{"format":1,"next":3,"tokens":[["2",0,"A","o"]]}',
    b'{"format":1,"next":3,"tokens":[[3,0,"A","o"]]}',
    b'{"format":1,"next":3,"tokens":[[0,0,"A","o"]]}',
    b'{"format":1,"next":3,"tokens":[[-1,0,"A","o"]]}',
    b'{"format":1,"next":5,"tokens":[[3,0,"A","o"],[2,0,"A","o"]]}',
    b'{"format":1,"next":5,"tokens":[[2,0,"A","o"],[2,0,"A","o"]]}',
    b'{"format":1,"next":5,"tokens":[[2,1,"A","o"]]}',
    b'{"format":1,"next":5,"tokens":[[2,0,"A","o"],[3,2,"A","o"]]}',
    b'{"format":1,"next":5,"tokens":[[2,2,"S","i"]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"and2","w",7]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"A","s",null,null,"NO_FLOW_TAKEN"]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"A","s",null,null,"WHATEVER",{}]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"A","s",null,null,["x"],{}]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"A","s",1,null,"NO_FLOW_TAKEN",{}]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"A","s",null,null,"NO_FLOW_TAKEN",[]]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"A","s",null,null,"NO_FLOW_TAKEN",{"a":[]}]]}',
    b'{"format":99,"next":3,"tokens":[]}',
]


@pytest.mark.parametrize("state", CORRUPT, ids=range(len(CORRUPT)))
def test_bytes_that_are_no_position_are_refused(state: bytes) -> None:
    with pytest.raises(StateCorrupt) as refused:
        open_tokens(state)
    assert refused.value.code == "STATE_CORRUPT"
    with pytest.raises(StateCorrupt):
        retry(compile_process(process(RICH)), state, variables={}, now=NOW)


FOREIGN = [
    b'{"format":1,"next":3,"tokens":[[2,0,"Z","o"]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"B","o"]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"xor1","o"]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"S","o"]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"A","i"]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"S","i"]]}',
    b'{"format":1,"next":5,"tokens":[[2,0,"S","i"],[3,2,"A","o"]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"and2","w","start__and1"]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"A","w","and1__A"]]}',
    b'{"format":1,"next":3,"tokens":[[2,0,"end","s",null,null,"NO_FLOW_TAKEN",{}]]}',
    b'{"format":1,"next":3,"end":"A","tokens":[[2,0,"A","o"]]}',
    b'{"format":1,"next":3,"end":"Z","tokens":[[2,0,"A","o"]]}',
]


@pytest.mark.parametrize("state", FOREIGN, ids=range(len(FOREIGN)))
def test_a_position_of_another_definition_is_refused(state: bytes) -> None:
    open_tokens(state)
    with pytest.raises(StateCorrupt):
        retry(compile_process(process(RICH)), state, variables={}, now=NOW)


def test_any_damage_ends_in_a_refusal_or_in_a_position() -> None:
    compiled, state = compile_process(process(RICH)), _rich()
    for place in range(len(state)):
        for byte in (b"", b"0", b'"', b"[", b"}", b"\x00", b"\xff"):
            damaged = state[:place] + byte + state[place + 1 :]
            try:
                retry(compiled, damaged, variables={}, now=NOW)
            except StateCorrupt:
                continue
            read(damaged)


def test_an_older_format_is_brought_up_step_by_step() -> None:
    migrations = {
        -1: lambda old: {"format": 0, "next": old["n"], "tokens": old["t"]},
        0: lambda old: {"format": 1, "next": old["next"], "tokens": [[*row, "o"] for row in old["tokens"]]},
    }
    position = read(b'{"format":-1,"n":3,"t":[[2,0,"A"]]}', migrations=migrations)
    assert write(position) == begin("start -> A -> end").step.state


def test_a_state_of_this_release_still_means_what_it_meant() -> None:
    # Kept as bytes: what one release writes, every later one must read.
    kept = (
        b'{"format":1,"next":13,"tokens":[[4,0,"S","i"],[8,4,"C","o"],[9,0,"and2","w","A__and2"],'
        b'[10,4,"and4","w","B__and4"],[11,0,"xor1","s","D",null,"EXPRESSION_NOT_BOOLEAN",'
        b'{"flow":"xor1__and2","type":"null"}]]}'
    )
    step = complete(compile_process(process(RICH)), kept, token=8, variables={}, now=NOW)
    assert step.stuck is not None
    assert step.flows == ("C__and4", "and4__end_s", "S__and2")
    step = retry(compile_process(process(RICH)), step.state, variables={"x": 2}, now=NOW)
    assert step.finished
