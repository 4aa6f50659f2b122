"""Small processes of a test's own, imported and put into service over HTTP."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from app.settings import Settings, Smtp
from app.worker.duties import duties
from app.worker.runner import Runner
from storage import tables
from storage.blobs import BlobDirectory
from storage.credentials import hash_of, new_secret
from tests.app.api.client import SECRET_KEY, Api
from tests.bpmn.drawing import bpmn, extended, straight
from tests.support.people import insert

XML = {"Content-Type": "application/xml"}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def send(api: Api, content: bytes, *, by: str = "dave", path: str = "/versions") -> TestResponse:
    """The answer to a designer's import."""
    media = "application/zip" if content.startswith(b"PK") else "application/xml"
    return api.call("POST", path, by=by, data=content, headers={"Content-Type": media})


def found(answer: TestResponse) -> set[tuple[str, str | None]]:
    """(code, element id) of every error among the findings of a refused import."""
    problem = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), problem
    return {(each["code"], each["element_id"]) for each in problem["findings"] if each["severity"] == "error"}


def form(*components: dict[str, Any]) -> str:
    """An `fd:form` with these components."""
    text = json.dumps({"type": "default", "components": components}, ensure_ascii=False)
    return f"<fd:form><![CDATA[{text}]]></fd:form>"


def component(kind: str, key: str, **members: Any) -> dict[str, Any]:
    """One form-js component."""
    return {"type": kind, "id": f"Field_{key}", "key": key, "label": key, **members}


def one_task(fields: str, *, name: str = "T", process: str = 'id="small" isExecutable="true"') -> bytes:
    """A process of one task for qc, with this form."""
    task = extended("userTask", "T", fields, f'name="{name}" fd:role="qc"')
    return bpmn(straight('<startEvent id="S"/>', task, '<endEvent id="E"/>', ids=("S", "T", "E")), process=process)


def put_in_service(api: Api, content: bytes, *, key: str = "small") -> None:
    """Import, enable, deploy and bind the process, to a service of the same key."""
    made = send(api, content)
    assert made.status_code == 201, made.get_json()
    etag = api.get(f"/processes/{key}", by="root").headers["ETag"]
    api.ok("POST", f"/processes/{key}/enable", {}, by="root", headers={"If-Match": etag})
    api.ok("POST", f"/processes/{key}/deployments", {"version": 1}, by="root")
    category = api.ok("POST", "/categories", {"names": {"zh": key}}, by="root")
    api.ok("POST", "/services", {"key": key, "names": {"zh": key}, "category_id": category["id"]}, by="root")
    etag = api.get(f"/services/{key}", by="root").headers["ETag"]
    body = {"process": key, "deployment": 1}
    api.ok("POST", f"/services/{key}/bind", body, by="root", headers={"If-Match": etag})


def opened(api: Api, service: str = "small", *, by: str = "alice", **answers: object) -> dict[str, Any]:
    """A new ticket of that service."""
    made: dict[str, Any] = api.ok("POST", "/tickets", {"service": service, "answers": answers}, by=by)
    return made


def visit(api: Api, name: str, address: str) -> TestResponse:
    """A page, as this person sees it in a browser."""
    secret, now = new_secret(), api.clock()
    moments = {"created_at": now, "seen_at": now, "expires_at": now + timedelta(hours=1)}
    insert(api.database, tables.session, hash=hash_of(secret), user_id=api.user_id(name), **moments)
    client = api.client()
    client.set_cookie("faultdesk", secret)
    return client.get(address, headers={"Accept": "text/html", "Accept-Language": "zh-CN"}, follow_redirects=True)


def addressed(api: Api, name: str, email: str | None = None) -> None:
    """Give this person an address, and a language to be told in."""
    with api.database.engine.begin() as connection:
        row = tables.user.update().where(tables.user.c.name == name)
        connection.execute(row.values(email=email or f"{name}@example.org", language="en"))


def work(api: Api, directory: Path, port: int | None = None) -> None:
    """Let the worker do what is due, with the mail server on that port when there is one."""
    smtp = None if port is None else Smtp(host="127.0.0.1", port=port, security="none", sender="desk@faultdesk.example")
    settings = Settings(database_url="", data_dir=directory, secret_key=SECRET_KEY, smtp=smtp, clock=api.clock)
    can = duties(api.database, BlobDirectory(directory / "blobs"), settings)
    Runner(api.database, can, now=api.clock).drain()
