"""How much a process may branch, nest and repeat (docs/reference/limits)."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.limits import MULTI_INSTANCE, PARALLEL_FAN_OUT, SUB_PROCESS_DEPTH
from bpmn.lint.finding import error
from bpmn.model import SUB_PROCESSES, Node, ProcessDefinition

CODES = ("FAN_OUT_TOO_WIDE", "SUB_PROCESS_TOO_DEEP", "LOOP_TOO_LONG", "LOOP_UNBOUNDED")


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """Too many flows out of one node, sub-processes too deep inside one another, loops too long or without a bound."""
    depth: dict[str, int] = {definition.key: 0}
    for node in definition.nodes:
        if node.kind in SUB_PROCESSES:
            depth[node.id] = depth.get(node.scope, 0) + 1
            if depth[node.id] == SUB_PROCESS_DEPTH + 1:
                yield error("SUB_PROCESS_TOO_DEEP", node, limit=SUB_PROCESS_DEPTH)
        if len(node.outgoing) > PARALLEL_FAN_OUT:
            yield error("FAN_OUT_TOO_WIDE", node, count=len(node.outgoing), limit=PARALLEL_FAN_OUT)
        yield from _loop(node)


def _loop(node: Node) -> Iterator[Finding]:
    loop = node.loop
    if loop is None:
        return
    text = "" if loop.cardinality is None else loop.cardinality.text.removeprefix("=").strip()
    # Compared by length first: a number of a million digits is too long without being converted.
    if text.isdecimal() and (len(text) > 9 or int(text) > MULTI_INSTANCE):
        yield error("LOOP_TOO_LONG", node, count=text[:20], limit=MULTI_INSTANCE)
    if loop.multi_instance and not text and not loop.collection:
        yield error("LOOP_UNBOUNDED", node)
    if not loop.multi_instance and not text and loop.condition is None:
        yield error("LOOP_UNBOUNDED", node)
