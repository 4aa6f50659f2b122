"""A node that no path from a start leads to will never be entered."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.finding import warning
from bpmn.lint.graph import entered
from bpmn.model import ProcessDefinition

CODES = ("UNREACHABLE",)


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`UNREACHABLE` on each such node; what lies inside an unreachable sub-process is not named again."""
    met = entered(definition)
    missed = {node.id for node in definition.nodes if node.id not in met}
    # Without any start every node is unreachable, which NO_START has said once and for all.
    if not met:
        return
    for node in definition.nodes:
        if node.id in missed and node.scope not in missed:
            yield warning("UNREACHABLE", node)
