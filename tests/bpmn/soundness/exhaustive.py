"""Soundness by brute force: every marking of a process without sub-processes, as the standard says, nothing reduced.

It shares no code with bpmn.lint.soundness and serves to check it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from bpmn.model import EventKind, Flow, Node, NodeKind, ProcessDefinition

Marking = frozenset[tuple[str, int]]
"""(flow id, how many tokens) for each flow that has any."""

JOINING = {NodeKind.PARALLEL_GATEWAY, NodeKind.INCLUSIVE_GATEWAY}


class TooLargeError(Exception):
    """More markings, or more tokens on one flow, than this search takes."""


@dataclass
class Search:
    """Everything that can happen in one process."""

    definition: ProcessDefinition
    bound: int = 3_000
    after: dict[Marking, set[Marking]] = field(default_factory=dict)
    fired: set[str] = field(default_factory=set)

    def run(self) -> "Search":
        """Explores all; Raises: TooLargeError."""
        for node in self.definition.nodes:
            if node.kind is NodeKind.START_EVENT:
                self.fired.add(node.id)
                first = dict.fromkeys(node.outgoing, 1)
        start = frozenset(first.items())
        stack, self.after = [start], {start: set()}
        while stack:
            marking = stack.pop()
            for each in self.successors(dict(marking)):
                self.after[marking].add(each)
                if each not in self.after:
                    if len(self.after) > self.bound or any(count > 2 for _, count in each):
                        raise TooLargeError
                    self.after[each] = set()
                    stack.append(each)
        return self

    def stuck(self) -> set[Marking]:
        """Markings with tokens none of which can move."""
        return {marking for marking, after in self.after.items() if marking and not after}

    def hopeless(self) -> set[Marking]:
        """Markings from which neither an end nor a standstill can be reached."""
        good = {marking for marking, after in self.after.items() if not after}
        while True:
            more = {marking for marking, after in self.after.items() if marking not in good and after & good}
            if not more:
                return set(self.after) - good
            good |= more

    def doubled(self) -> bool:
        """Whether two tokens can be on one flow."""
        return any(count > 1 for marking in self.after for _, count in marking)

    def dead(self) -> set[str]:
        """The nodes that flows lead to from the start but no token ever passes."""
        found, stack = set(), [n.id for n in self.definition.nodes if n.kind is NodeKind.START_EVENT]
        while stack:
            node = self.definition.nodes_by_id[stack.pop()]
            found.add(node.id)
            targets = (self.definition.flows_by_id[flow].target for flow in node.outgoing)
            stack.extend({target for target in targets if target not in found})
        return found - self.fired

    def successors(self, marking: dict[str, int]) -> Iterator[Marking]:
        for node in self.definition.nodes:
            for taken in self.consumed(node, marking):
                self.fired.add(node.id)
                if node.event is not None and node.event.kind is EventKind.TERMINATE:
                    yield frozenset()
                    continue
                for put in self.choices(node):
                    after = dict(marking)
                    for flow in taken:
                        after[flow] -= 1
                    for flow in put:
                        after[flow] = after.get(flow, 0) + 1
                    yield frozenset((flow, count) for flow, count in after.items() if count)

    def consumed(self, node: Node, marking: dict[str, int]) -> Iterator[tuple[str, ...]]:
        """The sets of flows from which the node could take a token each."""
        marked = tuple(flow for flow in node.incoming if marking.get(flow))
        if node.kind not in JOINING:
            yield from ((flow,) for flow in marked)
        elif node.kind is NodeKind.PARALLEL_GATEWAY:
            if marked and len(marked) == len(node.incoming):
                yield marked
        elif marked and self.inclusive_enabled(node, marking, set(marked)):
            yield marked

    def inclusive_enabled(self, node: Node, marking: dict[str, int], marked: set[str]) -> bool:
        for flow in (each for each, count in marking.items() if count):
            reached = self.reached(flow, node) & set(node.incoming)
            if reached - marked and not reached & marked:
                return False
        return True

    def reached(self, flow: str, without: Node) -> set[str]:
        found, stack = {flow}, [flow]
        while stack:
            target = self.definition.nodes_by_id[self.definition.flows_by_id[stack.pop()].target]
            new = set() if target is without else set(target.outgoing) - found
            found |= new
            stack.extend(new)
        return found

    def choices(self, node: Node) -> Iterator[tuple[str, ...]]:
        """The sets of flows on which the node could put a token each, conditions being free."""
        flows = [self.definition.flows_by_id[flow] for flow in node.outgoing]
        if node.kind is NodeKind.EXCLUSIVE_GATEWAY and flows:
            yield from ((flow.id,) for flow in flows)
        elif node.kind is NodeKind.INCLUSIVE_GATEWAY and flows:
            yield from _inclusive(node, flows)
        else:
            yield tuple(node.outgoing)


def _inclusive(node: Node, flows: list[Flow]) -> Iterator[tuple[str, ...]]:
    always = tuple(flow.id for flow in flows if flow.condition is None and flow.id != node.default_flow)
    maybe = [flow.id for flow in flows if flow.condition is not None and flow.id != node.default_flow]
    for size in range(len(maybe) + 1):
        for some in combinations(maybe, size):
            if always or some:
                yield (*always, *some)
            elif node.default_flow is not None:
                yield (node.default_flow,)
