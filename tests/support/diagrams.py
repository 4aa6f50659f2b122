"""A small text notation for processes, read into a ProcessDefinition and written as BPMN XML.

    start -> A -> xor1
    xor1 -[x > 1]-> B -> xor2          a condition
    xor1 -/-> C -> xor2 -> end         the default flow
    D -(ok)-> end2                     an outcome; (redo!) is a send back: kind back, with a reason
    S { start_s -> E -> end_s }        an embedded sub-process, on one line or on several
    F: serviceTask                     what a name alone does not say
    t1: boundaryEvent F timer          an event with its kind; "timer-" does not interrupt
    w1: intermediateCatchEvent message

A name's first letters give the kind: start, end, terminate, xor, and, or, events (an event-based gateway); anything
else is a user task. `#` begins a comment.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from bpmn.model import (
    CandidateRole,
    Event,
    EventKind,
    Expression,
    Flow,
    Node,
    NodeKind,
    Outcome,
    OutcomeKind,
    ProcessDefinition,
)
from bpmn.text import Text

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
FD = "http://faultdesk.org/schema/1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

_PREFIXES = {
    "start": NodeKind.START_EVENT,
    "end": NodeKind.END_EVENT,
    "terminate": NodeKind.END_EVENT,
    "xor": NodeKind.EXCLUSIVE_GATEWAY,
    "and": NodeKind.PARALLEL_GATEWAY,
    "or": NodeKind.INCLUSIVE_GATEWAY,
    "events": NodeKind.EVENT_BASED_GATEWAY,
}
_EVENTS = {
    NodeKind.START_EVENT,
    NodeKind.END_EVENT,
    NodeKind.INTERMEDIATE_CATCH_EVENT,
    NodeKind.INTERMEDIATE_THROW_EVENT,
    NodeKind.BOUNDARY_EVENT,
}
_TOKEN = re.compile(r"\s*(?:(->)|-\[(.*?)\]->|-\((.*?)\)->|(-/->)|([{}])|([\w.]+)(:[^\n]*)?|(;))")


@dataclass
class _Draft:
    key: str
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)

    def node(self, name: str, scope: str, line: int) -> None:
        self.nodes.setdefault(name, _node(name, scope, line))

    def flow(self, source: str, target: str, scope: str, line: int, arrow: "_Arrow") -> None:
        base = f"{source}__{target}"
        count = self.ids[base] = self.ids.get(base, 0) + 1
        flow = Flow(
            id=base if count == 1 else f"{base}__{count}",
            source=source,
            target=target,
            scope=scope,
            condition=None if arrow.condition is None else Expression(text=arrow.condition),
            outcome=None if arrow.outcome is None else outcome(arrow.outcome),
            line=line,
        )
        self.flows.append(flow)
        if arrow.default:
            self.nodes[source] = replace(self.nodes[source], default_flow=flow.id)


@dataclass(frozen=True)
class _Arrow:
    condition: str | None = None
    outcome: str | None = None
    default: bool = False


def outcome(text: str) -> Outcome:
    """An outcome by its key; a key that ends in `!` is a send back."""
    key = text.rstrip("!")
    back = text != key
    kind = OutcomeKind.BACK if back else OutcomeKind.FORWARD
    return Outcome(key=key, label=Text(default=key), reason_required=back, kind=kind)


def process(text: str, *, key: str = "P") -> ProcessDefinition:
    """The process that this text in the notation above describes; lines are counted in `text` from 1.

    Raises: ValueError naming the line that cannot be read.
    """
    draft = _Draft(key)
    scopes, previous, arrow = [key], None, None
    for line, token in _tokens(text):
        mark, condition, result, default, brace, name, rest, _ = token
        if name and rest:
            draft.nodes[name] = _declared(name, rest[1:].split(), scopes[-1], line, draft)
            previous, arrow = None, None
        elif name:
            draft.node(name, scopes[-1], line)
            if previous is not None and arrow is not None:
                draft.flow(previous, name, scopes[-1], line, arrow)
            previous, arrow = name, None
        elif brace == "{":
            assert previous is not None, f"line {line}: a block needs a name before it"
            if draft.nodes[previous].kind not in {NodeKind.AD_HOC_SUB_PROCESS, NodeKind.TRANSACTION}:
                draft.nodes[previous] = replace(draft.nodes[previous], kind=NodeKind.SUB_PROCESS, roles=())
            scopes.append(previous)
            previous = None
        elif brace == "}":
            previous, arrow = scopes.pop(), None
        elif mark or default or condition is not None or result is not None:
            arrow = _Arrow(condition, result, bool(default))
        else:
            previous, arrow = None, None
    return definition(key, draft.nodes.values(), draft.flows)


def definition(key: str, nodes: Iterable[Node], flows: list[Flow]) -> ProcessDefinition:
    """A ProcessDefinition of these nodes and flows, with each node's incoming and outgoing filled in."""
    incoming: dict[str, list[str]] = {}
    outgoing: dict[str, list[str]] = {}
    for flow in flows:
        outgoing.setdefault(flow.source, []).append(flow.id)
        incoming.setdefault(flow.target, []).append(flow.id)
    wired = tuple(
        replace(node, incoming=tuple(incoming.get(node.id, ())), outgoing=tuple(outgoing.get(node.id, ())))
        for node in nodes
    )
    return ProcessDefinition(key=key, name=Text(default=key), nodes=wired, flows=tuple(flows))


