"""Lanes, nested lanes, and which node stands in which (BPMN 2.0.2, 10.7)."""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from bpmn.findings import Finding, Severity
from bpmn.model import Lane
from bpmn.reader import fd
from bpmn.reader.source import Source, text_of


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The lanes of a process, and for each node id the innermost lane in which it stands."""

    lanes: tuple[Lane, ...]
    lane_of: Mapping[str, Lane]


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    """A lane as drawn: its value without nodes, its depth, and the node ids it names."""

    lane: Lane
    depth: int
    named: tuple[str, ...]


def lanes_of(source: Source, process: etree._Element) -> Placement:
    """The lanes of one process; where nested lanes both name a node, the inner one holds it."""
    drawn: list[_Drawn] = []
    for lane_set in source.children(process, "laneSet"):
        _collect(source, lane_set, None, 0, drawn)
    placed: dict[str, _Drawn] = {}
    for each in sorted(drawn, key=lambda one: -one.depth):
        for node in each.named:
            _place(source, placed, node, each)
    return _placement(drawn, placed)


def _place(source: Source, placed: dict[str, _Drawn], node: str, lane: _Drawn) -> None:
    holder = placed.setdefault(node, lane)
    if holder.depth == lane.depth and holder is not lane:
        source.findings.append(_ambiguous(node, holder, lane))


def _ambiguous(node: str, first: _Drawn, second: _Drawn) -> Finding:
    return Finding(
        code="LANE_AMBIGUOUS",
        severity=Severity.WARNING,
        element_id=node,
        line=second.lane.line,
        params={"first": str(first.lane.name), "second": str(second.lane.name)},
    )


def _placement(drawn: list[_Drawn], placed: Mapping[str, _Drawn]) -> Placement:
    lanes = []
    lane_of = {}
    for each in drawn:
        nodes = tuple(node for node in dict.fromkeys(each.named) if placed[node] is each)
        lane = Lane(id=each.lane.id, name=each.lane.name, parent=each.lane.parent, nodes=nodes, line=each.lane.line)
        lanes.append(lane)
        lane_of.update(dict.fromkeys(nodes, lane))
    return Placement(lanes=tuple(lanes), lane_of=lane_of)


def _collect(source: Source, lane_set: etree._Element, parent: str | None, depth: int, drawn: list[_Drawn]) -> None:
    for element in source.children(lane_set, "lane"):
        own = element.get("id") or source.fresh_id(f"Lane_{len(drawn) + 1}")
        lane = Lane(id=own, name=fd.text_with_labels(source, element), parent=parent, line=source.line(element))
        named = tuple(text_of(each) for each in source.children(element, "flowNodeRef"))
        drawn.append(_Drawn(lane=lane, depth=depth, named=named))
        for inner in source.children(element, "childLaneSet"):
            _collect(source, inner, own, depth + 1, drawn)
