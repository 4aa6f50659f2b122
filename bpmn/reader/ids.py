"""Ids: their form, and whether each stands for one element (BPMN 2.0.2's schema makes them xsd:ID)."""

import re
from collections.abc import Iterator

from lxml import etree

from bpmn.findings import Finding, Severity
from bpmn.limits import ID_LENGTH
from bpmn.model import NodeKind
from bpmn.reader.names import BPMN, BPMNDI, split
from bpmn.reader.source import Source

_NAME = re.compile(r"[^\W\d][\w.\-]*\Z")
"""An XML name without colon; `\\w` takes letters of every script, so Chinese ids are fine."""

_LINTED = frozenset({kind.value for kind in NodeKind} | {"sequenceFlow", "lane", "process"})
"""Elements whose ids lint compares, because they are in the definition."""


def valid_id(text: str) -> bool:
    """Whether a text may be an id: an XML name without colon, of at most 255 characters."""
    return len(text) <= ID_LENGTH and _NAME.match(text) is not None


def check_ids(source: Source) -> Iterator[Finding]:
    """`ID_INVALID` for each id that is no XML name, `DUPLICATE_ID` for those outside the process that occur
    twice.
    """
    seen: dict[tuple[str, str], etree._Element] = {}
    for element in source.document.lines:
        namespace, local = split(str(element.tag))
        own = element.get("id")
        if own is None or namespace not in (BPMN, BPMNDI):
            continue
        if not valid_id(own):
            yield _invalid(source, element, own)
        first = seen.setdefault((namespace, own), element)
        if first is not element and not (local in _LINTED and split(str(first.tag))[1] in _LINTED):
            yield _twice(source, first, element, own)


def _invalid(source: Source, element: etree._Element, own: str) -> Finding:
    return Finding(
        code="ID_INVALID",
        severity=Severity.ERROR,
        element_id=own[:ID_LENGTH],
        line=source.line(element),
        params={"id": own[:100], "length": len(own), "limit": ID_LENGTH},
    )


def _twice(source: Source, first: etree._Element, second: etree._Element, own: str) -> Finding:
    return Finding(
        code="DUPLICATE_ID",
        severity=Severity.WARNING,
        element_id=own[:ID_LENGTH],
        line=source.line(second),
        params={"id": own[:100], "first_line": source.line(first)},
    )
