"""Bundles: a .zip with diagrams and forms (security bar, X-11 and X-12)."""

import io
import stat
import zipfile
import zlib
from pathlib import Path

import pytest

from bpmn.bundle import read_any, unpack
from bpmn.findings import Verdict
from bpmn.inspection import inspect
from tests.bpmn.child import measure
from tests.bpmn.drawing import END, PLAIN, START, bpmn, extended, straight

FORM = b'{"type": "default", "components": [{"type": "textfield", "key": "note", "id": "n", "label": "Note"}]}'
WITH_FORM = bpmn(
    straight(
        START, extended("userTask", "T", '<fd:form ref="handle.form"/>', 'fd:role="ops"'), END, ids=("S", "T", "E")
    )
)


def zipped(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def refusal(content: bytes) -> tuple[str, object]:
    seen = inspect(content, "bundle.zip")
    assert seen.verdict is Verdict.REFUSED
    (finding,) = seen.findings
    return finding.code, finding.params.get("reason") or finding.params.get("what")


@pytest.mark.parametrize("folder", ["", "process/"])
def test_a_form_file_beside_the_diagram_is_read(folder: str) -> None:
    seen = inspect(zipped({f"{folder}a.bpmn": WITH_FORM, f"{folder}handle.form": FORM}), "b.zip")
    assert seen.definition is not None
    form = seen.definition.form_of("T")
    assert form is not None
    assert [field.key for field in form.inputs()] == ["note"]
    assert seen.verdict is Verdict.READY


def test_a_form_that_is_not_in_the_bundle_is_an_error_naming_file_and_line() -> None:
    seen = inspect(zipped({"a.bpmn": WITH_FORM}), "b.zip")
    (finding,) = [each for each in seen.findings if each.code == "FORM_UNKNOWN"]
    assert (finding.element_id, finding.line, finding.params["form"]) == ("T", 5, "handle.form")


def test_other_files_are_reported_and_left_alone() -> None:
    seen = inspect(zipped({"a.bpmn": bpmn(PLAIN), "readme.txt": b"hello", "triage.dmn": b"<a/>"}), "b.zip")
    ignored = [each.params["entry"] for each in seen.findings if each.code == "BUNDLE_FILE_IGNORED"]
    assert ignored == ["readme.txt", "triage.dmn"]
    assert seen.verdict is Verdict.READY


def test_x11_one_bad_diagram_refuses_the_bundle_and_is_named() -> None:
    seen = inspect(zipped({"good.bpmn": bpmn(PLAIN), "bad.bpmn": b"<definitions>"}), "b.zip")
    assert seen.verdict is Verdict.REFUSED
    assert seen.definition is None
    assert [(each.code, each.file) for each in seen.findings if each.severity == "error"] == [
        ("XML_MALFORMED", "bad.bpmn")
    ]


def test_x11_one_diagram_with_an_error_makes_the_bundle_a_draft_and_is_named() -> None:
    second = bpmn(PLAIN.replace("userTask", "complexGateway"), process='id="Q" isExecutable="true"')
    seen = inspect(zipped({"a.bpmn": bpmn(PLAIN), "b.bpmn": second}), "b.zip")
    assert seen.verdict is Verdict.DRAFT
    assert [(each.code, each.file, each.element_id) for each in seen.findings if each.severity == "error"] == [
        ("ELEMENT_UNSUPPORTED", "b.bpmn", "T")
    ]


def test_several_diagrams_ask_which_process_is_the_main_one() -> None:
    second = bpmn(PLAIN, process='id="Q" isExecutable="true"')
    reading = read_any(zipped({"a.bpmn": bpmn(PLAIN), "b.bpmn": second}), "b.zip")
    assert [each.key for each in reading.definitions] == ["P", "Q"]
    assert reading.main is not None
    assert reading.main.key == "P"
    assert "SEVERAL_PROCESSES" in {each.code for each in reading.findings}


def test_a_process_key_used_in_two_files_is_an_error() -> None:
    seen = inspect(zipped({"a.bpmn": bpmn(PLAIN), "b.bpmn": bpmn(PLAIN)}), "b.zip")
    (finding,) = [each for each in seen.findings if each.code == "PROCESS_TWICE"]
    assert (finding.file, finding.params["first"]) == ("b.bpmn", "a.bpmn")
    assert seen.verdict is Verdict.DRAFT


def test_x12_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped({f"{n}.bpmn": b" " * (10 * 1024 * 1024) for n in range(6)})
    measured = measure(bomb)
    assert measured.codes == ("TOO_LARGE",)
    assert measured.seconds < 0.1
    assert measured.grown < 20 * 1024 * 1024


def test_x12_a_bomb_that_lies_about_its_size_is_cut_off() -> None:
    content = bytearray(zipped({"a.bpmn": b" " * (60 * 1024 * 1024)}))
    size = (60 * 1024 * 1024).to_bytes(4, "little")
    assert content.count(size) == 2
    measured = measure(bytes(content.replace(size, (1000).to_bytes(4, "little"))))
    assert measured.codes == ("BUNDLE_MALFORMED",)
    assert measured.grown < 20 * 1024 * 1024


@pytest.mark.parametrize(
    "name", ["../../app.py", "/etc/cron.d/x.bpmn", "a/../../b.bpmn", "..\\..\\a.bpmn", "C:evil.bpmn", "a\nb.bpmn"]
)
def test_x12_a_path_that_leaves_the_bundle_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal(zipped({"a.bpmn": bpmn(PLAIN), name: b"x"})) == ("BUNDLE_ENTRY_REFUSED", "path")
    assert list(tmp_path.iterdir()) == []


def test_x12_a_link_is_refused() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        entry = zipfile.ZipInfo("a.bpmn")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    assert refusal(held.getvalue()) == ("BUNDLE_ENTRY_REFUSED", "link")


@pytest.mark.parametrize(("count", "code"), [(101, "TOO_LARGE"), (10_001, "TOO_LARGE")])
def test_x12_too_many_entries_are_refused(count: int, code: str) -> None:
    assert refusal(zipped({f"{n}.bpmn": b"" for n in range(count)})) == (code, "entries")


def test_x12_a_count_that_lies_does_not_help() -> None:
    content = bytearray(zipped({f"{n}.bpmn": b"" for n in range(300)}))
    end = content.rindex(b"PK\x05\x06")
    content[end + 8 : end + 12] = b"\x01\x00\x01\x00"
    assert refusal(bytes(content)) == ("TOO_LARGE", "entries")


def test_an_archive_inside_the_archive_is_refused_by_name_and_by_content() -> None:
    inner = zipped({"b.bpmn": bpmn(PLAIN)})
    assert refusal(zipped({"a.bpmn": bpmn(PLAIN), "b.zip": inner})) == ("BUNDLE_ENTRY_REFUSED", "nested")
    assert refusal(zipped({"a.bpmn": inner})) == ("BUNDLE_ENTRY_REFUSED", "nested")


def test_an_encrypted_entry_is_refused() -> None:
    content = bytearray(zipped({"a.bpmn": bpmn(PLAIN)}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    assert refusal(bytes(content)) == ("BUNDLE_ENTRY_REFUSED", "encrypted")


def test_broken_and_empty_archives_are_refused() -> None:
    good = zipped({"a.bpmn": bpmn(PLAIN)})
    assert refusal(good[:-30]) == ("BUNDLE_MALFORMED", None)
    assert refusal(zipped({})) == ("BUNDLE_WITHOUT_PROCESS", None)
    spoilt = good.replace(zlib.crc32(bpmn(PLAIN)).to_bytes(4, "little"), b"\0\0\0\0")
    assert refusal(spoilt) == ("BUNDLE_MALFORMED", None)


def test_unpacking_tells_diagrams_from_forms() -> None:
    bundle = unpack(zipped({"a.bpmn20.xml": b"1", "b.form": b"2", "c.json": b"3", "d.png": b"4"}))
    assert (set(bundle.diagrams), set(bundle.forms), bundle.ignored) == (
        {"a.bpmn20.xml"},
        {"b.form", "c.json"},
        ("d.png",),
    )
