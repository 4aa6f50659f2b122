"""Stored positions of a release: each with its definition, the answers that finish it, and what came of each."""

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bpmn.canonical import from_json, to_json
from bpmn.model import ProcessDefinition
from bpmn.support import features_of
from engine.runner import CompiledProcess, Step, StuckCode, compile_process, complete, retry, start
from tests.support.diagrams import process
from tests.support.people import NOW
from tests.support.random_processes import back_outcome, sound_processes, unstructured_processes

NAME = "positions.json.gz"
RANDOM = 60
"""Processes of each kind, sound and not."""
LONGEST = 30
_VALUES = ("v1", "v2", "v3", "v4")

JSON = dict[str, Any]

BY_HAND = (
    # Open, waiting, inside and stuck tokens in one position.
    """
    start -> and1 -> A -> and2 -> end
    and1 -> S -> and2
    S { start_s -> and3 -> B -> and4 -> end_s
    and3 -> C -> and4 }
    and1 -> D -> xor1 -[v5 > 1]-> and2
    """,
    # The kinds of nodes that the random processes do not draw.
    """
    M: manualTask
    W: task
    note: intermediateThrowEvent
    start -> M -> note -> and1 -> W -> and2 -> A -> end
    and1 -> B -> and2
    and1 -> C -> xor1 -[v1 > 1]-> terminate1
    xor1 -/-> and2
    """,
    # A loop that goes back, and a sub-process in a sub-process.
    """
    start -> S -> A -(ok)-> end
    A -(redo!)-> S
    S { start_s -> T -> B -> end_s
    T { start_t -> or1 -[v1 > 0]-> C -> or2 -> end_t
    or1 -[v2 > 0]-> D -> or2
    or1 -/-> or2 } }
    """,
)


def record() -> list[JSON]:
    """Positions of today's code: of the processes above at every step, of each random one at one step."""
    made = [each for text in BY_HAND for each in _recorded(_with_statuses(text), seed=1, every=True)]
    for seed, definition in enumerate(_random_processes()):
        made += _recorded(definition, seed=seed, every=False)
    return made


def write(directory: Path, positions: list[JSON]) -> None:
    """Keep them."""
    text = json.dumps(positions, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    (directory / NAME).write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def read(directory: Path) -> list[JSON]:
    """What was kept."""
    found: list[JSON] = json.loads(gzip.decompress((directory / NAME).read_bytes()))
    return found


def go_on(kept: JSON) -> list[JSON]:
    """What today's code makes of a position and its answers: the outcome of each."""
    walk = _Walk(from_json(kept["definition"].encode()), state=kept["state"].encode())
    return [walk.take(move) for move in kept["moves"]]


def features(positions: list[JSON]) -> set[str]:
    """The BPMN elements that occur, as docs/reference/bpmn-support.md names them."""
    definitions = {each["definition"] for each in positions}
    return {feature for text in definitions for node in from_json(text.encode()).nodes for feature in features_of(node)}


@dataclass
class _Walk:
    """A ticket on its way, known by its stored position alone."""

    definition: ProcessDefinition
    state: bytes
    compiled: CompiledProcess = field(init=False)

    def __post_init__(self) -> None:
        self.compiled = compile_process(self.definition)

    def take(self, move: JSON) -> JSON:
        """Make one move; its outcome."""
        if move["token"] is None:
            step = retry(self.compiled, self.state, variables=move["variables"], now=NOW)
        else:
            step = complete(
                self.compiled,
                self.state,
                token=move["token"],
                variables=move["variables"],
                now=NOW,
                outcome=move["outcome"],
            )
        self.state = step.state
        return outcome_of(step)


def outcome_of(step: Step) -> JSON:
    """What a step did, but for the bytes of its position, whose format may change."""
    return {
        "opened": [[each.token, each.element_id] for each in step.opened],
        "ended": [[each.token, each.element_id, each.reason.value] for each in step.ended],
        "live": [[each.token, each.element_id] for each in step.live],
        "entered": list(step.entered),
        "flows": list(step.flows),
        "finished": step.finished,
        "status": step.status,
        "stuck": None if step.stuck is None else [step.stuck.code.value, step.stuck.element_id],
    }


def _recorded(definition: ProcessDefinition, *, seed: int, every: bool) -> Iterator[JSON]:
    """Walk to the end or a standstill; the positions on the way, each with the moves that followed."""
    dice = random.Random(seed)
    variables: JSON = {name: dice.randint(0, 3) for name in _VALUES}
    step = start(compile_process(definition), variables=variables, now=NOW)
    walk = _Walk(definition, step.state)
    states: list[bytes] = []
    moves: list[JSON] = []
    outcomes: list[JSON] = []
    while not _over(outcomes, step) and len(moves) < LONGEST:
        live = outcomes[-1]["live"] if outcomes else [[each.token, each.element_id] for each in step.live]
        moves.append(_move(definition, live, variables, dice))
        variables = moves[-1]["variables"]
        states.append(walk.state)
        outcomes.append(walk.take(moves[-1]))
    chosen = range(len(states)) if every else ([dice.randrange(len(states))] if states else [])
    for at in chosen:
        yield {
            "definition": to_json(definition).decode(),
            "state": states[at].decode(),
            "moves": moves[at:],
            "outcomes": outcomes[at:],
        }


def _over(outcomes: list[JSON], step: Step) -> bool:
    """Whether it has ended, has stood still for three tries, or would go round for ever."""
    if not outcomes:
        return step.finished
    last, still = outcomes[-1], [not each["live"] for each in outcomes[-3:]]
    endless = last["stuck"] is not None and last["stuck"][0] == StuckCode.STEP_LIMIT.value
    return last["finished"] or endless or (len(still) == 3 and all(still))


def _move(definition: ProcessDefinition, live: list[list[Any]], variables: JSON, dice: random.Random) -> JSON:
    """Complete a task that is open, or, where none is, correct the variables and try again."""
    variables = {**variables, **{name: dice.randint(0, 3) for name in _VALUES}}
    if not live:
        return {"token": None, "outcome": None, "variables": {**variables, "v5": 2}}
    token, element = dice.choice(live)
    outcome = back_outcome(definition, element, dice.randrange(100))
    if outcome is not None:
        variables[f"{element}_outcome"] = outcome
    return {"token": token, "outcome": outcome, "variables": variables}


def _with_statuses(text: str) -> ProcessDefinition:
    """The process, in which each task and each sub-process has a status of its own."""
    definition = process(text)
    nodes = (replace(each, status=each.id if each.event is None else None) for each in definition.nodes)
    return replace(definition, nodes=tuple(nodes))


def _random_processes() -> Iterator[ProcessDefinition]:
    """The same ones each time that they are asked for."""
    found: list[ProcessDefinition] = []
    for strategy in (sound_processes(depth=3), unstructured_processes()):

        @settings(
            max_examples=RANDOM,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy, st.none())
        def collect(definition: ProcessDefinition, _: None) -> None:
            found.append(definition)

        collect()
    return iter(found)
