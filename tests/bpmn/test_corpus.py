"""Real diagrams of every dialect: each gets a verdict, in time, and each error says where it is."""

import time
from pathlib import Path

import pytest

from bpmn.canonical import from_json, to_json
from bpmn.findings import Verdict
from bpmn.inspection import inspect
from bpmn.messages import LANGUAGES, render
from bpmn.model import NodeKind
from bpmn.reader import read_bpmn
from bpmn.reader.names import bpmn
from bpmn.xml import read_xml
from tests.bpmn.corpus import files, needs_corpus

CORPUS = files()
WHOLE_FILE = {"NO_PROCESS", "MORE_FINDINGS"}
REFUSED = {
    "BPMN2-XXE-Process.bpmn2": "DTD_FORBIDDEN",
    "TaskScheduleProps.bpmn": "XML_MALFORMED",
    "broken.bpmn": "XML_MALFORMED",
    "xmlns-redeclaration.bpmn": "XML_MALFORMED",
}


@needs_corpus
def test_the_corpus_has_51_files() -> None:
    assert len(CORPUS) == 51


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.name)
def test_every_file_gets_a_verdict_in_time_and_every_error_a_place(file: Path) -> None:
    began = time.process_time()
    seen = inspect(file.read_bytes(), file.name)
    assert time.process_time() - began < 5
    assert (seen.verdict is Verdict.REFUSED) == (file.name in REFUSED)
    for finding in seen.findings:
        assert finding.line > 0 or finding.code in WHOLE_FILE
        if finding.severity == "error" and seen.readable:
            assert finding.element_id or finding.code in WHOLE_FILE
        for language in LANGUAGES:
            assert render(finding.code, finding.params, language) != finding.code
    if seen.verdict is Verdict.REFUSED:
        assert [each.code for each in seen.findings] == [REFUSED[file.name]]


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.name)
def test_no_element_of_a_file_is_dropped_in_silence(file: Path) -> None:
    if file.name in REFUSED:
        return
    content = file.read_bytes()
    reading = read_bpmn(content)
    kept = {each.id for one in reading.definitions for each in (*one.nodes, *one.flows, *one.lanes)}
    drawn = [
        str(element.get("id"))
        for element in read_xml(content).root.iter(*map(bpmn, (*NodeKind, "sequenceFlow", "lane")))
        if element.get("id") is not None
    ]
    assert set(drawn) <= kept


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.name)
def test_every_definition_survives_canonical_json(file: Path) -> None:
    for definition in read_bpmn(file.read_bytes()).definitions:
        assert from_json(to_json(definition)) == definition


@needs_corpus
def test_the_unsupported_elements_of_a_file_are_all_listed() -> None:
    (file,) = [each for each in CORPUS if each.name == "all_event_types.bpmn"]
    seen = inspect(file.read_bytes(), file.name)
    assert seen.definition is not None
    plain = {"startEvent", "intermediateThrowEvent", "endEvent", "endEvent (terminate)"}
    told = {each.element_id for each in seen.findings if each.code == "ELEMENT_UNSUPPORTED"}
    events = {
        node.id
        for node in seen.definition.nodes
        if node.event is not None and f"{node.kind} ({node.event.kind})".replace(" (none)", "") not in plain
    }
    assert events <= told
    assert len(events) > 20
