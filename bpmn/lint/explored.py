"""Soundness within the time a person waits: what is too large to be explored is said not to be proven."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding, Severity
from bpmn.limits import PARALLEL_FAN_OUT
from bpmn.lint import soundness
from bpmn.lint.finding import of_process
from bpmn.model import NodeKind, ProcessDefinition

WORK = 1_000_000
"""Inclusive joins times flows: for each such join every flow is asked whether a token on it could still arrive."""


def check(definition: ProcessDefinition, directory: Directory | None) -> Iterator[Finding]:
    """What `bpmn.lint.soundness` finds, or `SOUNDNESS_NOT_PROVEN` for a process over a limit."""
    if _too_large(definition):
        yield of_process(
            "SOUNDNESS_NOT_PROVEN", Severity.WARNING, definition, element=definition.key, path=(), markings=0
        )
    else:
        yield from soundness.check(definition, directory)


def _too_large(definition: ProcessDefinition) -> bool:
    if any(len(node.outgoing) > PARALLEL_FAN_OUT for node in definition.nodes):
        return True
    joins = sum(1 for node in definition.nodes if node.kind is NodeKind.INCLUSIVE_GATEWAY and len(node.incoming) > 1)
    return joins * len(definition.flows) > WORK
