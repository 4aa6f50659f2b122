"""What a ticket is opened for is asked once: a later form may show its business and followers, not ask for them."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.forms.model import Field, FieldType
from bpmn.lint.finding import error
from bpmn.model import NodeKind, ProcessDefinition

CODES = ("FIELD_ASKED_TOO_LATE",)

KEYS = frozenset({"business", "followers"})
"""Reserved keys that decide who may claim and see; a later answer would say something else than the ticket does."""


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`FIELD_ASKED_TOO_LATE` for each field of KEYS in a form that is no start form, unless it is only shown."""
    for node in definition.nodes:
        form = None if node.kind is NodeKind.START_EVENT else definition.form_of(node.id)
        for field in form.inputs() if form is not None else ():
            if field.key in KEYS and not _only_shown(field):
                yield error("FIELD_ASKED_TOO_LATE", node, key=field.key)


def _only_shown(field: Field) -> bool:
    return field.readonly and field.type is not FieldType.EXPRESSION
