"""X lines over HTTP: what a designer's file may bring, and what is stored when it may not."""

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from bpmn.findings import Severity
from bpmn.inspection import inspect
from bpmn.support import RUNS, all_features
from tests.app.api.client import Api
from tests.app.api.test_story import open_ticket
from tests.bpmn.child import measure
from tests.bpmn.drawing import END, PLAIN, START, bpmn, straight
from tests.bpmn.test_bundles import zipped
from tests.bpmn.test_hostile_files import laughs, nested, quadratic
from tests.security.drawn import addressed, component, form, found, one_task, opened, put_in_service, send, visit, work
from tests.support.acting import contents
from tests.support.mail_server import mail_server

MARKUP = "<img src=x onerror=alert(1)>"
DTD = '<!DOCTYPE d SYSTEM "http://127.0.0.1:59999/e.dtd"><definitions/>'
UTF_7 = bpmn(PLAIN).replace(b"UTF-8", b"UTF-7")
GBK = bpmn(PLAIN.replace('"T"', '"T" name="故障受理"')).decode().encode("gbk")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions>&x;</definitions>', 422, "DTD_FORBIDDEN"),
        (DTD.encode(), 422, "DTD_FORBIDDEN"),
        (laughs(), 422, "DTD_FORBIDDEN"),
        (quadratic(), 422, "DTD_FORBIDDEN"),
        (nested(257), 422, "TOO_DEEP"),
        (b"<a>" + b" " * (10 * 1024 * 1024 - 6) + b"</a>", 413, "FILE_TOO_LARGE"),
        (b"<a>" + b"<b/>" * 20_000 + b"</a>", 422, "TOO_LARGE"),
        (UTF_7, 422, "ENCODING"),
        (GBK, 422, "ENCODING"),
        (zipped({"good.bpmn": bpmn(PLAIN), "bad.bpmn": b"<definitions>"}), 422, "XML_MALFORMED"),
        (zipped({f"{n}.bpmn": b" " * (10 * 1024 * 1024) for n in range(6)}), 422, "TOO_LARGE"),
        (zipped({"a.bpmn": bpmn(PLAIN), "../../app.py": b"x"}), 422, "BUNDLE_ENTRY_REFUSED"),
    ],
    ids=[
        "X-01",
        "X-02",
        "X-03",
        "X-03 quadratic",
        "X-05",
        "X-06",
        "X-06 elements",
        "X-08",
        "X-08 GBK",
        "X-11",
        "X-12",
        "X-12 slip",
    ],
)
def test_x_01_x_02_x_03_x_05_x_06_x_08_x_11_x_12_a_hostile_file_stores_nothing(
    lite: Api, content: bytes, status: int, code: str
) -> None:
    lite.token_of("dave")
    before = contents(lite.database)
    for path in ("/versions", "/versions?as_draft=true", "/drafts"):
        refused = send(lite, content, path=path)
        problem = refused.get_json()
        assert (refused.status_code, problem["code"], refused.mimetype) == (status, code, "application/problem+json")
        assert [
            each for each in ("root:", "Traceback", ".py:", "/tmp/") if each in refused.get_data(as_text=True)
        ] == []
    assert contents(lite.database) == before


def test_x_11_the_report_names_the_bad_file(lite: Api) -> None:
    refused = send(lite, zipped({"good.bpmn": bpmn(PLAIN), "bad.bpmn": b"<definitions>"}))
    assert [each["file"] for each in refused.get_json()["findings"] if each["severity"] == "error"] == ["bad.bpmn"]