def _tokens(text: str) -> Iterator[tuple[int, tuple[str | None, ...]]]:
    for number, raw in enumerate(text.splitlines(), start=1):
        line, at = re.split(r"(?:^|\s)#", raw)[0].rstrip(), 0
        while at < len(line):
            found = _TOKEN.match(line, at)
            if found is None:
                raise ValueError(f"line {number}: cannot read {line[at:]!r}")
            yield number, found.groups()
            at = found.end()
        if line.strip() and not line.rstrip().endswith(("{", "->")):
            yield number, (None,) * 7 + (";",)


def _node(name: str, scope: str, line: int) -> Node:
    prefix = re.match(r"(start|end|terminate|xor|and|or|events)(?=[\d_.]|$)", name)
    kind = _PREFIXES[prefix[1]] if prefix else NodeKind.USER_TASK
    ends = EventKind.TERMINATE if prefix and prefix[1] == "terminate" else EventKind.NONE
    return Node(
        id=name,
        kind=kind,
        scope=scope,
        name=Text(default=name),
        event=Event(kind=ends) if kind in _EVENTS else None,
        roles=(CandidateRole(key="ops"),) if kind is NodeKind.USER_TASK else (),
        line=line,
    )


def _declared(name: str, words: list[str], scope: str, line: int, draft: _Draft) -> Node:
    base = draft.nodes.get(name, _node(name, scope, line))
    kind, rest = NodeKind(words[0]), words[1:]
    node = replace(base, kind=kind, roles=base.roles if kind is NodeKind.USER_TASK else ())
    if kind is NodeKind.BOUNDARY_EVENT:
        node = replace(node, attached_to=rest.pop(0))
    if kind in _EVENTS:
        event = rest.pop(0) if rest else "none"
        node = replace(node, event=Event(kind=EventKind(event.rstrip("-"))), interrupting=not event.endswith("-"))
    if "event" in rest:
        node = replace(node, event_sub_process=True)
    return node


def to_bpmn(process_definition: ProcessDefinition) -> bytes:
    """The definition as a BPMN 2.0.2 file without a diagram, with roles and outcomes in the fd namespace."""
    root = etree.Element(f"{{{MODEL}}}definitions", nsmap={None: MODEL, "fd": FD, "xsi": XSI})  # type: ignore[dict-item]
    root.set("targetNamespace", "http://faultdesk.org/test")
    top = etree.SubElement(root, f"{{{MODEL}}}process", id=process_definition.key, isExecutable="true")
    top.set("name", process_definition.name.default)
    parents = {process_definition.key: top}
    for node in process_definition.nodes:
        parents[node.id] = etree.SubElement(parents[node.scope], f"{{{MODEL}}}{node.kind}", id=node.id)
        _write_node(parents[node.id], node)
    for flow in process_definition.flows:
        _write_flow(parents[flow.scope], flow)
    return bytes(etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8"))


def _write_node(element: etree._Element, node: Node) -> None:
    if node.name:
        element.set("name", node.name.default)
    if node.default_flow:
        element.set("default", node.default_flow)
    if node.event_sub_process:
        element.set("triggeredByEvent", "true")
    if node.attached_to:
        element.set("attachedToRef", node.attached_to)
        element.set("cancelActivity", "true" if node.interrupting else "false")
    if node.roles:
        extensions = etree.SubElement(element, f"{{{MODEL}}}extensionElements")
        for role in node.roles:
            etree.SubElement(extensions, f"{{{FD}}}role", key=role.key)
    for tag, flows in (("incoming", node.incoming), ("outgoing", node.outgoing)):
        for each in flows:
            etree.SubElement(element, f"{{{MODEL}}}{tag}").text = each
    if node.event is not None and node.event.kind not in {EventKind.NONE, EventKind.MULTIPLE}:
        body = etree.SubElement(element, f"{{{MODEL}}}{node.event.kind}EventDefinition")
        if node.event.kind is EventKind.TIMER:
            etree.SubElement(body, f"{{{MODEL}}}timeDuration").text = "PT1H"


def _write_flow(parent: etree._Element, flow: Flow) -> None:
    element = etree.SubElement(
        parent, f"{{{MODEL}}}sequenceFlow", id=flow.id, sourceRef=flow.source, targetRef=flow.target
    )
    if flow.outcome is not None:
        extensions = etree.SubElement(element, f"{{{MODEL}}}extensionElements")
        written = etree.SubElement(extensions, f"{{{FD}}}outcome", key=flow.outcome.key, kind=flow.outcome.kind)
        if flow.outcome.reason_required:
            written.set("reason", "required")
    if flow.condition is not None:
        condition = etree.SubElement(element, f"{{{MODEL}}}conditionExpression")
        condition.set(f"{{{XSI}}}type", "tFormalExpression")
        condition.text = flow.condition.text


def to_text(process_definition: ProcessDefinition) -> str:
    """The flows of the definition in the notation above, one on each line (blocks as `scope: ...`), for reports."""
    return "\n".join(_flow_text(process_definition, flow) for flow in process_definition.flows)


def _flow_text(process_definition: ProcessDefinition, flow: Flow) -> str:
    source = process_definition.nodes_by_id[flow.source]
    arrow = "->"
    if source.default_flow == flow.id:
        arrow = "-/->"
    elif flow.condition is not None:
        arrow = f"-[{flow.condition.text}]->"
    elif flow.outcome is not None:
        arrow = f"-({flow.outcome.key}{'!' if flow.outcome.kind is OutcomeKind.BACK else ''})->"
    block = "" if flow.scope == process_definition.key else f"{flow.scope}: "
    target = process_definition.nodes_by_id[flow.target]
    ends_all = target.event is not None and target.event.kind is EventKind.TERMINATE
    return f"{block}{flow.source} {arrow} {flow.target}{'  # terminate' if ends_all else ''}"
