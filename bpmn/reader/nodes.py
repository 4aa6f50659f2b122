"""Flow nodes: events, activities and gateways (BPMN 2.0.2, chapter 10)."""

from dataclasses import dataclass

from lxml import etree

from bpmn.forms.model import Form
from bpmn.model import HUMAN_TASKS, CandidateRole, Expression, Node, NodeKind
from bpmn.reader import fd
from bpmn.reader.dialect import language_of
from bpmn.reader.events import event_of, name_of_root
from bpmn.reader.forms import form_of
from bpmn.reader.loops import loop_of
from bpmn.reader.roles import candidate_roles
from bpmn.reader.source import Source, is_true, text_of

NODE_NAMES = tuple(kind.value for kind in NodeKind)
EVENTS = frozenset(kind for kind in NodeKind if kind.value.endswith("Event"))

_CALLED = {
    NodeKind.CALL_ACTIVITY: ("calledElement",),
    NodeKind.BUSINESS_RULE_TASK: ("implementation",),
    NodeKind.SERVICE_TASK: ("operationRef", "implementation"),
    NodeKind.SEND_TASK: ("messageRef", "operationRef", "implementation"),
    NodeKind.RECEIVE_TASK: ("messageRef", "operationRef", "implementation"),
}
"""Attributes that say what an activity calls, most telling first."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a node stands: its id, the process or sub-process around it, its lane, and its flows' ids."""

    id: str
    scope: str
    lane_id: str | None
    lane_name: str
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]


def node_of(source: Source, element: etree._Element, kind: NodeKind, place: Place) -> tuple[Node, Form | None]:
    """The node and, when it has one that could be read, its form."""
    for ends in source.children(element, "incoming", "outgoing"):
        source.understood.add(ends)
    form_id, form = form_of(source, element, place.id) if _has_answers(kind) else (None, None)
    node = Node(
        id=place.id,
        kind=kind,
        scope=place.scope,
        name=fd.text_with_labels(source, element),
        documentation=documentation_of(source, element),
        incoming=place.incoming,
        outgoing=place.outgoing,
        default_flow=element.get("default") or None,
        event=event_of(source, element) if kind in EVENTS else None,
        attached_to=_attached_to(element, kind),
        interrupting=_interrupting(element, kind),
        event_sub_process=is_true(element.get("triggeredByEvent")),
        compensation=is_true(element.get("isForCompensation")),
        loop=loop_of(source, element),
        roles=_roles(source, element, kind, place),
        form=form_id,
        status=fd.status_key(source, element),
        not_by=fd.not_by(element),
        script=_script(source, element, kind),
        called=_called(source, element, kind),
        lane=place.lane_id,
        line=source.line(element),
    )
    return node, form


def documentation_of(source: Source, element: etree._Element) -> str:
    """The text of the element's `documentation` children."""
    return "\n\n".join(text for each in source.children(element, "documentation") if (text := text_of(each)))


def _has_answers(kind: NodeKind) -> bool:
    return kind in HUMAN_TASKS or kind is NodeKind.START_EVENT


def _roles(source: Source, element: etree._Element, kind: NodeKind, place: Place) -> tuple[CandidateRole, ...]:
    return candidate_roles(source, element, place.lane_name) if _has_answers(kind) else ()


def _attached_to(element: etree._Element, kind: NodeKind) -> str | None:
    return (element.get("attachedToRef") or "").strip() if kind is NodeKind.BOUNDARY_EVENT else None


def _interrupting(element: etree._Element, kind: NodeKind) -> bool:
    name = {NodeKind.BOUNDARY_EVENT: "cancelActivity", NodeKind.START_EVENT: "isInterrupting"}.get(kind)
    return name is None or is_true(element.get(name), default=True)


def _script(source: Source, element: etree._Element, kind: NodeKind) -> Expression | None:
    if kind is not NodeKind.SCRIPT_TASK:
        return None
    script = source.child(element, "script")
    text = "" if script is None else text_of(script)
    return Expression(text=text, language=language_of(source, text, element.get("scriptFormat")))


def _called(source: Source, element: etree._Element, kind: NodeKind) -> str | None:
    for attribute in _CALLED.get(kind, ()):
        value = (element.get(attribute) or "").strip()
        # `##WebService`, `##unspecified` and their like are the schema's own defaults and say nothing.
        if not value or value.startswith("##"):
            continue
        return name_of_root(source, element, attribute, value) if attribute == "messageRef" else value
    return None
