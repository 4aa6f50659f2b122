"""The checker on files of many tools: it never crashes and takes little time."""

import time
from pathlib import Path

import pytest

from bpmn.lint.soundness import CODES, check
from bpmn.reader import read_bpmn

CORPUS = Path(__file__).parents[4] / "shared" / "bpmn-corpus"
FILES = sorted(CORPUS.rglob("*.bpmn")) + sorted(CORPUS.rglob("*.bpmn2"))


@pytest.mark.skipif(not FILES, reason="the corpus is not there")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_process_of_the_corpus_is_checked_in_time(path: Path) -> None:
    for definition in read_bpmn(path.read_bytes(), name=path.name).definitions:
        began = time.process_time()
        found = list(check(definition))
        assert time.process_time() - began < 3
        assert {each.code for each in found} <= set(CODES)
        assert all(each.element_id in definition.nodes_by_id or each.element_id == definition.key for each in found)
