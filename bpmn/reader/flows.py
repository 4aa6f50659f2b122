"""Sequence flows (BPMN 2.0.2, 8.4.13)."""

from lxml import etree

from bpmn.model import Flow
from bpmn.reader import fd
from bpmn.reader.dialect import expression_of
from bpmn.reader.source import Source


def flow_of(source: Source, element: etree._Element, scope: str) -> Flow:
    """One sequence flow. Without an id in the file it gets one made of its ends; lint reports it."""
    start = (element.get("sourceRef") or "").strip()
    end = (element.get("targetRef") or "").strip()
    own = element.get("id")
    condition = source.child(element, "conditionExpression")
    flow_id = own or source.fresh_id(f"Flow_{start}_{end}")
    return Flow(
        id=flow_id,
        source=start,
        target=end,
        scope=scope,
        name=fd.text_with_labels(source, element),
        condition=None if condition is None else expression_of(source, condition),
        outcome=fd.outcome(source, element),
        mended=not own,
        line=source.line(element),
    )
