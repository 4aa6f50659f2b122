"""Standard loops and multi-instance characteristics (BPMN 2.0.2, 10.3.8)."""

from lxml import etree

from bpmn.model import Expression, Loop
from bpmn.reader.dialect import expression_of
from bpmn.reader.source import Source, is_true, text_of


def loop_of(source: Source, element: etree._Element) -> Loop | None:
    """The activity's loop, or None."""
    several = source.child(element, "multiInstanceLoopCharacteristics")
    if several is not None:
        return _multi_instance(source, several)
    standard = source.child(element, "standardLoopCharacteristics")
    return None if standard is None else _standard(source, standard)


def _multi_instance(source: Source, element: etree._Element) -> Loop:
    collection = source.child(element, "loopDataInputRef")
    item = source.child(element, "inputDataItem")
    return Loop(
        multi_instance=True,
        sequential=is_true(element.get("isSequential")),
        cardinality=_expression(source, element, "loopCardinality"),
        condition=_expression(source, element, "completionCondition"),
        collection=None if collection is None else text_of(collection),
        element=None if item is None else item.get("name") or item.get("id"),
    )


def _standard(source: Source, element: etree._Element) -> Loop:
    maximum = element.get("loopMaximum")
    return Loop(
        multi_instance=False,
        test_before=is_true(element.get("testBefore")),
        cardinality=None if maximum is None else Expression(text=maximum.strip()),
        condition=_expression(source, element, "loopCondition"),
    )


def _expression(source: Source, element: etree._Element, local: str) -> Expression | None:
    found = source.child(element, local)
    return None if found is None else expression_of(source, found)
