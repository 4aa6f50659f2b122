"""Which BPMN elements run, in one table: lint refuses by it and docs/reference/bpmn-support.md is made from
it.
"""

from collections.abc import Iterator
from typing import Final

from bpmn.model import EventKind, Node, NodeKind
from bpmn.reader.names import KEPT_AS_DOCUMENTATION

RUNS: Final = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "subProcess",
        "startEvent",
        "intermediateThrowEvent",
        "endEvent",
        "endEvent (terminate)",
    }
)
"""Features that this release runs; everything else of `ALL` is refused with `ELEMENT_UNSUPPORTED`."""

_EVENTS: Final = (
    NodeKind.START_EVENT,
    NodeKind.INTERMEDIATE_CATCH_EVENT,
    NodeKind.INTERMEDIATE_THROW_EVENT,
    NodeKind.BOUNDARY_EVENT,
    NodeKind.END_EVENT,
)

EVENT_SUB_PROCESS: Final = "event sub-process"
STANDARD_LOOP: Final = "standard loop"
MULTI_INSTANCE: Final = "multi-instance"
COMPENSATION: Final = "compensation handler"


def features_of(node: Node) -> Iterator[str]:
    """The features that running this node takes, as they stand in the table."""
    if node.event_sub_process:
        yield EVENT_SUB_PROCESS
    elif node.event is None or node.event.kind is EventKind.NONE:
        yield node.kind.value
    else:
        yield f"{node.kind.value} ({node.event.kind.value})"
    if node.compensation:
        yield COMPENSATION
    if node.loop is not None:
        yield MULTI_INSTANCE if node.loop.multi_instance else STANDARD_LOOP


def all_features() -> tuple[str, ...]:
    """Every feature a node can have, in the order of the page."""
    plain = [kind.value for kind in NodeKind]
    events = [f"{kind.value} ({each.value})" for kind in _EVENTS for each in EventKind if each != EventKind.NONE]
    return (*plain, *events, EVENT_SUB_PROCESS, STANDARD_LOOP, MULTI_INSTANCE, COMPENSATION)


def page() -> str:
    """The text of docs/reference/bpmn-support.md."""
    runs = [each for each in all_features() if each in RUNS]
    refused = [each for each in all_features() if each not in RUNS]
    kept = sorted(KEPT_AS_DOCUMENTATION)
    return "\n".join(
        [
            "# BPMN elements and what becomes of them",
            "",
            "Made from `bpmn/support.py`; a test keeps the two equal. Element names are those of BPMN 2.0.2; the event",
            "definition stands in brackets.",
            "",
            "## Run",
            "",
            *(f"- `{each}`" for each in runs),
            "",
            "Sequence flows, conditions, default flows, lanes (nested too) and pools are read with them.",
            "",
            "## Refused",
            "",
            "A process with one of these is a draft: lint answers `ELEMENT_UNSUPPORTED` with the element's id and",
            "line, and it cannot be deployed.",
            "",
            *(f"- `{each}`" for each in refused),
            "",
            "## Kept in the file, not run",
            "",
            "These say something to a reader of the diagram. They stay in the imported text, and the import counts",
            "them once per element name (`ELEMENT_NOT_RUN`, information).",
            "",
            *(f"- `{each}`" for each in kept),
            "",
        ]
    )
