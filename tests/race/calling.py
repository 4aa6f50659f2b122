"""People who call the API over HTTP, one connection per thread, and acts that begin at the same moment."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

MOST_AT_ONCE = 40
PATIENCE_S = 60
_IDLE_S = 5
"""A server may close a connection that was idle for longer, just as the next request leaves."""

_POOL = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="actor")
_LOCAL = threading.local()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back, and how many seconds it took."""

    status: int
    headers: Mapping[str, str]
    body: Any
    seconds: float

    @property
    def code(self) -> str:
        """The problem's stable code; empty for a success."""
        return str(self.body["code"]) if self.status >= 400 else ""

    @property
    def facts(self) -> Mapping[str, Any]:
        """The problem's params: who did what, and when."""
        found: Mapping[str, Any] = self.body["params"]
        return found

    def __str__(self) -> str:
        return f"{self.status} {self.code}"


class Caller:
    """One person. Each call takes the next of their tokens, because a limit on how often belongs to a token."""

    def __init__(self, url: str, name: str, secrets: Sequence[str]) -> None:
        self.name = name
        self._host = urlsplit(url).netloc
        self._held = secrets
        self._secrets: Iterator[str] = itertools.cycle(secrets)
        self._lock = threading.Lock()

    def at(self, url: str) -> "Caller":
        """The same person at another address."""
        return Caller(url, self.name, self._held)

    def send(self, method: str, path: str, body: object = None, *, key: str | None = None, **headers: str) -> Reply:
        """The answer, whatever it is. A body becomes JSON, bytes are sent as XML; `key` is the Idempotency-Key."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        with self._lock:
            sent["Authorization"] = f"Bearer {next(self._secrets)}"
        sent["Content-Type"] = "application/xml" if isinstance(body, bytes) else "application/json"
        if key is not None:
            sent["Idempotency-Key"] = key
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        return _exchange(self._host, method, f"/api/v1/{path}", content, sent)

    def gets(self, path: str) -> Any:
        """The JSON at this address."""
        return _good(self.name, path, self.send("GET", path))

    def posts(self, path: str, body: object = None, **more: str) -> Any:
        """The JSON of a change that must succeed."""
        return _good(self.name, path, self.send("POST", path, {} if body is None else body, **more))

    def changes(self, thing: str, body: object, *, by: str = "", method: str = "POST") -> Any:
        """Change a thing as it was just read: its ETag goes back as If-Match."""
        etag = self.send("GET", thing).headers["etag"]
        return _good(self.name, thing, self.send(method, f"{thing}{by}", body, If_Match=etag))


def at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """What each act gave when all of them began together, each in a thread of its own."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        barrier.wait(PATIENCE_S)
        return act()

    return list(_POOL.map(run, acts))


def _good(name: str, path: str, reply: Reply) -> Any:
    assert reply.status < 300, (name, path, reply.status, reply.body)
    return reply.body


def _exchange(host: str, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Reply:
    connection = _connection(host)
    began = time.perf_counter()
    try:
        connection.request(method, path, content, headers)
        answer = connection.getresponse()
        body = answer.read()
    except BaseException:
        connection.close()
        _LOCAL.open.pop(host)
        raise
    found = {name.lower(): value for name, value in answer.getheaders()}
    shown = json.loads(body) if "json" in found.get("content-type", "") else body.decode("utf-8", "replace")
    return Reply(status=answer.status, headers=found, body=shown, seconds=time.perf_counter() - began)


def _connection(host: str) -> HTTPConnection:
    kept: dict[str, tuple[HTTPConnection, float]] = _LOCAL.__dict__.setdefault("open", {})
    connection, used = kept.get(host, (None, 0.0))
    if connection is None or time.monotonic() - used > _IDLE_S:
        if connection is not None:
            connection.close()
        connection = HTTPConnection(host, timeout=PATIENCE_S)
        connection.connect()
    kept[host] = (connection, time.monotonic())
    return connection
