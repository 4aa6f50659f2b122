"""Soundness: does every ticket that starts come to an end, with no piece of work left behind or done twice?

`check` plays the token game of BPMN 2.0.2, chapter 13, over each scope of a definition and tells what can go
wrong, each time with a witness: the shortest way there from the start. Conditions are free choices; data is not
looked at.
"""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.soundness.build import Scope, build
from bpmn.lint.soundness.explore import explore
from bpmn.lint.soundness.net import compile_net
from bpmn.lint.soundness.reduce import reachable, reduce
from bpmn.lint.soundness.report import Report, dynamic, structural
from bpmn.lint.soundness.structure import path_to
from bpmn.model import SUB_PROCESSES, EventKind, Node, NodeKind, ProcessDefinition

MARKINGS = 120_000
"""So many markings of one definition are explored, those of its sub-processes included."""
LEAST = 2_000
"""What a scope may still explore when the others have used up the rest."""

CODES = (
    "DEADLOCK",
    "IMPROPER_COMPLETION",
    "LACK_OF_SYNCHRONISATION",
    "DEAD_NODE",
    "LIVELOCK",
    "JOIN_RE_ENTERED",
    "SOUNDNESS_NOT_PROVEN",
)


def check(definition: ProcessDefinition, directory: Directory | None = None) -> Iterator[Finding]:
    """The findings about this definition; none when its flows are broken or nothing starts it (other rules say so)."""
    del directory
    if _broken(definition):
        return
    left = MARKINGS
    prefixes: dict[str, tuple[str, ...]] = {definition.key: ()}
    barred = frozenset(node.id for node in definition.nodes if _ends_only_by_error(definition, node))
    for scope_id in (definition.key, *(node.id for node in definition.nodes if node.kind in SUB_PROCESSES)):
        scope = build(definition, scope_id, barred)
        if scope is None:
            continue
        report = Report(definition, scope, reachable(scope.graph.root), prefixes.get(scope_id, (scope_id,)))
        prefixes.update(_inner_prefixes(report))
        yield from structural(report)
        reduce(scope.graph)
        found = explore(compile_net(scope.graph), max(left, LEAST))
        left -= len(found.order)
        yield from dynamic(report, found)


def _broken(definition: ProcessDefinition) -> bool:
    """Whether ids are doubled, a flow lacks an end or crosses a border, or the process has no start event."""
    nodes, flows = definition.nodes_by_id, definition.flows_by_id
    if len(nodes) < len(definition.nodes) or len(flows) < len(definition.flows):
        return True
    if any(not _joined(definition, flow.source, flow.target) for flow in definition.flows):
        return True
    if any(flow not in flows for node in definition.nodes for flow in (*node.incoming, *node.outgoing)):
        return True
    if any(
        node.attached_to is not None and not _joined(definition, node.id, node.attached_to) for node in nodes.values()
    ):
        return True
    return not any(node.kind is NodeKind.START_EVENT for node in definition.children(definition.key))


def _joined(definition: ProcessDefinition, source: str, target: str) -> bool:
    nodes = definition.nodes_by_id
    return source in nodes and target in nodes and nodes[source].scope == nodes[target].scope


def _inner_prefixes(report: Report) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The way to each sub-process that stands in this scope."""
    for node in report.scope.nodes:
        entry = report.scope.entries[node.id]
        if node.kind in SUB_PROCESSES and entry in report.paths:
            yield node.id, (*report.prefix, *path_to(report.paths, entry), node.id)


def _ends_only_by_error(definition: ProcessDefinition, node: Node) -> bool:
    """Whether a sub-process can only be left by an error or a cancel, never plainly."""
    scope = build(definition, node.id) if node.kind in SUB_PROCESSES else None
    if scope is None:
        return False
    reached = {vertex.element for vertex in reachable(scope.graph.root)}
    last = [each for each in scope.nodes if each.id in reached and not each.outgoing]
    return bool(last) and all(_fails(each) for each in last)


def _fails(node: Node) -> bool:
    return node.kind is NodeKind.END_EVENT and node.event is not None and node.event.kind in _FAILURES


_FAILURES = frozenset({EventKind.ERROR, EventKind.CANCEL})

__all__ = ["CODES", "MARKINGS", "Scope", "check"]
