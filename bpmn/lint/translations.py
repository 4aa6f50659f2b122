"""Names are shown in Chinese and in English; one remark counts those that are only in one."""

from collections.abc import Iterable, Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding, Severity
from bpmn.forms.model import Field
from bpmn.model import Flow, Lane, Node, ProcessDefinition
from bpmn.text import EN, ZH, Text

CODES = ("TRANSLATION_MISSING",)


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`TRANSLATION_MISSING`, once, with the number of texts and the first of them."""
    missing = [(where, text) for where, text in _texts(definition) if _is_missing(text)]
    if missing:
        first, text = missing[0]
        yield Finding(
            code="TRANSLATION_MISSING",
            severity=Severity.WARNING,
            element_id=first,
            line=_line(definition, first),
            params={"count": len(missing), "first": text.default[:100]},
        )


def _texts(definition: ProcessDefinition) -> Iterator[tuple[str, Text]]:
    yield definition.key, definition.name
    for element in _elements(definition):
        yield element.id, element.name
    for flow in definition.flows:
        if flow.outcome is not None:
            yield flow.id, flow.outcome.label
    for node in definition.nodes:
        form = definition.forms_by_id.get(node.form or "")
        if form is not None:
            yield from ((node.id, text) for text in _form_texts(form.fields))


def _form_texts(fields: Iterable[Field]) -> Iterator[Text]:
    for each in fields:
        yield each.label
        yield from (option.label for option in each.options)
        yield from _form_texts(each.fields)


def _is_missing(text: Text) -> bool:
    """Whether a text has its first language only; one without letters, or an abbreviation, needs no translation."""
    plain = text.default.strip()
    if not any(char.isalpha() for char in plain) or (plain.isascii() and plain.isupper() and len(plain) <= 5):
        return False
    languages = {tag.partition("-")[0] for tag, _ in text.translations}
    wanted = EN if any("\u4e00" <= char <= "\u9fff" for char in text.default) else ZH
    return wanted.partition("-")[0] not in languages


def _elements(definition: ProcessDefinition) -> tuple[Node | Flow | Lane, ...]:
    return (*definition.nodes, *definition.flows, *definition.lanes)


def _line(definition: ProcessDefinition, element: str) -> int:
    return next((each.line for each in _elements(definition) if each.id == element), definition.line)
