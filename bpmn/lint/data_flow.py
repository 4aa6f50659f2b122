"""A condition should ask only for what a path before it has set."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.concurrency import branch_pairs
from bpmn.lint.expressions import compiled, expressions_of
from bpmn.lint.finding import error, warning
from bpmn.lint.graph import by_scope, entered, successors
from bpmn.model import HUMAN_TASKS, SUB_PROCESSES, Expression, Flow, Node, NodeKind, ProcessDefinition

CODES = ("VARIABLE_NEVER_SET", "VARIABLE_PERHAPS_UNSET")

RESERVED = frozenset({"title", "description", "business", "impact", "urgency", "priority", "followers"})
"""Keys that every ticket has."""

_SILENT = frozenset(
    {
        NodeKind.START_EVENT,
        NodeKind.INTERMEDIATE_THROW_EVENT,
        NodeKind.END_EVENT,
        NodeKind.EXCLUSIVE_GATEWAY,
        NodeKind.PARALLEL_GATEWAY,
        NodeKind.INCLUSIVE_GATEWAY,
        NodeKind.SUB_PROCESS,
    }
)
"""Nodes that set nothing beside their form; any other may set variables that the file does not name."""

_OUTSIDE = "\0"
"""Stands among the variables for: something that the file does not name."""


@dataclass(frozen=True, kw_only=True)
class _Sets:
    """For each node, as bit masks over the variables asked for: what it sets, what some and what all paths
    have set.
    """

    bits: Mapping[str, int]
    may: Mapping[str, int]
    must: Mapping[str, int]


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`VARIABLE_NEVER_SET` (error) where no path before the condition sets a variable that it reads.

    `VARIABLE_PERHAPS_UNSET` (warning) where some path does not, where a branch beside this one sets it, or
    where a task before it has no form in the file and so may set anything.
    """
    asked = {
        placed.about.id: names
        for placed in expressions_of(definition)
        if placed.place == "condition" and (names := _names(placed.expression))
    }
    if not asked:
        return
    met = entered(definition)
    sets = _analyse(definition, frozenset().union(*asked.values()))
    beside = _Beside(definition)
    for flow in definition.flows:
        if flow.id in asked and flow.source in met:
            for name in sorted(asked[flow.id]):
                yield from _judge(sets, beside, flow, name)


def _names(expression: Expression) -> frozenset[str]:
    program = compiled(expression)
    return frozenset() if program is None else program.names - RESERVED


class _Beside:
    """Answers whether a branch that may be open at the same time sets a variable; worked out when first asked."""

    def __init__(self, definition: ProcessDefinition) -> None:
        self._definition = definition
        self._writers: dict[str, set[str]] = {}
        for node in definition.nodes:
            for key in _written(definition, node):
                self._writers.setdefault(key, set()).add(node.id)
        self._pairs: tuple[tuple[frozenset[str], frozenset[str]], ...] | None = None

    def sets(self, source: str, name: str) -> bool:
        """Whether a node that may be active together with `source` sets this variable."""
        writers = self._writers.get(name)
        if not writers:
            return False
        if self._pairs is None:
            self._pairs = tuple(branch_pairs(self._definition))
        return any(
            (source in left and writers & right) or (source in right and writers & left) for left, right in self._pairs
        )


def _judge(sets: _Sets, beside: _Beside, flow: Flow, name: str) -> Iterator[Finding]:
    bit = sets.bits[name]
    if sets.must[flow.source] & bit:
        return
    if sets.may[flow.source] & (bit | sets.bits[_OUTSIDE]) or beside.sets(flow.source, name):
        yield warning("VARIABLE_PERHAPS_UNSET", flow, variable=name[:200])
    else:
        yield error("VARIABLE_NEVER_SET", flow, variable=name[:200])


def _written(definition: ProcessDefinition, node: Node) -> frozenset[str]:
    """What this node may set, `_OUTSIDE` among it when that cannot be known."""
    form = definition.forms_by_id.get(node.form or "")
    keys = {field.key for field in form.inputs()} if form is not None else set()
    if node.kind in HUMAN_TASKS:
        keys.add(f"{node.id}_outcome")
    if form is None and node.kind not in _SILENT:
        keys.add(_OUTSIDE)
    return frozenset(keys)


def _analyse(definition: ProcessDefinition, names: frozenset[str]) -> _Sets:
    bits = {name: 1 << index for index, name in enumerate([_OUTSIDE, *sorted(names)])}
    after = _flattened(definition)
    own = dict.fromkeys(after, 0)
    for node in definition.nodes:
        own[node.id] = sum(bits[key] for key in _written(definition, node) if key in bits)
    joins = {node.id for node in definition.nodes if node.kind is NodeKind.PARALLEL_GATEWAY}
    may, must = _fixed_point(after, own, joins, full=(1 << len(bits)) - 1)
    return _Sets(bits=bits, may=may, must=must)


def _fixed_point(
    after: Mapping[str, list[str]], own: Mapping[str, int], joins: set[str], *, full: int
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """For each node what some paths and what all paths to it have set: the forward equations, asked until they hold."""
    before = _reversed(after)
    may = dict.fromkeys(after, 0)
    must = dict.fromkeys(after, full)
    waiting = deque(after)
    queued = set(after)
    while waiting:
        node = waiting.popleft()
        queued.discard(node)
        sources = before.get(node, [])
        some = own[node]
        for source in sources:
            some |= may[source]
        every = own[node] | _joined([must[source] for source in sources], all_of=node in joins)
        if (some, every) != (may[node], must[node]):
            may[node], must[node] = some, every
            again = [each for each in after[node] if each not in queued]
            waiting.extend(again)
            queued.update(again)
    return may, must


def _reversed(after: Mapping[str, list[str]]) -> Mapping[str, list[str]]:
    before: dict[str, list[str]] = {}
    for source, targets in after.items():
        for target in targets:
            before.setdefault(target, []).append(source)
    return before


def _joined(masks: list[int], *, all_of: bool) -> int:
    """What is certain where paths meet: a parallel join has waited for all of them, any other node for one."""
    if not masks:
        return 0
    result = masks[0]
    for mask in masks[1:]:
        result = result | mask if all_of else result & mask
    return result


def _flattened(definition: ProcessDefinition) -> Mapping[str, list[str]]:
    """What comes after each node, into sub-processes and out of them; leaving one is a node of its own."""
    after = {key: list(targets) for key, targets in successors(definition).items()}
    children = by_scope(definition)
    for node in definition.nodes:
        if node.kind not in SUB_PROCESSES or not children.get(node.id):
            continue
        leaving = f"{node.id}\0"
        after[leaving] = after[node.id]
        attached = [each for each in after[node.id] if definition.nodes_by_id[each].attached_to == node.id]
        after[node.id] = [*(each.id for each in children[node.id] if not each.incoming), *attached]
        for each in children[node.id]:
            if not each.outgoing:
                after[each.id] = [*after[each.id], leaving]
    return after