def _bomb() -> bytes:
    """A zip of a megabyte that says, and would, unpack to 1 GB, made without packing that much."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packer.compress(b" ")
    packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    data, size = block * 1024 + packer.flush(zlib.Z_FINISH), 2**30
    sizes = struct.pack("<4xIIIHH", 0, len(data), size, 6, 0)
    common = b"\x00\x00\x08\x00" + sizes
    local = b"PK\x03\x04\x14\x00" + common + b"a.bpmn"
    central = b"PK\x01\x02\x14\x00\x14\x00" + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a.bpmn"
    end = b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00" + struct.pack("<IIH", len(central), len(local) + len(data), 0)
    return local + data + central + end


def test_x_12_a_megabyte_that_unpacks_to_a_gigabyte_is_refused_unopened() -> None:
    bomb = _bomb()
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        [entry] = archive.infolist()
    assert (entry.file_size, entry.compress_size < 2**21) == (2**30, True)
    measured = measure(bomb)
    assert measured.codes == ("TOO_LARGE",)
    assert (measured.seconds < 0.1, measured.grown < 20 * 2**20) == (True, True)


@pytest.mark.parametrize("wrong", ["a'] | //*['1'='1", "../../x", "n" * 300])
def test_x_07_an_id_that_is_no_name_is_refused_with_its_element(lite: Api, wrong: str) -> None:
    assert "ID_INVALID" in {code for code, _ in found(send(lite, bpmn(PLAIN.replace('"T"', f'"{wrong}"'))))}
    twice = found(send(lite, bpmn(PLAIN.replace('id="E"', 'id="T"'))))
    assert "DUPLICATE_ID" in {code for code, _ in twice}
    nul = send(lite, bpmn(PLAIN).replace(b'"T"', b'"a\x00"'))
    assert (nul.status_code, nul.get_json()["code"]) == (422, "XML_MALFORMED")


def test_x_07_a_name_with_markup_is_text_in_lists_pages_audit_and_mail(lite: Api, tmp_path: Path) -> None:
    escaped = MARKUP.replace("<", "&lt;")
    process = f'id="small" name="{escaped}" isExecutable="true"'
    content = one_task(form(component("textfield", "note")), name=escaped, process=process)
    put_in_service(lite, content)
    addressed(lite, "carol")
    ticket = opened(lite, title="x", description="y")
    task = ticket["tasks"][0]["id"]
    assert lite.ok("GET", "/processes/small", by="dave")["names"]["zh"] == MARKUP
    for name, address in (("carol", "/inbox?view=claimable"), ("carol", f"/tasks/{task}")):
        page = visit(lite, name, address)
        assert page.status_code == 200
        assert (MARKUP in page.text, "&lt;img src=x onerror=alert(1)&gt;" in page.text) == (False, True)
    assert lite.get(f"/tickets/{ticket['id']}/timeline", by="carol").mimetype == "application/json"
    assert lite.get("/audit?subject=process:small", by="root").mimetype == "application/json"
    with mail_server() as server:
        work(lite, tmp_path, server.port)
        [mail] = server.mails
    page = mail.get_body(("html",))
    assert page is not None
    assert (MARKUP in page.get_content(), MARKUP in str(mail["Subject"])) == (False, True)
    assert "&lt;img src=x onerror=alert(1)&gt;" in page.get_content()


@pytest.mark.parametrize(
    "hostile",
    [
        {"type": "html", "id": "h", "content": MARKUP},
        {"type": "iframe", "id": "i", "url": "javascript:alert(1)"},
        {"type": "image", "id": "m", "source": "javascript:alert(1)"},
    ],
    ids=["html", "iframe", "image"],
)
def test_x_13_a_component_that_would_be_markup_is_not_shown(lite: Api, hostile: dict[str, str]) -> None:
    content = one_task(form(hostile, component("textfield", "note")))
    seen = inspect(content)
    told = {each.code: each.severity for each in seen.findings if "COMPONENT" in each.code}
    assert told
    if Severity.ERROR in told.values():
        assert found(send(lite, content))
        return
    put_in_service(lite, content)
    ticket = opened(lite, title="x", description="y")
    task = ticket["tasks"][0]["id"]
    lite.ok("POST", f"/tasks/{task}/claim", by="carol")
    page = visit(lite, "carol", f"/tasks/{task}").text
    assert [each for each in ("<iframe", MARKUP, 'href="javascript:', 'src="javascript:') if each in page] == []


def test_x_14_only_designers_import_and_only_admins_deploy_and_bind(lite: Api) -> None:
    content = one_task(form(component("textfield", "note")))
    statuses = [send(lite, content, by=by).status_code for by in ("alice", "bob", "carol", "eve")]
    anonymous = lite.call("POST", "/versions", data=content, headers={"Content-Type": "application/xml"})
    assert (statuses, anonymous.status_code) == ([403] * 4, 401)
    assert send(lite, content).status_code == 201
    for by in ("alice", "bob", "carol", "eve", "dave"):
        deployed = lite.post("/processes/small/deployments", {"version": 1}, by=by)
        bound = lite.post("/services/fault/bind", {"process": "small", "deployment": 1}, by=by)
        assert [deployed.status_code, bound.status_code] == [403, 403], by


@pytest.mark.parametrize(
    "body",
    [
        lambda: (
            f'{PLAIN}<subProcess id="M"><multiInstanceLoopCharacteristics><loopCardinality>100000'
            "</loopCardinality></multiInstanceLoopCharacteristics></subProcess>"
        ),
        lambda: (
            PLAIN
            + '<parallelGateway id="G"/>'
            + "".join(f'<sequenceFlow id="G{n}" sourceRef="G" targetRef="T"/>' for n in range(1_000))
        ),
        lambda: '<subProcess id="D">' * 200 + "</subProcess>" * 200,
    ],
    ids=["100000 instances", "fan-out", "200 deep"],
)
def test_x_09_a_file_over_the_limits_does_not_hold_up_a_worker(lite: Api, body: Callable[[], str]) -> None:
    lite.token_of("dave")
    began = time.process_time()
    refused = send(lite, bpmn(body()))
    assert time.process_time() - began < 1
    assert refused.status_code == 422


def test_x_04_an_include_is_only_text(lite: Api) -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    content = bpmn(f"<extensionElements>{include}</extensionElements>" + PLAIN.replace('"ops"', '"qc"'))
    made = send(lite, content)
    assert made.status_code == 201
    assert "EXTENSION_IGNORED" in {each["code"] for each in made.get_json()["findings"]}
    assert "root:" not in made.get_data(as_text=True)
    assert lite.get("/processes/P/versions/1/content", by="dave").data == content


def test_x_01_nothing_of_the_file_is_stored_beside_a_ticket(lite: Api) -> None:
    send(lite, b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions>&x;</definitions>')
    open_ticket(lite)
    assert "root:x:0" not in repr(contents(lite.database))


REFUSED = {
    "serviceTask": '<serviceTask id="T" camunda:class="org.example.Delegate"/>',
    "scriptTask": '<scriptTask id="T" scriptFormat="groovy"><script>x = 1</script></scriptTask>',
    "sendTask": '<sendTask id="T"/>',
    "receiveTask": '<receiveTask id="T"/>',
    "businessRuleTask": '<businessRuleTask id="T"/>',
    "callActivity": '<callActivity id="T" calledElement="other"/>',
    "complexGateway": '<complexGateway id="T"/>',
    "eventBasedGateway": '<eventBasedGateway id="T"/>',
    "transaction": '<transaction id="T"/>',
    "adHocSubProcess": '<adHocSubProcess id="T"/>',
    "intermediateCatchEvent (timer)": '<intermediateCatchEvent id="T"><timerEventDefinition><timeDuration>PT1H'
    "</timeDuration></timerEventDefinition></intermediateCatchEvent>",
    "multi-instance": '<userTask id="T" fd:role="qc"><multiInstanceLoopCharacteristics><loopCardinality>2'
    "</loopCardinality></multiInstanceLoopCharacteristics></userTask>",
    "standard loop": '<userTask id="T" fd:role="qc"><standardLoopCharacteristics/></userTask>',
}


def test_r_20_an_element_that_does_not_run_is_refused_at_import(lite: Api) -> None:
    """R-20: while script and service tasks do not run, an unbound script or delegate is refused with its element."""
    lite.token_of("dave")
    before = contents(lite.database)
    for feature in REFUSED.keys() - RUNS:
        assert feature in all_features()
        body = straight(START, REFUSED[feature], END, ids=("S", "T", "E"))
        refused = send(lite, bpmn(body, more='xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'))
        assert ("ELEMENT_UNSUPPORTED", "T") in found(refused), feature
    assert contents(lite.database) == before
