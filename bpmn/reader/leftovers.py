"""What the reader did not understand, reported so that nothing the file says is dropped in silence."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from bpmn.findings import Finding, Severity
from bpmn.reader.names import BPMN, FD, KEPT_AS_DOCUMENTATION, STANDARD, split
from bpmn.reader.source import Source, nearest_id

_FD_ATTRIBUTES = {
    "kind": frozenset({"process"}),
    "role": frozenset({"userTask", "task", "manualTask", "startEvent"}),
    "notBy": frozenset({"userTask", "task", "manualTask"}),
}
"""Attribute of our namespace -> the elements on which it is read; `fd:status` is read on every node."""

_ASSIGNMENTS = frozenset(
    {
        "assignee", "candidateGroups", "candidateStarterGroups", "candidateStarterUsers",
        "candidateUsers", "initiator",
    }
)  # fmt: skip

_ATTRIBUTES = frozenset(
    {
        "activityRef", "associationDirection", "attachedToRef", "behavior", "calledElement",
        "cancelActivity", "cancelRemainingInstances", "capacity", "categoryValueRef",
        "completionQuantity", "correlationKeyRef", "correlationPropertyRef", "dataObjectRef",
        "dataStoreRef", "default", "definition", "definitionalCollaborationRef", "direction",
        "errorCode", "errorRef", "escalationCode", "escalationRef", "evaluatesToTypeRef",
        "eventGatewayType", "exporter", "exporterVersion", "expressionLanguage", "gatewayDirection",
        "id", "implementation", "implementationRef", "importType", "innerMessageFlowRef",
        "innerParticipantRef", "instantiate", "isClosed", "isCollection", "isExecutable",
        "isForCompensation", "isImmediate", "isInterrupting", "isRequired", "isSequential",
        "isUnlimited", "itemKind", "itemRef", "itemSubjectRef", "language", "location", "loopMaximum",
        "maximum", "messagePath", "messageRef", "method", "minimum", "mustUnderstand", "name",
        "namespace", "noneBehaviorEventRef", "oneBehaviorEventRef", "operationRef", "ordering",
        "outerMessageFlowRef", "outerParticipantRef", "parallelMultiple", "parameterRef",
        "partitionElementRef", "processRef", "processType", "resourceRef", "schemaLocation",
        "scriptFormat", "signalRef", "sourceRef", "startQuantity", "structureRef", "targetNamespace",
        "targetRef", "testBefore", "textFormat", "triggeredByEvent", "type", "typeLanguage", "value",
        "waitForCompletion",
    }
)  # fmt: skip
"""Attributes without a namespace that BPMN 2.0.2's schema knows."""


@dataclass(kw_only=True)
class _Tally:
    """How often something was met, and where first."""

    count: int
    line: int
    element_id: str | None


def leftovers(source: Source) -> Iterator[Finding]:
    """One finding per namespace, element name or attribute name that was not understood, with count and
    first line.
    """
    namespaces: dict[str, _Tally] = {}
    kept: dict[str, _Tally] = {}
    unknown: dict[str, _Tally] = {}
    attributes: dict[str, _Tally] = {}
    for element in source.document.lines:
        namespace, local = split(str(element.tag))
        if namespace not in STANDARD:
            _count(source, namespaces, namespace, element)
        elif namespace == BPMN and element not in source.understood:
            _count(source, kept if local in KEPT_AS_DOCUMENTATION else unknown, local, element)
        elif namespace == FD and element not in source.understood:
            yield _fd_unknown(source, element, f"fd:{local}")
        elif namespace == "":
            _count(source, unknown, local, element)
        for name in element.attrib:
            yield from _attribute(source, element, str(name), namespaces, attributes)
    yield from _tallied("EXTENSION_IGNORED", Severity.INFO, "namespace", namespaces)
    yield from _tallied("ELEMENT_NOT_RUN", Severity.INFO, "element", kept)
    yield from _tallied("ELEMENT_UNKNOWN", Severity.WARNING, "element", unknown)
    yield from _tallied("ATTRIBUTE_UNKNOWN", Severity.INFO, "attribute", attributes)


def _attribute(
    source: Source,
    element: etree._Element,
    name: str,
    namespaces: dict[str, _Tally],
    attributes: dict[str, _Tally],
) -> Iterator[Finding]:
    namespace, local = split(name)
    owner, owner_local = split(str(element.tag))
    if local in _ASSIGNMENTS and (namespace or owner) not in STANDARD:
        yield _assignment_ignored(source, element, local, element.get(name) or "")
    if namespace == FD:
        allowed = _FD_ATTRIBUTES.get(local)
        known = local == "status" if allowed is None else owner_local in allowed
        if not known:
            yield _fd_unknown(source, element, f"fd:{local}")
    elif namespace not in STANDARD:
        _count(source, namespaces, namespace, element)
    elif namespace == "" and owner == BPMN and local not in _ATTRIBUTES:
        _count(source, attributes, local, element)


def _assignment_ignored(source: Source, element: etree._Element, name: str, value: str) -> Finding:
    """A person or group that a vendor's attribute names and that nobody reads yet."""
    return Finding(
        code="ASSIGNMENT_IGNORED",
        severity=Severity.INFO,
        element_id=nearest_id(element),
        line=source.line(element),
        params={"name": name, "value": value[:200]},
    )


def _fd_unknown(source: Source, element: etree._Element, name: str) -> Finding:
    return Finding(
        code="FD_UNKNOWN",
        severity=Severity.WARNING,
        element_id=nearest_id(element),
        line=source.line(element),
        params={"name": name[:100]},
    )


def _count(source: Source, tallies: dict[str, _Tally], name: str, element: etree._Element) -> None:
    tally = tallies.setdefault(name, _Tally(count=0, line=source.line(element), element_id=nearest_id(element)))
    tally.count += 1


def _tallied(code: str, severity: Severity, name: str, tallies: dict[str, _Tally]) -> Iterator[Finding]:
    for value, tally in tallies.items():
        yield Finding(
            code=code,
            severity=severity,
            element_id=tally.element_id,
            line=tally.line,
            params={name: value[:300], "count": tally.count},
        )
