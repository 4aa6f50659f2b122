"""Random processes: sound ones, built from blocks with one entry and one exit, and unstructured ones.

Every element that this release runs (`bpmn.support.RUNS`) occurs in them; tests/support/elements.py counts.

Conditions are `v1 = 2` or `v1 > 1` over whole numbers v1 to v4; `decide` evaluates them without the product's
interpreter.
"""

from collections.abc import Mapping

from hypothesis import strategies as st

from bpmn.model import EventKind, Expression, NodeKind, ProcessDefinition
from tests.support.block_drawing import GATEWAYS, Block, Builder, Drawing
from tests.support.diagrams import definition

VARIABLES = ("v1", "v2", "v3", "v4")
LARGEST = 3


def decide(expression: Expression, variables: Mapping[str, object]) -> bool:
    """Whether a condition made here holds."""
    name, operator, number = expression.text.split()
    value = variables[name]
    assert isinstance(value, int)
    return value == int(number) if operator == "=" else value > int(number)


def conditions() -> st.SearchStrategy[str]:
    """The text of a random condition."""
    return st.builds(
        lambda name, operator, number: f"{name} {operator} {number}",
        st.sampled_from(VARIABLES),
        st.sampled_from(("=", ">")),
        st.integers(0, LARGEST),
    )


def variables() -> st.SearchStrategy[dict[str, int]]:
    """A value for every variable that conditions read."""
    return st.fixed_dictionaries({name: st.integers(0, LARGEST) for name in VARIABLES})


KINDS = (
    "sequence",
    "xor",
    "merge",
    "parallel",
    "relay",
    "xor_relay",
    "or_relay",
    "inclusive",
    "loop",
    "sub",
    "rework",
    "split",
    "conditional",
    "outcome",
    "fork",
    "race",
    "early",
    "terminate",
    "bare_sub",
)


LEAVES = ("task", "task", "throw", "empty")


@st.composite
def blocks(draw: st.DrawFn, depth: int = 3) -> Block:
    """A random block; at depth 0 a task, an intermediate event or nothing."""
    kind = draw(st.sampled_from(("task", *KINDS))) if depth else draw(st.sampled_from(LEAVES))
    inner = blocks(depth=depth - 1)
    several = st.lists(inner, min_size=2, max_size=3)
    guarded = st.lists(st.tuples(conditions(), inner), min_size=1, max_size=2)
    match kind:
        case "task" | "throw" | "empty":
            return (kind,)
        case "sequence" | "parallel" | "split":
            return (kind, *draw(several))
        case "relay":
            return (kind, draw(several), draw(several))
        case "rework":
            forks = (("parallel", *draw(several)), ("inclusive", draw(guarded), draw(inner)))
            return ("sub", ("loop", draw(conditions()), draw(st.sampled_from(forks))))
        case "xor_relay" | "or_relay":
            return (kind, (draw(guarded), draw(inner)), (draw(guarded), draw(inner)))
        case "xor" | "merge" | "inclusive" | "conditional":
            return (kind, draw(guarded), draw(inner))
        case "loop" | "early" | "terminate":
            return (kind, draw(conditions()), draw(inner))
        case "fork" | "race" | "outcome" | "bare_sub":
            return (kind, draw(inner), draw(inner))
        case _:
            return (kind, draw(inner))


def sound_processes(depth: int = 3) -> st.SearchStrategy[ProcessDefinition]:
    """Processes that always come to an end, whatever the conditions say, if people do not go round for ever."""
    rows = st.lists(blocks(depth=depth), min_size=1, max_size=3)
    return rows.map(lambda row: Builder().whole(("sequence", *row)))


@st.composite
def unstructured_processes(draw: st.DrawFn, *, plain: bool = False) -> ProcessDefinition:
    """A start, an end and up to nine nodes in between with flows drawn at random; mostly unsound.

    `plain` leaves out intermediate events, sub-processes and conditions on the flows of a task.
    """
    drawing = Drawing()
    start = drawing.node("start", NodeKind.START_EVENT, "P", EventKind.NONE)
    choice = ("T", "T", "xor", "and", "or") if plain else ("T", "T", "T", "xor", "and", "and", "or", "or", "E", "S")
    inner = [_inner(drawing, kind) for kind in draw(st.lists(st.sampled_from(choice), min_size=2, max_size=9))]
    ends = [drawing.end("P")]
    if draw(st.booleans()):
        ends.append(drawing.end("P", EventKind.TERMINATE))
    drawing.flow(start, draw(st.sampled_from(inner)))
    for name in inner:
        targets = draw(st.lists(st.sampled_from([*inner, *inner, *ends]), min_size=1, max_size=3))
        _fan_out(draw, drawing, name, targets, plain=plain)
    return definition("P", drawing.nodes.values(), drawing.flows)


def _inner(drawing: Drawing, kind: str) -> str:
    if kind == "T":
        return drawing.task("P")
    if kind == "E":
        return drawing.node("E", NodeKind.INTERMEDIATE_THROW_EVENT, "P", EventKind.NONE)
    if kind != "S":
        return drawing.node(kind, GATEWAYS[kind], "P")
    # One task alone: two tokens in one sub-process are then the same to the oracle whichever goes first.
    sub = drawing.node("S", NodeKind.SUB_PROCESS, "P")
    start, end = drawing.node("start", NodeKind.START_EVENT, sub, EventKind.NONE), drawing.end(sub)
    task = drawing.task(sub)
    drawing.flow(start, task)
    drawing.flow(task, end)
    return sub


def _fan_out(draw: st.DrawFn, drawing: Drawing, name: str, targets: list[str], *, plain: bool) -> None:
    kind = drawing.nodes[name].kind
    chooses = kind in {NodeKind.EXCLUSIVE_GATEWAY, NodeKind.INCLUSIVE_GATEWAY}
    if not plain and kind is not NodeKind.PARALLEL_GATEWAY:
        chooses = chooses or draw(st.booleans())
    for number, target in enumerate(targets):
        last = number == len(targets) - 1
        if chooses and len(targets) > 1:
            default = last and draw(st.sampled_from((True, True, True, False)))
            drawing.flow(name, target, condition=None if default else draw(conditions()), default=default)
        else:
            drawing.flow(name, target)


def back_outcome(definition_: ProcessDefinition, task: str, pick: int) -> str | None:
    """One of the task's outcome keys, chosen by `pick`; None when it has none."""
    outcomes = definition_.outcomes_of(task)
    return outcomes[pick % len(outcomes)].key if outcomes else None


__all__ = [
    "back_outcome",
    "blocks",
    "conditions",
    "decide",
    "sound_processes",
    "unstructured_processes",
    "variables",
]
