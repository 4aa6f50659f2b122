"""Event definitions and the messages, signals, errors and escalations they name (BPMN 2.0.2, 10.5.5)."""

from collections.abc import Iterator

from lxml import etree

from bpmn.findings import Severity
from bpmn.model import Event, EventKind
from bpmn.reader.dialect import expression_of
from bpmn.reader.source import Source, local_name, text_of

KINDS = {
    "messageEventDefinition": EventKind.MESSAGE,
    "timerEventDefinition": EventKind.TIMER,
    "signalEventDefinition": EventKind.SIGNAL,
    "errorEventDefinition": EventKind.ERROR,
    "escalationEventDefinition": EventKind.ESCALATION,
    "conditionalEventDefinition": EventKind.CONDITIONAL,
    "linkEventDefinition": EventKind.LINK,
    "compensateEventDefinition": EventKind.COMPENSATION,
    "cancelEventDefinition": EventKind.CANCEL,
    "terminateEventDefinition": EventKind.TERMINATE,
}

_REFERENCES = {
    EventKind.MESSAGE: ("messageRef", "name"),
    EventKind.SIGNAL: ("signalRef", "name"),
    EventKind.ERROR: ("errorRef", "errorCode"),
    EventKind.ESCALATION: ("escalationRef", "escalationCode"),
}
"""Kind -> the attribute that refers to a root element, and that element's attribute which names the event."""


def event_of(source: Source, element: etree._Element) -> Event:
    """What an event element waits for or throws; several definitions make one of kind MULTIPLE with its
    parts.
    """
    parts = tuple(_event(source, each) for each in _definitions(source, element))
    if not parts:
        return Event(kind=EventKind.NONE)
    return parts[0] if len(parts) == 1 else Event(kind=EventKind.MULTIPLE, parts=parts)


def _definitions(source: Source, element: etree._Element) -> Iterator[etree._Element]:
    yield from source.children(element, *KINDS)
    for reference in source.children(element, "eventDefinitionRef"):
        wanted = text_of(reference).rpartition(":")[2]
        found = source.roots.get(wanted)
        if found is not None and local_name(found) in KINDS:
            source.understood.add(found)
            yield found
        else:
            unknown_reference(source, element, "eventDefinitionRef", wanted)


def _event(source: Source, definition: etree._Element) -> Event:
    kind = KINDS[local_name(definition)]
    if kind is EventKind.TIMER:
        return _timer(source, definition)
    if kind is EventKind.CONDITIONAL:
        condition = source.child(definition, "condition")
        expression = None if condition is None else expression_of(source, condition)
        return Event(kind=kind, expression=expression)
    if kind is EventKind.LINK:
        return Event(kind=kind, reference=definition.get("name"))
    if kind is EventKind.COMPENSATION:
        return Event(kind=kind, reference=definition.get("activityRef"))
    return Event(kind=kind, reference=_referred(source, definition, kind))


def _timer(source: Source, definition: etree._Element) -> Event:
    for value in source.children(definition, "timeDate", "timeDuration", "timeCycle"):
        return Event(kind=EventKind.TIMER, timer_kind=local_name(value), expression=expression_of(source, value))
    return Event(kind=EventKind.TIMER)


def _referred(source: Source, definition: etree._Element, kind: EventKind) -> str | None:
    attribute, naming = _REFERENCES.get(kind, ("", ""))
    reference = definition.get(attribute) if attribute else None
    return None if not reference else name_of_root(source, definition, attribute, reference, naming)


def name_of_root(source: Source, element: etree._Element, attribute: str, reference: str, naming: str = "name") -> str:
    """The name (or code) of the root element that an attribute refers to; the reference itself where it is
    unknown.
    """
    found = source.roots.get(reference)
    if found is None:
        found = source.roots.get(reference.rpartition(":")[2])
    if found is None:
        unknown_reference(source, element, attribute, reference)
        return reference
    return str(found.get(naming) or found.get("name") or found.get("id"))


def unknown_reference(source: Source, element: etree._Element, attribute: str, reference: str) -> None:
    """Report a reference to something that the file does not define."""
    source.report("REFERENCE_UNKNOWN", Severity.ERROR, element, name=attribute, reference=reference[:200])
