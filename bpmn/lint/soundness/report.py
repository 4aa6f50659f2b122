"""Findings about one explored scope."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bpmn.findings import Finding, Severity
from bpmn.lint.soundness.build import Scope
from bpmn.lint.soundness.explore import Exploration, hopeless
from bpmn.lint.soundness.graph import Edge, Vertex, collect, flatten
from bpmn.lint.soundness.reduce import reachable
from bpmn.lint.soundness.structure import Paths, endless, first_on_cycle, path_to, reentries
from bpmn.model import HUMAN_TASKS, SUB_PROCESSES, NodeKind, ProcessDefinition

WAITS = (
    HUMAN_TASKS
    | SUB_PROCESSES
    | {NodeKind.RECEIVE_TASK, NodeKind.CALL_ACTIVITY, NodeKind.INTERMEDIATE_CATCH_EVENT, NodeKind.EVENT_BASED_GATEWAY}
)
"""Nodes at which a process rests until someone or something comes."""


@dataclass(slots=True)
class Report:
    """Makes findings of one scope. `prefix` is the path from the process's start into the scope."""

    definition: ProcessDefinition
    scope: Scope
    paths: Paths
    prefix: tuple[str, ...] = ()
    returning: set[str] = field(default_factory=set)
    """Parallel joins that are re-entered; a standstill at them needs no second finding."""
    standing: set[str] = field(default_factory=set)
    """Joins for which a standstill was reported."""
    waiting: set[str] = field(default_factory=set)
    """Joins that were seen to wait for ever, whether themselves the cause or not."""
    endless: bool = False

    def finding(self, code: str, severity: Severity, element: str, path: Iterable[str], **params: object) -> Finding:
        """A finding about this element, with its line and the witness path from the process's start."""
        node = self.definition.nodes_by_id.get(element)
        line = self.definition.line if node is None else node.line
        witness = (*self.prefix, *path)
        return Finding(
            code=code,
            severity=severity,
            element_id=element,
            line=line,
            params={"element": element, **params, "path": witness},
        )


def structural(report: Report) -> Iterator[Finding]:
    """JOIN_RE_ENTERED and the LIVELOCK that is plain from the flows; to be asked before the graph is reduced."""
    for join, way, flow in reentries(report.scope, report.paths):
        report.returning.add(join.element)
        path = (*path_to(report.paths, join), *way, join.element)
        yield report.finding("JOIN_RE_ENTERED", Severity.ERROR, join.element, path, flow=flow)
    lost = endless(report.scope, report.paths)
    elements = {vertex.element for vertex in lost}
    if lost and not (_waits(report, elements) and _ended_from_elsewhere(report)):
        report.endless = True
        vertex = first_on_cycle(lost)
        yield _livelock(report, vertex.element, path_to(report.paths, vertex), elements)


def _waits(report: Report, elements: set[str]) -> bool:
    return any(node.kind in WAITS for node in report.scope.nodes if node.id in elements)


def _ended_from_elsewhere(report: Report) -> bool:
    """Whether a terminate end or an event sub-process can end what goes round; the markings tell whether it does."""
    return report.scope.clear in report.paths or any(node.event_sub_process for node in report.scope.nodes)


def _livelock(report: Report, element: str, path: Iterable[str], elements: set[str]) -> Finding:
    nodes = tuple(node.id for node in report.scope.nodes if node.id in elements)
    what = "waiting" if _waits(report, elements) else "automatic"
    return report.finding("LIVELOCK", Severity.ERROR, element, path, nodes=nodes, what=what)


def dynamic(report: Report, found: Exploration) -> Iterator[Finding]:
    """What the explored markings show."""
    yield from _standstills(report, found)
    yield from _doubled(report, found)
    if not report.endless:
        yield from _circling(report, found)
    if found.exhausted and not (found.capped or found.net.narrowed):
        yield from _dead(report, found)
    else:
        yield _not_proven(report, found)


