"""One person's connection: a request is sent, and either an answer comes or the connection breaks."""

import http.client
import json
import time
from dataclasses import dataclass, field
from typing import Any

from tests.crash.moment import Moment

PATIENCE_S = 20.0
"""How long a client waits for an answer; a server that is respawned needs some seconds."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """A change, in the form in which it is sent again and again until it is answered."""

    path: str
    key: str
    """Its Idempotency-Key."""
    content: bytes = b""
    media_type: str = "application/json"

    @classmethod
    def of(cls, path: str, key: str, body: object = None) -> "Request":
        """A request with a JSON body, or without one."""
        return cls(path=path, key=key, content=b"" if body is None else json.dumps(body).encode())


def upload_of(key: str, name: str, content: bytes) -> Request:
    """The request that puts a file into one's own space."""
    head = f'--part\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    multipart = "multipart/form-data; boundary=part"
    return Request(path="uploads", key=key, content=head + content + b"\r\n--part--\r\n", media_type=multipart)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back."""

    status: int
    body: Any
    replayed: bool

    @property
    def is_final(self) -> bool:
        """Whether it is about the request. 409 `IN_PROGRESS`, 429 and 5xx only ask to try again."""
        again = self.status == 409 and self.body.get("code") == "IN_PROGRESS"
        return self.status < 500 and self.status != 429 and not again


@dataclass(frozen=True, kw_only=True)
class Try:
    """One sending. `sent` and `ended` are on the monotonic clock; `reply` is None when the connection broke."""

    sent: float
    ended: float
    reply: Reply | None

    def is_open_at(self, kill: Moment) -> bool:
        """Whether it was in flight: sent in full before, and answered after, or never (a client may see the connection
        break before the killer gets to look at the clock again)."""
        answered = self.reply is not None and self.reply.is_final
        return self.sent < kill.before and self.ended > (kill.after if answered else kill.before)


@dataclass(kw_only=True)
class Wire:
    """A connection that is made anew when it broke. It never sends anything again by itself."""

    port: int
    token: str
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def send(self, request: Request) -> Try | None:
        """What became of one sending; None when it did not get as far as having been sent."""
        try:
            connection = self._connection = self._connection or self._connect()
            connection.request("POST", f"/api/v1/{request.path}", request.content, self._headers(request))
        except (OSError, http.client.HTTPException):
            self.close()
            return None
        sent = time.monotonic()
        try:
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return Try(sent=sent, ended=time.monotonic(), reply=None)
        body = json.loads(content) if content else None
        replayed = answer.headers.get("Idempotency-Replayed") == "true"
        return Try(sent=sent, ended=time.monotonic(), reply=Reply(status=answer.status, body=body, replayed=replayed))

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)

    def _headers(self, request: Request) -> dict[str, str]:
        sent = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": request.key, "Accept-Language": "en"}
        return {**sent, "Content-Type": request.media_type} if request.content else sent
