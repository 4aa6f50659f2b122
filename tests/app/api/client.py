"""The API as its users see it: requests with a token or a cookie, and answers checked against the OpenAPI document."""

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.bundled import bundled
from app.factory import create_app
from app.settings import Settings
from storage import tables
from storage.credentials import hash_of, new_secret
from storage.database import Database
from tests.app.api.conformance import Document
from tests.support.acting import staff
from tests.support.clock import Clock
from tests.support.desk import ASSESSMENT, HANDLING, REVIEW
from tests.support.desk import REPORT as FAULT
from tests.support.people import add_business, add_user, insert

SECRET_KEY = b"a key of thirty-two bytes, for tests"

_DOCUMENT: list[Document] = []


@dataclass(kw_only=True)
class Api:
    """One application over one database, and a token for each of its people."""

    app: Flask
    database: Database
    clock: Clock
    tokens: dict[str, str] = field(default_factory=dict)
    document: Document | None = None

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: str | None = None,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> TestResponse:
        """Send a request, as somebody when named; a body becomes JSON. The answer is held against the document."""
        sent = dict(headers or {})
        if by is not None:
            sent.setdefault("Authorization", f"Bearer {self.token_of(by)}")
        if body is not None:
            options["data"], sent["Content-Type"] = json.dumps(body), "application/json"
        response = self.client().open(address(path), method=method, headers=sent, **options)
        self.judge(method, path, response)
        return response

    def get(self, path: str, *, by: str | None = None, **options: Any) -> TestResponse:
        """Read."""
        return self.call("GET", path, by=by, **options)

    def post(self, path: str, body: Any = None, *, by: str | None = None, **options: Any) -> TestResponse:
        """Change."""
        return self.call("POST", path, body, by=by, **options)

    def ok(self, method: str, path: str, body: Any = None, *, by: str | None = None, **options: Any) -> Any:
        """The JSON of a request that must succeed."""
        response = self.call(method, path, body, by=by, **options)
        assert response.status_code < 300, (method, path, response.status_code, response.get_data(as_text=True))
        return response.get_json() if response.data else None

    def client(self) -> FlaskClient:
        """A browser without cookies."""
        return self.app.test_client()

    def token_of(self, name: str) -> str:
        """A token of this person with every scope."""
        if name not in self.tokens:
            self.tokens[name] = self.issue(name)
        return self.tokens[name]

    def issue(self, name: str, scopes: str = "read write admin", **more: Any) -> str:
        """A new token's secret."""
        from datetime import timedelta

        from engine.ids import new_id

        secret = new_secret()
        row = {
            "id": new_id(),
            "hash": hash_of(secret),
            "user_id": self.user_id(name),
            "name": "test",
            "scopes": scopes,
            "created_at": self.clock(),
            "expires_at": self.clock() + timedelta(days=30),
        }
        insert(self.database, tables.token, **{**row, **more})
        return secret

    def user_id(self, name: str) -> Any:
        """The id of the user with this name."""
        import sqlalchemy as sa

        with self.database.engine.connect() as connection:
            return connection.scalar(sa.select(tables.user.c.id).where(tables.user.c.name == name))

    def upload(self, by: str, content: bytes, name: str, **options: Any) -> TestResponse:
        """Put a file into somebody's own space."""
        options["data"] = {"file": (io.BytesIO(content), name)}
        return self.call("POST", "/uploads", by=by, content_type="multipart/form-data", **options)

    def judge(self, method: str, path: str, response: TestResponse) -> None:
        """Hold an answer against the document."""
        if self.document is None:
            # The same in every application of one test run, and slow to take in.
            if not _DOCUMENT:
                _DOCUMENT.append(Document(self.client().get("/api/openapi.json").get_json()))
            self.document = _DOCUMENT[0]
        self.document.check(method, address(path), response)


def address(path: str) -> str:
    """The path itself, or a path under /api/v1."""
    return path if path.startswith(("/api", "/health", "/metrics")) else f"/api/v1{path}"


def make_api(database: Database, directory: Path, **settings: Any) -> Api:
    """An application over a database that has its schema."""
    clock = settings.pop("clock", None) or Clock()
    chosen = {"database_url": str(database.url), "data_dir": directory, "secret_key": SECRET_KEY, "language": "en"}
    app = create_app(Settings(**{**chosen, **settings}, clock=clock), database=database)
    return Api(app=app, database=database, clock=clock)


def open_desk(api: Api) -> None:
    """The people of the bar and one more of each, and the fault process, deployed and bound to the service `fault`."""
    staff(api.database)
    add_business(api.database, "shop")
    add_user(api.database, "bob2", grants=[("ops", "web")])
    add_user(api.database, "sue", grants=[("ops", "shop")])
    add_user(api.database, "carol2", grants=[("qc", "")])
    file = {"data": bundled("fault-handling"), "headers": {"Content-Type": "application/xml"}}
    api.ok("POST", "/versions", by="dave", **file)
    etag = api.get("/processes/fault-handling", by="dave").headers["ETag"]
    api.ok("PATCH", "/processes/fault-handling", {"needs_business": True}, by="dave", headers={"If-Match": etag})
    etag = api.get("/processes/fault-handling", by="root").headers["ETag"]
    api.ok("POST", "/processes/fault-handling/enable", {}, by="root", headers={"If-Match": etag})
    deploy(api, version=1)
    category = api.ok("POST", "/categories", {"names": {"zh": "故障", "en": "Faults"}}, by="root")
    service = {"key": "fault", "names": {"zh": "故障受理", "en": "Fault handling"}, "category_id": category["id"]}
    api.ok("POST", "/services", service, by="root")
    bind(api, deployment=1)


def deploy(api: Api, *, version: int) -> Any:
    """Put a version of the fault process into service."""
    return api.ok("POST", "/processes/fault-handling/deployments", {"version": version}, by="root")


def bind(api: Api, *, deployment: int) -> Any:
    """Let new tickets run through this deployment."""
    etag = api.get("/services/fault", by="root").headers["ETag"]
    body = {"process": "fault-handling", "deployment": deployment}
    return api.ok("POST", "/services/fault/bind", body, by="root", headers={"If-Match": etag})


REPORT = {**FAULT, "business": "web"}

__all__ = ["ASSESSMENT", "HANDLING", "REPORT", "REVIEW", "Api", "bind", "deploy", "make_api", "open_desk"]
