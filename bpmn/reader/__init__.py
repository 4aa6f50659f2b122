"""Reading BPMN 2.0 with our own extension: bytes in, frozen definitions and findings out, never an
exception.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml import etree

from bpmn.findings import Finding, Severity
from bpmn.model import ProcessDefinition
from bpmn.reader import fd
from bpmn.reader.diagram import diagram_of
from bpmn.reader.events import KINDS
from bpmn.reader.ids import check_ids
from bpmn.reader.leftovers import leftovers
from bpmn.reader.names import BPMN, bpmn, split
from bpmn.reader.process import process_of
from bpmn.reader.source import Source
from bpmn.refusal import Refusal
from bpmn.xml import Document, read_xml

_NO_FORMS: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one file says: a definition per process, the one to deploy, and every remark about the text.

    `readable` is False when the file was refused; then there are no definitions and the findings say why.
    """

    definitions: tuple[ProcessDefinition, ...] = ()
    main: ProcessDefinition | None = None
    findings: tuple[Finding, ...] = ()
    readable: bool = True
    by_file: tuple[tuple[str, ProcessDefinition], ...] = ()
    """In a bundle: the path of each diagram with that file's own main process."""


def read_bpmn(content: bytes, *, name: str = "", forms: Mapping[str, bytes] = _NO_FORMS) -> Reading:
    """Read one BPMN file; `forms` are the files beside it by name, `name` is the file's own, for the
    findings.

    Never raises for bad input: a file that cannot be read safely, or is not BPMN 2.0, has `readable` False.
    """
    try:
        return _read(read_xml(content), forms)
    except Refusal as refusal:
        return refused(refusal, name)


def refused(refusal: Refusal, name: str) -> Reading:
    """The reading of a file that was refused."""
    finding = Finding(
        code=refusal.code,
        severity=Severity.ERROR,
        line=refusal.line,
        params=refusal.params,
        file=name or None,
    )
    return Reading(findings=(finding,), readable=False)


def _read(document: Document, forms: Mapping[str, bytes]) -> Reading:
    _check_root(document)
    source = Source(document=document, forms=forms)
    _index(source)
    diagram = diagram_of(source)
    definitions = tuple(process_of(source, each, diagram) for each in source.children(document.root, "process"))
    main = _main(source, definitions)
    _report_absences(source, definitions, drawn=bool(diagram.shapes))
    source.findings.extend(check_ids(source))
    source.findings.extend(leftovers(source))
    found = tuple(sorted(source.findings, key=lambda each: each.line))
    return Reading(definitions=definitions, main=main, findings=found)


def _check_root(document: Document) -> None:
    namespace, local = split(str(document.root.tag))
    if namespace != BPMN or local != "definitions":
        raise Refusal("NOT_BPMN", line=document.line(document.root), root=local[:100], namespace=namespace[:200])


def _index(source: Source) -> None:
    root = source.document.root
    source.understood.add(root)
    for element in source.document.lines:
        own = element.get("id")
        if own:
            source.ids.add(own)
        if element.tag == bpmn("extensionElements"):
            source.understood.add(element)
    for child in root:
        _index_root(source, child)


def _index_root(source: Source, child: etree._Element) -> None:
    own = child.get("id")
    if own:
        source.roots.setdefault(own, child)
    local = split(str(child.tag))[1]
    if local in ("message", "signal", "error", "escalation", "resource", "collaboration", *KINDS):
        source.understood.add(child)
    if local == "collaboration":
        for participant in source.children(child, "participant", "documentation"):
            # A pool's labels are shown with the diagram, which is drawn from the file itself.
            fd.text_with_labels(source, participant)


def _main(source: Source, definitions: tuple[ProcessDefinition, ...]) -> ProcessDefinition | None:
    runnable = [each for each in definitions if each.executable]
    main = choose_main(definitions)
    if main is not None and len(runnable) > 1:
        source.findings.append(several_processes(main, runnable))
    return main


def choose_main(definitions: Iterable[ProcessDefinition]) -> ProcessDefinition | None:
    """The process to deploy: the first executable one that a person can start, else executable, else the
    first.
    """
    among = tuple(definitions)
    runnable = [each for each in among if each.executable]
    startable = [each for each in runnable or among if _startable(each)]
    return next(iter([*startable, *runnable, *among]), None)


def several_processes(main: ProcessDefinition, candidates: Iterable[ProcessDefinition]) -> Finding:
    """The question which of several executable processes is meant."""
    others = ", ".join(each.key for each in candidates if each is not main)
    return Finding(
        code="SEVERAL_PROCESSES",
        severity=Severity.WARNING,
        element_id=main.key,
        line=main.line,
        params={"main": main.key, "others": others[:500]},
    )


def _startable(definition: ProcessDefinition) -> bool:
    try:
        definition.start_event()
    except LookupError:
        return False
    return True


def _report_absences(source: Source, definitions: tuple[ProcessDefinition, ...], *, drawn: bool) -> None:
    root = source.document.root
    if not definitions:
        source.report("NO_PROCESS", Severity.ERROR, root)
    elif not drawn:
        source.report("DIAGRAM_MISSING", Severity.INFO, root)
