"""Files that want to harm the reader (security bar, X-01 to X-09)."""

import socket

import pytest

from bpmn.findings import Finding, Verdict
from bpmn.inspection import Inspection, inspect
from tests.bpmn.child import measure
from tests.bpmn.drawing import END, PLAIN, START, TASK, bpmn, flow, straight

MEGABYTE = 1024 * 1024


def refused(content: bytes) -> Finding:
    seen = inspect(content, "hostile.bpmn")
    assert seen.verdict is Verdict.REFUSED
    assert not seen.readable
    assert seen.definition is None
    (finding,) = seen.findings
    return finding


def codes(seen: Inspection) -> set[str]:
    return {each.code for each in seen.findings}


def test_x01_an_external_entity_is_refused_and_its_file_not_shown() -> None:
    doctype = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    content = bpmn("<documentation>&x;</documentation>" + PLAIN)
    finding = refused(content.replace(b"<definitions", doctype + b"<definitions", 1))
    assert finding.code == "DTD_FORBIDDEN"
    assert "root:" not in repr(finding)


def test_x02_nothing_is_fetched_for_an_external_dtd_or_parameter_entity() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/e.dtd".encode()
        for doctype in (
            b'<!DOCTYPE d SYSTEM "' + url + b'">',
            b'<!DOCTYPE d [<!ENTITY % p SYSTEM "' + url + b'"> %p;]>',
        ):
            assert refused(doctype + b"<d/>").code == "DTD_FORBIDDEN"
        with pytest.raises(TimeoutError):
            listener.accept()


def laughs() -> bytes:
    entities = b"".join(b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9))
    return b'<!DOCTYPE d [<!ENTITY a0 "ha">' + entities + b"]><d>&a9;</d>"


def quadratic() -> bytes:
    return b'<!DOCTYPE d [<!ENTITY a "' + b"x" * 20_000 + b'">]><d>' + b"&a;" * 20_000 + b"</d>"


@pytest.mark.parametrize("content", [laughs(), quadratic()], ids=["billion laughs", "quadratic blow-up"])
def test_x03_entity_bombs_cost_neither_time_nor_memory(content: bytes) -> None:
    measured = measure(content)
    assert measured.codes == ("DTD_FORBIDDEN",)
    assert measured.seconds < 0.1
    assert measured.grown < 20 * MEGABYTE


def test_x04_xinclude_is_never_resolved_and_is_reported() -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    seen = inspect(bpmn(f"<extensionElements>{include}</extensionElements>" + PLAIN), "x.bpmn")
    (finding,) = [each for each in seen.findings if each.code == "EXTENSION_IGNORED"]
    assert finding.params == {"namespace": "http://www.w3.org/2001/XInclude", "count": 1}
    assert finding.severity == "info"
    assert "root:" not in repr(seen)


def nested(depth: int) -> bytes:
    return b"<a>" * depth + b"</a>" * depth


def test_x05_fifty_thousand_nested_elements_are_refused_at_once() -> None:
    content = bpmn("".join(f'<subProcess id="S{n}">' for n in range(50_000)) + "</subProcess>" * 50_000)
    measured = measure(content)
    assert measured.codes == ("TOO_DEEP",)
    assert measured.seconds < 0.2


@pytest.mark.parametrize(("depth", "code"), [(256, "NOT_BPMN"), (257, "TOO_DEEP")])
def test_x05_the_depth_limit_is_256(depth: int, code: str) -> None:
    assert refused(nested(depth)).code == code


@pytest.mark.parametrize(("size", "code"), [(10 * MEGABYTE, "NOT_BPMN"), (10 * MEGABYTE + 1, "TOO_LARGE")])
def test_x06_a_file_may_have_10_megabytes(size: int, code: str) -> None:
    finding = refused(b"<a>" + b" " * (size - 7) + b"</a>")
    assert finding.code == code


@pytest.mark.parametrize(("count", "code"), [(20_000, "NOT_BPMN"), (20_001, "TOO_LARGE")])
def test_x06_a_file_may_have_20000_elements(count: int, code: str) -> None:
    assert refused(b"<a>" + b"<b/>" * (count - 1) + b"</a>").code == code


@pytest.mark.parametrize("wrong", ["a'] | //*['1'='1", "../../x", "1a", "a b", "a:b", "n" * 300])
def test_x07_an_id_must_be_a_name(wrong: str) -> None:
    seen = inspect(bpmn(PLAIN.replace('"T"', f'"{wrong}"')), "x.bpmn")
    (finding,) = [each for each in seen.findings if each.code == "ID_INVALID"]
    assert finding.severity == "error"
    assert finding.line == 5
    assert seen.verdict is Verdict.DRAFT


