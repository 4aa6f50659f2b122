"""Source: one file while it is being read. Whatever is read is marked, so that the rest can be reported."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from bpmn.findings import Finding, Severity
from bpmn.reader.names import bpmn, split
from bpmn.xml import Document


@dataclass(kw_only=True)
class Source:
    """A document with the files beside it, the findings so far, and the elements already understood."""

    document: Document
    forms: Mapping[str, bytes]
    findings: list[Finding] = field(default_factory=list)
    understood: set[etree._Element] = field(default_factory=set)
    roots: dict[str, etree._Element] = field(default_factory=dict)
    """The children of `definitions` by id: messages, signals, errors, escalations, resources, event
    definitions.
    """
    ids: set[str] = field(default_factory=set)
    """Every id attribute in the file, so that a derived id does not meet one."""
    derived: dict[str, int] = field(default_factory=dict)
    """How far the numbering of ids derived from one text has come."""

    def line(self, element: etree._Element) -> int:
        """The line of the element's start tag."""
        return self.document.line(element)

    def report(
        self,
        code: str,
        severity: Severity,
        element: etree._Element,
        *,
        element_id: str | None = None,
        **params: object,
    ) -> None:
        """Add a finding about this element, at its line; its own id is used unless another is given."""
        named = element_id if element_id is not None else nearest_id(element)
        self.findings.append(
            Finding(code=code, severity=severity, element_id=named, line=self.line(element), params=params)
        )

    def children(self, parent: etree._Element, *locals_: str) -> Iterator[etree._Element]:
        """The BPMN children with one of these names, in order, marked as understood."""
        wanted = {bpmn(local) for local in locals_}
        for child in parent:
            if child.tag in wanted:
                self.understood.add(child)
                yield child

    def child(self, parent: etree._Element, local: str) -> etree._Element | None:
        """The first BPMN child with this name, marked as understood; further ones stay to be reported."""
        wanted = bpmn(local)
        for child in parent:
            if child.tag == wanted:
                self.understood.add(child)
                return child
        return None

    def extensions(self, parent: etree._Element, tag: str) -> Iterator[etree._Element]:
        """The extension elements of this element with this full tag, marked as understood."""
        for holder in self.children(parent, "extensionElements"):
            for child in holder:
                if child.tag == tag:
                    self.understood.add(child)
                    yield child

    def fresh_id(self, wanted: str) -> str:
        """An id that the file does not use, made from `wanted`; the same for the same file every time."""
        candidate, number = wanted, self.derived.get(wanted, 1)
        while candidate in self.ids:
            number += 1
            candidate = f"{wanted}_{number}"
        self.derived[wanted] = number
        self.ids.add(candidate)
        return candidate


def text_of(element: etree._Element) -> str:
    """All text inside the element, surrounding white space removed."""
    return "".join(str(part) for part in element.itertext()).strip()


def nearest_id(element: etree._Element) -> str | None:
    """The element's own id, or that of the nearest element around it that has one."""
    current: etree._Element | None = element
    while current is not None:
        own = current.get("id")
        if own:
            return str(own)
        current = current.getparent()
    return None


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return split(str(element.tag))[1]


def is_true(value: str | None, *, default: bool = False) -> bool:
    """An xsd:boolean attribute."""
    return default if value is None else value.strip() in ("true", "1")
