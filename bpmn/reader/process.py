"""One `process` element, with all its nested sub-processes, as a ProcessDefinition."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from bpmn.findings import Severity
from bpmn.forms.model import Form
from bpmn.model import SUB_PROCESSES, Flow, Lane, Node, NodeKind, ProcessDefinition
from bpmn.reader import fd
from bpmn.reader.diagram import Diagram
from bpmn.reader.flows import flow_of
from bpmn.reader.lanes import lanes_of
from bpmn.reader.nodes import NODE_NAMES, Place, documentation_of, node_of
from bpmn.reader.source import Source, is_true, local_name


@dataclass(frozen=True, kw_only=True)
class _Placed:
    """A node element with its id (from the file or derived) and the container that it stands in."""

    element: etree._Element
    kind: NodeKind
    id: str
    scope: str


@dataclass(kw_only=True)
class _Contents:
    """What a process contains, gathered level by level before anything is made of it."""

    nodes: list[_Placed] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    lane_of: dict[str, Lane] = field(default_factory=dict)


def process_of(source: Source, element: etree._Element, diagram: Diagram) -> ProcessDefinition:
    """The definition that this process element says; its findings go to the source."""
    key = element.get("id") or _derived_key(source, element)
    contents = _Contents()
    _gather(source, element, key, contents)
    nodes, forms = _nodes(source, contents)
    return ProcessDefinition(
        key=key,
        name=fd.text_with_labels(source, element),
        executable=_executable(source, element, key),
        kind=fd.kind(source, element),
        documentation=documentation_of(source, element),
        nodes=nodes,
        flows=tuple(contents.flows),
        lanes=tuple(contents.lanes),
        forms=forms,
        sla=fd.sla(source, element),
        shapes=diagram.shapes,
        edges=diagram.edges,
        target_namespace=source.document.root.get("targetNamespace") or "",
        line=source.line(element),
    )


def _derived_key(source: Source, element: etree._Element) -> str:
    key = source.fresh_id("Process_1")
    source.report("ELEMENT_WITHOUT_ID", Severity.ERROR, element, element_id=key, kind="process")
    return key


def _executable(source: Source, element: etree._Element, key: str) -> bool:
    declared = element.get("isExecutable")
    if declared is None:
        source.report("EXECUTABLE_ABSENT", Severity.WARNING, element, process=key)
    elif not is_true(declared):
        source.report("NOT_EXECUTABLE", Severity.INFO, element, process=key)
    return is_true(declared, default=True)


def _gather(source: Source, container: etree._Element, scope: str, contents: _Contents) -> None:
    placement = lanes_of(source, container)
    contents.lanes.extend(placement.lanes)
    contents.lane_of.update(placement.lane_of)
    for element in source.children(container, "sequenceFlow", *NODE_NAMES):
        if local_name(element) == "sequenceFlow":
            contents.flows.append(flow_of(source, element, scope))
            continue
        kind = NodeKind(local_name(element))
        placed = _Placed(element=element, kind=kind, id=_node_id(source, element, kind), scope=scope)
        contents.nodes.append(placed)
        if kind in SUB_PROCESSES:
            # A node without a lane of its own stands in that of the sub-process around it.
            inherited = contents.lane_of.get(placed.id) or contents.lane_of.get(scope)
            if inherited is not None:
                contents.lane_of[placed.id] = inherited
            _gather(source, element, placed.id, contents)


def _node_id(source: Source, element: etree._Element, kind: NodeKind) -> str:
    own = element.get("id")
    if own:
        return str(own)
    derived = source.fresh_id(f"{kind.value}_1")
    source.report("ELEMENT_WITHOUT_ID", Severity.ERROR, element, element_id=derived, kind=kind.value)
    return derived


def _nodes(source: Source, contents: _Contents) -> tuple[tuple[Node, ...], tuple[Form, ...]]:
    outgoing = _by_end(contents.flows, "source")
    incoming = _by_end(contents.flows, "target")
    nodes: list[Node] = []
    forms: dict[str, Form] = {}
    for each in contents.nodes:
        lane = contents.lane_of.get(each.id) or contents.lane_of.get(each.scope)
        place = Place(
            id=each.id,
            scope=each.scope,
            lane_id=None if lane is None else lane.id,
            lane_name="" if lane is None else " ".join(lane.name.default.split()),
            incoming=tuple(incoming.get(each.id, ())),
            outgoing=tuple(outgoing.get(each.id, ())),
        )
        node, form = node_of(source, each.element, each.kind, place)
        nodes.append(node)
        if form is not None:
            forms[form.id] = form
    return tuple(nodes), tuple(forms.values())


def _by_end(flows: list[Flow], end: str) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for flow in flows:
        found.setdefault(getattr(flow, end), []).append(flow.id)
    return found
