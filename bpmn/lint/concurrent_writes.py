"""Two tasks that may be open together and ask for one key overwrite each other's answer."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.concurrency import branch_pairs
from bpmn.lint.finding import warning
from bpmn.model import HUMAN_TASKS, Node, ProcessDefinition

CODES = ("CONCURRENT_WRITE",)


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`CONCURRENT_WRITE` for each pair of tasks and each key that both ask for, once."""
    keys = {node.id: written_keys(definition, node) for node in definition.nodes if node.kind in HUMAN_TASKS}
    writers = {node: found for node, found in keys.items() if found}
    told: set[tuple[str, str]] = set()
    for left, right in branch_pairs(definition) if len(writers) > 1 else ():
        for second in sorted((right - left) & writers.keys()):
            yield from _clashes(definition, second, sorted((left - right) & writers.keys()), writers, told)


def _clashes(
    definition: ProcessDefinition,
    second: str,
    others: list[str],
    writers: dict[str, frozenset[str]],
    told: set[tuple[str, str]],
) -> Iterator[Finding]:
    for first in others:
        shared = writers[first] & writers[second]
        if shared and (first, second) not in told:
            told.update({(first, second), (second, first)})
            yield warning(
                "CONCURRENT_WRITE",
                definition.nodes_by_id[second],
                other=first,
                keys=", ".join(sorted(shared))[:300],
            )


def written_keys(definition: ProcessDefinition, node: Node) -> frozenset[str]:
    """The keys that a person may answer in the form of this node; what is only shown does not count."""
    form = definition.forms_by_id.get(node.form or "")
    if form is None:
        return frozenset()
    return frozenset(field.key for field in form.inputs() if not field.readonly)
