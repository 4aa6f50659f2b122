"""Blocks drawn as processes: each has one way in and one way out, so whatever is put together from them is sound."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from bpmn.model import Event, EventKind, Expression, Flow, Node, NodeKind, ProcessDefinition
from tests.support.diagrams import definition, outcome

Block = tuple[object, ...]
"""(kind, *parts); a part is a block or a condition text."""


@dataclass
class Drawing:
    """A definition in the making."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def node(self, prefix: str, kind: NodeKind, scope: str, event: EventKind | None = None) -> str:
        """A node named after its prefix and how many of these there are."""
        self.counts[prefix] += 1
        name = f"{prefix}{self.counts[prefix]}"
        self.nodes[name] = Node(id=name, kind=kind, scope=scope, event=Event(kind=event) if event else None)
        return name

    def task(self, scope: str) -> str:
        """A task for a person: mostly a user task, every fifth a manual one and every fifth without a type."""
        return self.node("T", _TASKS[self.counts["T"] % len(_TASKS)], scope)

    def end(self, scope: str, event: EventKind = EventKind.NONE) -> str:
        """An end event."""
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
        """A flow between two nodes."""
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
class Way:
    """A flow still to be drawn: it leaves `source` under these conditions."""

    source: str
    condition: str | None = None
    result: str | None = None
    default: bool = False

    def to(self, drawing: Drawing, target: str) -> None:
        """Draw it to this node."""
        drawing.flow(self.source, target, condition=self.condition, result=self.result, default=self.default)


_TASKS = (NodeKind.USER_TASK, NodeKind.MANUAL_TASK, NodeKind.USER_TASK, NodeKind.TASK, NodeKind.USER_TASK)
GATEWAYS = {
    "xor": NodeKind.EXCLUSIVE_GATEWAY,
    "and": NodeKind.PARALLEL_GATEWAY,
    "or": NodeKind.INCLUSIVE_GATEWAY,
}


