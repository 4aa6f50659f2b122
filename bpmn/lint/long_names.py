"""Names are shown in lists, mails and numbers' sentences: a name has a limit, in whatever language it stands."""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding, Severity
from bpmn.limits import NAME_LENGTH
from bpmn.lint.finding import error, of_process
from bpmn.model import Flow, Lane, Node, ProcessDefinition
from bpmn.text import Text

CODES = ("NAME_TOO_LONG",)


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`NAME_TOO_LONG` for the process, and each node, flow or lane, with a name over the limit."""
    if _is_long(definition.name):
        yield of_process("NAME_TOO_LONG", Severity.ERROR, definition, name=definition.key[:200], limit=NAME_LENGTH)
    named: tuple[Node | Flow | Lane, ...] = (*definition.nodes, *definition.flows, *definition.lanes)
    for each in named:
        if _is_long(each.name):
            yield error("NAME_TOO_LONG", each, limit=NAME_LENGTH)
    for flow in definition.flows:
        if flow.outcome is not None and _is_long(flow.outcome.label):
            yield error("NAME_TOO_LONG", flow, limit=NAME_LENGTH)


def _is_long(name: Text) -> bool:
    return any(len(text) > NAME_LENGTH for text in (name.default, *(text for _, text in name.translations)))