def _not_proven(report: Report, found: Exploration) -> Finding:
    what = "tokens" if found.exhausted and found.capped else "markings"
    element, markings = report.scope.graph.root.element, len(found.order) - 1
    return report.finding("SOUNDNESS_NOT_PROVEN", Severity.WARNING, element, (), what=what, markings=markings)


def _standstills(report: Report, found: Exploration) -> Iterator[Finding]:
    for number in found.stuck:
        low = found.order[number] & found.net.lows
        waiting = [(vertex, ins) for vertex, ins in found.net.joins if low & ins]
        report.waiting.update(vertex.element for vertex, _ in waiting)
        if any(vertex.element in report.standing for vertex, _ in waiting):
            continue
        for vertex, ins in _causes(waiting):
            report.standing.add(vertex.element)
            if vertex.element not in report.returning:
                yield _standstill(report, vertex, _flows(found, ins & ~low), found.path(number))


def _causes(waiting: list[tuple[Vertex, int]]) -> list[tuple[Vertex, int]]:
    """The joins that wait for something else than another one of them; of those that wait for each other the first."""
    reach = {vertex: reachable(vertex) for vertex, _ in waiting[:16]}
    causes: list[tuple[Vertex, int]] = []
    for number, (vertex, ins) in enumerate(waiting[:16]):
        others = [
            (at, each) for at, (each, _) in enumerate(waiting[:16]) if each is not vertex and vertex in reach[each]
        ]
        if all(each in reach[vertex] and number < at for at, each in others):
            causes.append((vertex, ins))
    return causes


def _flows(found: Exploration, places: int) -> tuple[str, ...]:
    missing = (edge for number, edge in enumerate(found.net.places) if places >> number & 1)
    return tuple(dict.fromkeys(flow for edge in missing for flow in flatten(edge.last)))


def _standstill(report: Report, vertex: Vertex, missing: tuple[str, ...], path: tuple[str, ...]) -> Finding:
    ends = {node.id for node in report.scope.nodes if not node.outgoing}
    ended = next((each for each in reversed(path) if each in ends), None)
    if ended is None:
        return report.finding("DEADLOCK", Severity.ERROR, vertex.element, path, missing=missing)
    return report.finding("IMPROPER_COMPLETION", Severity.ERROR, vertex.element, path, missing=missing, ended=ended)


def _doubled(report: Report, found: Exploration) -> Iterator[Finding]:
    behind: set[Vertex] = set()
    for vertex, number in found.doubled.items():
        if vertex in behind:
            continue
        behind.update(reachable(vertex))
        path = (*found.path(number), vertex.element)
        yield report.finding("LACK_OF_SYNCHRONISATION", Severity.WARNING, vertex.element, path)


def _circling(report: Report, found: Exploration) -> Iterator[Finding]:
    number = hopeless(found)
    if number is None or any(node.event_sub_process for node in report.scope.nodes):
        return
    low = found.order[number] & found.net.lows
    edges: list[Edge] = [edge for at, edge in enumerate(found.net.places) if low >> at & 1]
    elements: set[str] = set()
    for edge in edges:
        collect(edge.members, elements, set())
    yield _livelock(report, edges[0].target.element, found.path(number), elements)


def _dead(report: Report, found: Exploration) -> Iterator[Finding]:
    live: set[str] = set()
    seen: set[int] = set()
    for edge in found.entered:
        collect(edge.members, live, seen)
    drawn = {vertex.element for vertex in report.paths}
    dead = [node for node in report.scope.nodes if node.id in drawn and node.id not in live]
    for node in dead:
        flows = [report.definition.flows_by_id[flow] for flow in node.incoming]
        first = any(flow.source in live for flow in flows)
        if first and node.id not in report.waiting | report.returning:
            others = tuple(each.id for each in dead if each is not node)
            path = path_to(report.paths, report.scope.entries[node.id])
            yield report.finding("DEAD_NODE", Severity.WARNING, node.id, path, nodes=others)