class Builder:
    """Draws blocks. Each method takes the way in and gives the way out; `alone` tells that no join waits outside."""

    def __init__(self) -> None:
        self.drawing = Drawing()

    def whole(self, block: Block) -> ProcessDefinition:
        """A process made of this block."""
        self.body(block, "P")
        return definition("P", self.drawing.nodes.values(), self.drawing.flows)

    def body(self, block: Block, scope: str) -> None:
        """A start event, the block and an end event in this process or sub-process."""
        start = self.drawing.node("start", NodeKind.START_EVENT, scope, EventKind.NONE)
        way = self.draw(block, Way(start), scope, alone=True)
        way.to(self.drawing, self.drawing.end(scope))

    def gateway(self, prefix: str, scope: str) -> str:
        """A gateway: `xor`, `and` or `or`."""
        return self.drawing.node(prefix, GATEWAYS[prefix], scope)

    def draw(self, block: Block, way: Way, scope: str, *, alone: bool) -> Way:
        """Draw a block of any kind."""
        kind, *parts = block
        drawn: Way = getattr(self, f"_{kind}")(parts, way, scope, alone)
        return drawn

    def _join(self, ways: list[Way], target: str) -> Way:
        for each in ways:
            each.to(self.drawing, target)
        return Way(target)

    def _at(self, node: str, way: Way) -> str:
        way.to(self.drawing, node)
        return node

    def _task(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        return Way(self._at(self.drawing.task(scope), way))

    def _throw(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        """An intermediate event that throws nothing: a milestone."""
        return Way(self._at(self.drawing.node("E", NodeKind.INTERMEDIATE_THROW_EVENT, scope, EventKind.NONE), way))

    def _empty(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        return way

    def _sequence(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        for each in parts:
            way = self.draw(each, way, scope, alone=alone)
        return way

    def _branches(self, source: str, parts: list[Any], scope: str, alone: bool) -> list[Way]:
        guarded, rest = parts
        ways = [self.draw(block, Way(source, condition), scope, alone=alone) for condition, block in guarded]
        return [*ways, self.draw(rest, Way(source, default=True), scope, alone=alone)]

    def _xor(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        ways = self._branches(self._at(self.gateway("xor", scope), way), parts, scope, alone)
        return self._join(ways, self.gateway("xor", scope))

    def _merge(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        """A choice whose branches meet in a task, without a gateway."""
        ways = self._branches(self._at(self.gateway("xor", scope), way), parts, scope, alone)
        return self._join(ways, self.drawing.task(scope))

    def _inclusive(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        ways = self._branches(self._at(self.gateway("or", scope), way), parts, scope, alone)
        return self._join(ways, self.gateway("or", scope))

    def _conditional(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        """A task with conditional flows: an inclusive choice without a gateway."""
        ways = self._branches(self._at(self.drawing.task(scope), way), parts, scope, alone)
        return self._join(ways, self.gateway("or", scope))

    def _parallel(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        split = self._at(self.gateway("and", scope), way)
        return self._join(self._all(split, parts, scope), self.gateway("and", scope))

    def _all(self, split: str, parts: list[Any], scope: str) -> list[Way]:
        return [self.draw(each, Way(split), scope, alone=False) for each in parts]

    def _relay(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        """Two parallel blocks that share the gateway between them."""
        first, second = parts
        split = self._at(self.gateway("and", scope), way)
        middle = self._join(self._all(split, first, scope), self.gateway("and", scope)).source
        return self._join(self._all(middle, second, scope), self.gateway("and", scope))

    def _xor_relay(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        return self._choices_in_a_row("xor", parts, way, scope, alone)

    def _or_relay(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        return self._choices_in_a_row("or", parts, way, scope, alone)

    def _choices_in_a_row(self, prefix: str, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        """Two choices that share the gateway between them."""
        first, second = parts
        entry = self._at(self.gateway(prefix, scope), way)
        middle = self._join(self._branches(entry, first, scope, alone), self.gateway(prefix, scope)).source
        return self._join(self._branches(middle, second, scope, alone), self.gateway(prefix, scope))

    def _split(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        """A task with several plain flows: a fork without a gateway."""
        task = self._at(self.drawing.task(scope), way)
        return self._join(self._all(task, parts, scope), self.gateway("and", scope))

    def _loop(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        """A task and a block, repeated while the condition holds; the way back meets in the task or a gateway."""
        condition, block = parts
        task = self._at(self.drawing.task(scope), way)
        inner = self.draw(block, Way(task), scope, alone=alone)
        choice = self._at(self.gateway("xor", scope), inner)
        Way(choice, condition).to(self.drawing, task)
        return Way(choice, default=True)

    def _sub(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        sub = self._at(self.drawing.node("S", NodeKind.SUB_PROCESS, scope), way)
        self.body(parts[0], sub)
        return Way(sub)

    def _bare_sub(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        """A sub-process without events: its nodes without an incoming flow start, those without an outgoing one end."""
        sub = self._at(self.drawing.node("S", NodeKind.SUB_PROCESS, scope), way)
        for part in parts:
            way = self.draw(part, Way(self.drawing.task(sub)), sub, alone=True)
            self._at(self.drawing.task(sub), way)
        return Way(sub)

    def _outcome(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        """A task with outcomes: on its own flows, or on those of the gateway after it; one may lead back to it."""
        task = self._at(self.drawing.task(scope), way)
        chooser = task
        if self.drawing.counts["T"] % 2:
            chooser = self._at(self.gateway("xor", scope), Way(task))
        ways = [
            self.draw(part, Way(chooser, result=key), scope, alone=alone)
            for key, part in zip(("ok", "other"), parts, strict=True)
        ]
        if self.drawing.counts["T"] % 3:
            Way(chooser, result="redo!").to(self.drawing, task)
        return self._join(ways, self.gateway("xor", scope))

    def _fork(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        """A fork one of whose branches runs to an end of its own."""
        return self._aside(parts, way, scope, EventKind.NONE)

    def _race(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        """A fork one of whose branches ends everything when it gets to its end first."""
        return self._aside(parts, way, scope, EventKind.TERMINATE)

    def _aside(self, parts: list[Any], way: Way, scope: str, event: EventKind) -> Way:
        main, side = parts
        split = self._at(self.gateway("and", scope), way)
        aside = self.draw(side, Way(split), scope, alone=False)
        aside.to(self.drawing, self.drawing.end(scope, event))
        return self.draw(main, Way(split), scope, alone=False)

    def _early(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        """A choice one of whose branches ends; only where no join waits for it."""
        event = EventKind.NONE if alone else EventKind.TERMINATE
        return self._leaving(parts, way, scope, event)

    def _terminate(self, parts: list[Any], way: Way, scope: str, alone: bool) -> Way:
        return self._leaving(parts, way, scope, EventKind.TERMINATE)

    def _leaving(self, parts: list[Any], way: Way, scope: str, event: EventKind) -> Way:
        condition, block = parts
        choice = self._at(self.gateway("xor", scope), way)
        out = self.draw(block, Way(choice, condition), scope, alone=False)
        out.to(self.drawing, self.drawing.end(scope, event))
        return Way(choice, default=True)
