"""Shapes and edges of the diagram (BPMN 2.0.2, chapter 12)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from bpmn.findings import Severity
from bpmn.model import Edge, Shape
from bpmn.reader.names import BPMNDI, DC, DI
from bpmn.reader.source import Source, is_true


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """Everything drawn in the file."""

    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]


def diagram_of(source: Source) -> Diagram:
    """The shapes and edges of all planes, in document order; a shape without usable numbers is reported and
    left out.
    """
    shapes: list[Shape] = []
    edges: list[Edge] = []
    for plane in source.document.root.iter(f"{{{BPMNDI}}}BPMNPlane"):
        for element in plane:
            if element.tag == f"{{{BPMNDI}}}BPMNShape":
                shapes.extend(_shape(source, element, _plane(plane)))
            elif element.tag == f"{{{BPMNDI}}}BPMNEdge":
                edges.extend(_edge(source, element, _plane(plane)))
    return Diagram(shapes=tuple(shapes), edges=tuple(edges))


def _plane(plane: etree._Element) -> str:
    return _reference(plane.get("bpmnElement"))


def _reference(value: str | None) -> str:
    return (value or "").strip().rpartition(":")[2]


def _shape(source: Source, element: etree._Element, plane: str) -> Iterator[Shape]:
    bounds = element.find(f"{{{DC}}}Bounds")
    numbers = [] if bounds is None else _numbers(bounds, "x", "y", "width", "height")
    reference = _reference(element.get("bpmnElement"))
    if len(numbers) != 4 or not reference:
        source.report("DIAGRAM_INVALID", Severity.WARNING, element)
        return
    expanded = element.get("isExpanded")
    yield Shape(
        element=reference,
        x=numbers[0],
        y=numbers[1],
        width=numbers[2],
        height=numbers[3],
        expanded=is_true(expanded, default=True),
        horizontal=is_true(element.get("isHorizontal"), default=True),
        plane=plane,
    )


def _edge(source: Source, element: etree._Element, plane: str) -> Iterator[Edge]:
    points = [_numbers(each, "x", "y") for each in element.iter(f"{{{DI}}}waypoint")]
    reference = _reference(element.get("bpmnElement"))
    if len(points) < 2 or any(len(point) != 2 for point in points) or not reference:
        source.report("DIAGRAM_INVALID", Severity.WARNING, element)
        return
    yield Edge(element=reference, waypoints=tuple((point[0], point[1]) for point in points), plane=plane)


def _numbers(element: etree._Element, *names: str) -> list[float]:
    found = []
    for name in names:
        try:
            number = float(element.get(name) or "")
        except ValueError:
            continue
        if math.isfinite(number):
            found.append(number)
    return found
