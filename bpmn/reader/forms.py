"""The form of a task or start event: inline in `fd:form`, or a file beside the diagram."""

from dataclasses import replace

from lxml import etree

from bpmn.findings import Finding, Severity
from bpmn.forms.model import Form
from bpmn.forms.reading import read_form
from bpmn.reader.names import fd
from bpmn.reader.source import Source


def form_of(source: Source, element: etree._Element, node_id: str) -> tuple[str | None, Form | None]:
    """The form's id and, where it could be read, the form.

    An inline form takes its node's id; a referred one the reference. An id without a form is left for lint
    to report.
    """
    found = list(source.extensions(element, fd("form")))
    for extra in found[1:]:
        source.report("FD_REPEATED", Severity.ERROR, extra, name="fd:form")
    if not found:
        return None, None
    reference = (found[0].get("ref") or "").strip()
    if reference:
        return reference, _from_file(source, found[0], reference)
    form, findings = read_form(found[0].text or "", form_id=node_id, line=source.line(found[0]))
    _add(source, findings, node_id)
    return node_id, form


def _from_file(source: Source, element: etree._Element, reference: str) -> Form | None:
    content = source.forms.get(reference)
    if content is None:
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        source.report("FORM_ENCODING", Severity.ERROR, element, file=reference)
        return None
    form, findings = read_form(text, form_id=reference, line=1)
    if not any(each.file == reference for each in source.findings):
        _add(source, findings, str(element.getparent().getparent().get("id") or ""), file=reference)  # type: ignore[union-attr]
    return form


def _add(source: Source, findings: tuple[Finding, ...], node_id: str, file: str | None = None) -> None:
    for each in findings:
        placed = replace(each, element_id=each.element_id or node_id, file=each.file or file)
        source.findings.append(placed)
