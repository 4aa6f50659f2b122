"""Keys that other parts of the desk go by must be names: roles, statuses, and the ends of service levels."""

from collections.abc import Iterator
from datetime import timedelta

from bpmn.directory import Directory
from bpmn.expressions.iso import parse_duration
from bpmn.findings import Finding, Severity
from bpmn.lint.finding import error, of_process
from bpmn.model import ProcessDefinition, TargetSetting
from bpmn.reader.ids import valid_id

CODES = ("KEY_INVALID", "SLA_INVALID")


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`KEY_INVALID` for a role or status key that is no name, `SLA_INVALID` for a target that cannot be measured."""
    for node in definition.nodes:
        for role in node.roles:
            if role.origin == "fd:role" and not valid_id(role.key):
                yield error("KEY_INVALID", node, attribute="fd:role", key=role.key[:100])
        if node.status is not None and not valid_id(node.status):
            yield error("KEY_INVALID", node, attribute="fd:status", key=node.status[:100])
    for target in () if definition.sla is None else definition.sla.targets:
        for attribute, value in _wrong(definition, target):
            yield of_process(
                "SLA_INVALID",
                Severity.ERROR,
                definition,
                target=target.name[:100],
                attribute=attribute,
                value=(value or "")[:100],
            )


def _wrong(definition: ProcessDefinition, target: TargetSetting) -> Iterator[tuple[str, str | None]]:
    if not target.name.strip():
        yield "name", target.name
    duration = parse_duration(target.duration)
    if not isinstance(duration, timedelta) or duration <= timedelta():
        yield "duration", target.duration
    for attribute, value in (("start", target.start), ("end", target.end)):
        if value is not None and not _is_moment(definition, value):
            yield attribute, value


def _is_moment(definition: ProcessDefinition, value: str) -> bool:
    """Whether this names a moment of the ticket (`opened`) or of one of its nodes (`Task_1:claimed`)."""
    node, colon, event = value.partition(":")
    return (not colon and valid_id(node)) or (node in definition.nodes_by_id and valid_id(event))
