"""Hardened reading of XML bytes into an lxml tree with true line numbers.

Two passes over the same decoded text. Expat goes first and stops at the first sign of trouble, before any
tree exists: a DOCTYPE (hence entities and external references), too many elements, too deep a nesting, or a
fault of well-formedness. lxml then builds the tree from text that is known to be small, flat and without a
DTD; it is told once more to resolve nothing. Line numbers come from expat, because libxml2's are
approximate past line 65,535.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat

from lxml import etree

from bpmn.encoding import decode
from bpmn.limits import FILE_BYTES, XML_ATTRIBUTES, XML_DEPTH, XML_ELEMENTS
from bpmn.refusal import Refusal


@dataclass(frozen=True, kw_only=True)
class Document:
    """A read file: its root element, and the 1-based line of the start tag of each element."""

    root: etree._Element
    lines: Mapping[etree._Element, int]

    def line(self, element: etree._Element) -> int:
        """The line on which this element's start tag begins."""
        return self.lines.get(element, 0)


def read_xml(content: bytes) -> Document:
    """The tree of an XML file, comments and processing instructions left out.

    Raises: Refusal, in the order of the checks: `TOO_LARGE` (bytes), `ENCODING`, `XML_MALFORMED` (also NUL,
    undeclared prefix), `DTD_FORBIDDEN`, `TOO_LARGE` (elements, attributes), `TOO_DEEP`; the last four in document
    order, whichever comes first.
    """
    if len(content) > FILE_BYTES:
        raise Refusal("TOO_LARGE", what="bytes", limit=FILE_BYTES)
    text = decode(content)
    data = text.encode("utf-8", "surrogatepass")
    lines = _scan(data)
    root = _build(data)
    elements = list(root.iter("*"))
    return Document(root=root, lines=dict(zip(elements, lines, strict=True)))


def _scan(data: bytes) -> list[int]:
    """The line of every start tag in document order, having checked everything that must be refused."""
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    lines: list[int] = []
    depth = 0
    attributes = 0

    def start(_name: str, own: Mapping[str, str]) -> None:
        nonlocal depth, attributes
        depth += 1
        attributes += len(own)
        if depth > XML_DEPTH:
            raise Refusal("TOO_DEEP", line=parser.CurrentLineNumber, what="elements", limit=XML_DEPTH)
        if len(lines) >= XML_ELEMENTS:
            raise Refusal("TOO_LARGE", line=parser.CurrentLineNumber, what="elements", limit=XML_ELEMENTS)
        if attributes > XML_ATTRIBUTES:
            raise Refusal("TOO_LARGE", line=parser.CurrentLineNumber, what="attributes", limit=XML_ATTRIBUTES)
        lines.append(parser.CurrentLineNumber)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_declaration: object) -> None:
        raise Refusal("DTD_FORBIDDEN", line=parser.CurrentLineNumber)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as wrong:
        reason = expat.ErrorString(wrong.code)
        raise Refusal("XML_MALFORMED", line=wrong.lineno, column=wrong.offset + 1, reason=str(reason)) from None
    return lines


def _build(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        attribute_defaults=False,
        # libxml2's own size limits are lower than ours in places (one text of 10,000,000 bytes) and ours have held.
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as wrong:
        line, column = wrong.position
        raise Refusal("XML_MALFORMED", line=line or 0, column=column or 0, reason="not well-formed") from None
