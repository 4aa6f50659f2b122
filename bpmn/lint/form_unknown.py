"""A form that a task names must be in the file or beside it in the bundle."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.finding import error
from bpmn.model import ProcessDefinition

CODES = ("FORM_UNKNOWN",)


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`FORM_UNKNOWN` on each task or start event whose form is not there."""
    for node in definition.nodes:
        # An inline form carries its node's id; when it could not be read, the form's own findings have said
        # so.
        if node.form is not None and node.form != node.id and node.form not in definition.forms_by_id:
            yield error("FORM_UNKNOWN", node, form=node.form[:200])