def test_x07_nul_is_malformed_and_a_duplicate_id_an_error() -> None:
    assert refused(bpmn(PLAIN).replace(b'"T"', b'"a\x00"')).code == "XML_MALFORMED"
    assert refused(bpmn(PLAIN).replace(b'"T"', b'"a&#0;"')).code == "XML_MALFORMED"
    twice = inspect(bpmn(PLAIN.replace('id="E"', 'id="T"')), "x.bpmn")
    assert "DUPLICATE_ID" in codes(twice)
    assert twice.verdict is Verdict.DRAFT


def test_x07_a_name_with_markup_stays_text() -> None:
    name = "<img src=x onerror=alert(1)>"
    escaped = name.replace("<", "&lt;").replace(">", "&gt;")
    seen = inspect(bpmn(PLAIN.replace('id="T"', f'id="T" name="{escaped}"')), "x.bpmn")
    assert seen.definition is not None
    assert seen.definition.nodes_by_id["T"].name.default == name


CHINESE = "故障受理"


def file_in(encoding: str, name: str, declared: str | None = None) -> bytes:
    text = bpmn(PLAIN.replace('id="T"', f'id="T" name="{name}"')).decode()
    return text.replace("UTF-8", declared or encoding).replace("\n", "\r\n").encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("UTF-8", CHINESE),
        ("UTF-8-SIG", CHINESE),
        ("UTF-16", CHINESE),
        ("UTF-16LE", CHINESE),
        ("UTF-16BE", CHINESE),
        ("GBK", CHINESE),
        ("GB2312", CHINESE),
        ("GB18030", CHINESE + "𠮷"),
        ("WINDOWS-1252", "Störung – €"),
        ("ISO-8859-1", "Störung"),
        ("US-ASCII", "Fault"),
    ],
)
def test_x08_declared_encodings_are_read_without_mojibake(encoding: str, name: str) -> None:
    declared = "UTF-8" if encoding == "UTF-8-SIG" else encoding
    seen = inspect(file_in(encoding, name, declared), "x.bpmn")
    assert seen.definition is not None
    assert seen.definition.nodes_by_id["T"].name.default == name
    assert seen.definition.nodes_by_id["T"].line == 5


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("UTF-7", "UTF-7"),
        ("UTF-8", "KOI8-R"),
        ("UTF-8", "no-such-encoding"),
        ("UTF-32", "UTF-32"),
        ("GBK", "UTF-8"),
        ("UTF-8", "UTF-16"),
        ("UTF-16", "UTF-8"),
        ("UTF-8", "GBK"),
        ("UTF-8", "GB18030"),
        ("UTF-8", "ISO-8859-1"),
        ("UTF-8", "WINDOWS-1252"),
        ("UTF-8", "US-ASCII"),
    ],
)
def test_x08_bytes_that_do_not_fit_their_declaration_are_refused(encoding: str, declared: str) -> None:
    assert refused(file_in(encoding, CHINESE, declared)).code == "ENCODING"


def test_x09_more_than_1000_instances_are_refused() -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>100000</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    body = straight(START, TASK.replace("/>", f">{loop}</userTask>"), END, ids=("S", "T", "E"))
    assert "LOOP_TOO_LONG" in codes(inspect(bpmn(body), "x.bpmn"))


def test_x09_a_fan_out_of_1000_is_refused_within_a_second() -> None:
    flows = "".join(flow(f"G{n}", "G", "T") for n in range(1000))
    body = f'{START}<parallelGateway id="G"/>{TASK}{END}{flow("A", "S", "G")}{flows}{flow("B", "T", "E")}'
    measured = measure(bpmn(body))
    assert "FAN_OUT_TOO_WIDE" in measured.codes
    assert measured.verdict == "draft"
    assert measured.seconds < 1


def test_x09_two_hundred_nested_sub_processes_are_refused_within_a_second() -> None:
    body = PLAIN
    for n in range(200):
        inner = body if n == 0 else body + f'<startEvent id="S{n}"/>{flow(f"A{n}", f"S{n}", f"X{n - 1}")}'
        body = f'<subProcess id="X{n}">{inner}</subProcess>'
    measured = measure(bpmn(body + f'<startEvent id="Start"/>{flow("A", "Start", "X199")}'))
    assert "SUB_PROCESS_TOO_DEEP" in measured.codes
    assert measured.seconds < 1


def test_x09_a_timer_below_a_second_is_refused() -> None:
    timer = "<timerEventDefinition><timeCycle>R/PT0.001S</timeCycle></timerEventDefinition>"
    body = straight(START, f'<intermediateCatchEvent id="T">{timer}</intermediateCatchEvent>', END, ids=("S", "T", "E"))
    assert "TIMER_TOO_SHORT" in codes(inspect(bpmn(body), "x.bpmn"))
