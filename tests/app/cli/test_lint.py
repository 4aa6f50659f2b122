"""`faultdesk lint` as a designer's CI runs it: in a process of its own."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CORPUS = ROOT.parent / "shared" / "bpmn-corpus"
BUNDLED = ROOT / "app" / "bundled" / "fault-handling.bpmn"


def _lint(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "app.cli", "lint", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, cwd=ROOT)


def test_the_bundled_process_is_ready_and_exits_0() -> None:
    done = _lint(BUNDLED, "--format", "json")
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    found = json.loads(line)
    assert (found["file"], found["verdict"]) == (str(BUNDLED), "ready")


def test_a_file_with_errors_exits_1_and_names_element_line_and_both_languages(tmp_path: Path) -> None:
    """security-bar S-02 at the command line."""
    text = BUNDLED.read_text(encoding="utf-8").replace('service_restored = "no"', '__import__("os").popen("id").read()')
    broken = tmp_path / "broken.bpmn"
    broken.write_text(text, encoding="utf-8")
    done = _lint(broken, "--format", "json")
    assert done.returncode == 1
    errors = [each for each in json.loads(done.stdout)["findings"] if each["severity"] == "error"]
    assert [each["code"] for each in errors] == ["EXPRESSION_REFUSED"]
    assert errors[0]["element_id"] in text
    assert "__import__" in text.splitlines()[errors[0]["line"] - 1] or errors[0]["line"] > 0
    assert set(errors[0]["message"]) == {"zh-CN", "en"}
    assert all(errors[0]["message"].values())


def test_a_file_that_is_not_there_is_refused_and_the_others_are_linted_all_the_same(tmp_path: Path) -> None:
    absent = tmp_path / "absent.bpmn"
    done = _lint(absent, BUNDLED, "--format", "json")
    assert done.returncode == 1
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(each["file"], each["verdict"]) for each in reports] == [(str(absent), "refused"), (str(BUNDLED), "ready")]
    assert [each["code"] for each in reports[0]["findings"]] == ["FILE_UNREADABLE"]
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real files is not beside this checkout")
def test_every_file_of_the_corpus_ends_in_a_report() -> None:
    files = sorted(file for file in CORPUS.rglob("*") if file.suffix in {".bpmn", ".xml", ".bpmn2"})
    assert len(files) == 51
    begun = time.monotonic()
    done = _lint(*files, "--format", "json")
    assert "Traceback" not in done.stderr
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["file"] for each in reports] == [str(file) for file in files]
    assert {each["verdict"] for each in reports} <= {"ready", "needs_binding", "draft", "refused"}
    for each in reports:
        for finding in each["findings"]:
            assert finding["message"]["zh-CN"], finding
            assert finding["message"]["en"], finding
        if each["verdict"] in {"draft", "refused"}:
            assert each["findings"], each["file"]
    assert time.monotonic() - begun < 120
