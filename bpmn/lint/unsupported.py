"""What this release does not run is refused at import, never a surprise at run time."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.finding import error
from bpmn.model import ProcessDefinition
from bpmn.support import RUNS, features_of

CODES = ("ELEMENT_UNSUPPORTED",)


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`ELEMENT_UNSUPPORTED` for each feature of a node that docs/reference/bpmn-support.md does not list as
    run.
    """
    for node in definition.nodes:
        for feature in features_of(node):
            if feature not in RUNS:
                yield error("ELEMENT_UNSUPPORTED", node, element=feature)
