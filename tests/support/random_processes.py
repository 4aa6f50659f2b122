"""Random processes: sound ones, built from blocks with one entry and one exit, and unstructured ones.

Every element that this release runs (`bpmn.support.RUNS`) occurs in them; tests/support/elements.py counts.

Conditions are `v1 = 2` or `v1 > 1` over whole numbers v1 to v4; `decide` evaluates them without the product's
interpreter.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from bpmn.model import Event, EventKind, Expression, Flow, Node, NodeKind, ProcessDefinition
from tests.support.diagrams import definition, outcome

VARIABLES = ("v1", "v2", "v3", "v4")
LARGEST = 3

Block = tuple[object, ...]
"""(kind, *parts); a part is a block or a condition text."""


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


@dataclass
class _Drawing:
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def node(self, prefix: str, kind: NodeKind, scope: str, event: EventKind | None = None) -> str:
        self.counts[prefix] += 1
        name = f"{prefix}{self.counts[prefix]}"
        self.nodes[name] = Node(id=name, kind=kind, scope=scope, event=Event(kind=event) if event else None)
        return name

    def task(self, scope: str) -> str:
        """A task for a person: mostly a user task, every fifth a manual one and every fifth without a type."""
        return self.node("T", _TASKS[self.counts["T"] % len(_TASKS)], scope)

    def end(self, scope: str, event: EventKind = EventKind.NONE) -> str:
        return self.node("end", NodeKind.END_EVENT, scope, event)

    def flow(
        self,
        source: str,
        target: str,
        *,
        condition: str | None = None,
        result: str | None = None,
        default: bool = False,
    ) -> None:
        flow = Flow(
            id=f"f{len(self.flows) + 1}",
            source=source,
            target=target,
            scope=self.nodes[source].scope,
            condition=None if condition is None else Expression(text=condition),
            outcome=None if result is None else outcome(result),
        )
        self.flows.append(flow)
        if default:
            self.nodes[source] = replace(self.nodes[source], default_flow=flow.id)


@dataclass(frozen=True)
class _Way:
    """A flow still to be drawn: it leaves `source` under these conditions."""

    source: str
    condition: str | None = None
    result: str | None = None
    default: bool = False

    def to(self, drawing: _Drawing, target: str) -> None:
        drawing.flow(self.source, target, condition=self.condition, result=self.result, default=self.default)


_TASKS = (NodeKind.USER_TASK, NodeKind.MANUAL_TASK, NodeKind.USER_TASK, NodeKind.TASK, NodeKind.USER_TASK)
_GATEWAYS = {
    "xor": NodeKind.EXCLUSIVE_GATEWAY,
    "and": NodeKind.PARALLEL_GATEWAY,
    "or": NodeKind.INCLUSIVE_GATEWAY,
}


class _Builder:
    """Draws blocks. Each method takes the way in and gives the way out; `alone` tells that no join waits outside."""

    def __init__(self) -> None:
        self.drawing = _Drawing()

    def whole(self, block: Block) -> ProcessDefinition:
        self.body(block, "P")
        return definition("P", self.drawing.nodes.values(), self.drawing.flows)

    def body(self, block: Block, scope: str) -> None:
        start = self.drawing.node("start", NodeKind.START_EVENT, scope, EventKind.NONE)
        way = self.draw(block, _Way(start), scope, alone=True)
        way.to(self.drawing, self.drawing.end(scope))

    def gateway(self, prefix: str, scope: str) -> str:
        return self.drawing.node(prefix, _GATEWAYS[prefix], scope)

    def draw(self, block: Block, way: _Way, scope: str, *, alone: bool) -> _Way:
        kind, *parts = block
        drawn: _Way = getattr(self, f"_{kind}")(parts, way, scope, alone)
        return drawn

    def _join(self, ways: list[_Way], target: str) -> _Way:
        for each in ways:
            each.to(self.drawing, target)
        return _Way(target)

    def _at(self, node: str, way: _Way) -> str:
        way.to(self.drawing, node)
        return node

    def _task(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        return _Way(self._at(self.drawing.task(scope), way))

    def _throw(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        """An intermediate event that throws nothing: a milestone."""
        return _Way(self._at(self.drawing.node("E", NodeKind.INTERMEDIATE_THROW_EVENT, scope, EventKind.NONE), way))

    def _empty(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        return way

    def _sequence(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        for each in parts:
            way = self.draw(each, way, scope, alone=alone)
        return way

    def _branches(self, source: str, parts: list[Any], scope: str, alone: bool) -> list[_Way]:
        guarded, rest = parts
        ways = [self.draw(block, _Way(source, condition), scope, alone=alone) for condition, block in guarded]
        return [*ways, self.draw(rest, _Way(source, default=True), scope, alone=alone)]

    def _xor(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        ways = self._branches(self._at(self.gateway("xor", scope), way), parts, scope, alone)
        return self._join(ways, self.gateway("xor", scope))

    def _merge(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        """A choice whose branches meet in a task, without a gateway."""
        ways = self._branches(self._at(self.gateway("xor", scope), way), parts, scope, alone)
        return self._join(ways, self.drawing.task(scope))

    def _inclusive(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        ways = self._branches(self._at(self.gateway("or", scope), way), parts, scope, alone)
        return self._join(ways, self.gateway("or", scope))

    def _conditional(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        """A task with conditional flows: an inclusive choice without a gateway."""
        ways = self._branches(self._at(self.drawing.task(scope), way), parts, scope, alone)
        return self._join(ways, self.gateway("or", scope))

    def _parallel(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        split = self._at(self.gateway("and", scope), way)
        return self._join(self._all(split, parts, scope), self.gateway("and", scope))

    def _all(self, split: str, parts: list[Any], scope: str) -> list[_Way]:
        return [self.draw(each, _Way(split), scope, alone=False) for each in parts]

    def _relay(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        """Two parallel blocks that share the gateway between them."""
        first, second = parts
        split = self._at(self.gateway("and", scope), way)
        middle = self._join(self._all(split, first, scope), self.gateway("and", scope)).source
        return self._join(self._all(middle, second, scope), self.gateway("and", scope))

    def _xor_relay(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        return self._choices_in_a_row("xor", parts, way, scope, alone)

    def _or_relay(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        return self._choices_in_a_row("or", parts, way, scope, alone)

    def _choices_in_a_row(self, prefix: str, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        """Two choices that share the gateway between them."""
        first, second = parts
        entry = self._at(self.gateway(prefix, scope), way)
        middle = self._join(self._branches(entry, first, scope, alone), self.gateway(prefix, scope)).source
        return self._join(self._branches(middle, second, scope, alone), self.gateway(prefix, scope))

    def _split(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        """A task with several plain flows: a fork without a gateway."""
        task = self._at(self.drawing.task(scope), way)
        return self._join(self._all(task, parts, scope), self.gateway("and", scope))

    def _loop(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        """A task and a block, repeated while the condition holds; the way back meets in the task or a gateway."""
        condition, block = parts
        task = self._at(self.drawing.task(scope), way)
        inner = self.draw(block, _Way(task), scope, alone=alone)
        choice = self._at(self.gateway("xor", scope), inner)
        _Way(choice, condition).to(self.drawing, task)
        return _Way(choice, default=True)

    def _sub(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        sub = self._at(self.drawing.node("S", NodeKind.SUB_PROCESS, scope), way)
        self.body(parts[0], sub)
        return _Way(sub)

    def _bare_sub(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        """A sub-process without events: its nodes without an incoming flow start, those without an outgoing one end."""
        sub = self._at(self.drawing.node("S", NodeKind.SUB_PROCESS, scope), way)
        for part in parts:
            way = self.draw(part, _Way(self.drawing.task(sub)), sub, alone=True)
            self._at(self.drawing.task(sub), way)
        return _Way(sub)

    def _outcome(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        """A task with outcomes: on its own flows, or on those of the gateway after it; one may lead back to it."""
        task = self._at(self.drawing.task(scope), way)
        chooser = task
        if self.drawing.counts["T"] % 2:
            chooser = self._at(self.gateway("xor", scope), _Way(task))
        ways = [
            self.draw(part, _Way(chooser, result=key), scope, alone=alone)
            for key, part in zip(("ok", "other"), parts, strict=True)
        ]
        if self.drawing.counts["T"] % 3:
            _Way(chooser, result="redo!").to(self.drawing, task)
        return self._join(ways, self.gateway("xor", scope))

    def _fork(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        """A fork one of whose branches runs to an end of its own."""
        return self._aside(parts, way, scope, EventKind.NONE)

    def _race(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        """A fork one of whose branches ends everything when it gets to its end first."""
        return self._aside(parts, way, scope, EventKind.TERMINATE)

    def _aside(self, parts: list[Any], way: _Way, scope: str, event: EventKind) -> _Way:
        main, side = parts
        split = self._at(self.gateway("and", scope), way)
        aside = self.draw(side, _Way(split), scope, alone=False)
        aside.to(self.drawing, self.drawing.end(scope, event))
        return self.draw(main, _Way(split), scope, alone=False)

    def _early(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        """A choice one of whose branches ends; only where no join waits for it."""
        event = EventKind.NONE if alone else EventKind.TERMINATE
        return self._leaving(parts, way, scope, event)

    def _terminate(self, parts: list[Any], way: _Way, scope: str, alone: bool) -> _Way:
        return self._leaving(parts, way, scope, EventKind.TERMINATE)

    def _leaving(self, parts: list[Any], way: _Way, scope: str, event: EventKind) -> _Way:
        condition, block = parts
        choice = self._at(self.gateway("xor", scope), way)
        out = self.draw(block, _Way(choice, condition), scope, alone=False)
        out.to(self.drawing, self.drawing.end(scope, event))
        return _Way(choice, default=True)


def sound_processes(depth: int = 3) -> st.SearchStrategy[ProcessDefinition]:
    """Processes that always come to an end, whatever the conditions say, if people do not go round for ever."""
    rows = st.lists(blocks(depth=depth), min_size=1, max_size=3)
    return rows.map(lambda row: _Builder().whole(("sequence", *row)))


@st.composite
def unstructured_processes(draw: st.DrawFn, *, plain: bool = False) -> ProcessDefinition:
    """A start, an end and up to nine nodes in between with flows drawn at random; mostly unsound.

    `plain` leaves out intermediate events, sub-processes and conditions on the flows of a task.
    """
    drawing = _Drawing()
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


def _inner(drawing: _Drawing, kind: str) -> str:
    if kind == "T":
        return drawing.task("P")
    if kind == "E":
        return drawing.node("E", NodeKind.INTERMEDIATE_THROW_EVENT, "P", EventKind.NONE)
    if kind != "S":
        return drawing.node(kind, _GATEWAYS[kind], "P")
    # One task alone: two tokens in one sub-process are then the same to the oracle whichever goes first.
    sub = drawing.node("S", NodeKind.SUB_PROCESS, "P")
    start, end = drawing.node("start", NodeKind.START_EVENT, sub, EventKind.NONE), drawing.end(sub)
    task = drawing.task(sub)
    drawing.flow(start, task)
    drawing.flow(task, end)
    return sub


def _fan_out(draw: st.DrawFn, drawing: _Drawing, name: str, targets: list[str], *, plain: bool) -> None:
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
