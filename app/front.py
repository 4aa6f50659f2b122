"""Receiving requests: a body is taken in whole, at its sender's pace, before it gets one of the few threads.

Under WSGI a thread waits for each byte of a body, so that as many silent connections as threads would stop the
service for everybody. Here the event loop waits, which costs nothing, and only so long: a body that is too slow is
answered 408 (RFC 9110, 15.5.9) without having cost a thread. Slow readers of an answer keep no thread either.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from io import BytesIO
from itertools import islice
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from flask import Flask
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestTimeout

from app.passing import body_limit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Environ = dict[str, Any]

SLOWEST = 10_000
"""Bytes a second that a body must bring, once the first patience is over."""
_IN_MEMORY = 1024 * 1024
_PIECES = 32
_HOP_BY_HOP = frozenset({b"connection", b"keep-alive", b"transfer-encoding"})


class Front:
    """An ASGI application that answers by a WSGI one, in `threads` threads. `patience`: seconds for any body.

    `end` is called once, when the server shuts down.
    """

    def __init__(self, app: Flask, *, threads: int, patience: float, end: Callable[[], None] = lambda: None) -> None:
        self._app = app
        self._patience = patience
        self._end = end
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3.0."""
        if scope["type"] == "lifespan":
            await _live(receive, send, self._end)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        environ = environ_of(scope)
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as body:
            failure = await self._receive(environ, body, receive)
            body.seek(0)
            environ["wsgi.input"] = body if failure is None else _Broken(failure)
            await self._respond(environ, send, close=failure is not None)

    async def _receive(self, environ: Environ, body: IO[bytes], receive: Receive) -> HTTPException | None:
        """Take in all that the application may want to see; the refusal that reading it deserves if that fails."""
        most = self._most(environ)
        if int(environ.get("CONTENT_LENGTH") or 0) > most:
            # The application refuses it by its length alone.
            return None
        began, came = time.monotonic(), 0
        while came <= most:
            left = began + self._patience + came / SLOWEST - time.monotonic()
            try:
                message = await asyncio.wait_for(receive(), left)
            except TimeoutError:
                return RequestTimeout()
            if message["type"] == "http.disconnect":
                return ClientDisconnected()
            came += body.write(message.get("body", b""))
            if not message.get("more_body"):
                break
        # From here on the length is known, also where the client did not say it.
        environ["CONTENT_LENGTH"] = str(came)
        return None

    def _most(self, environ: Environ) -> int:
        """How many bytes of a body the view of this address looks at; none where there is no view."""
        try:
            endpoint, _ = self._app.url_map.bind_to_environ(environ).match()
        except HTTPException:
            return 0
        return body_limit(self._app.view_functions[endpoint])

    async def _respond(self, environ: Environ, send: Send, *, close: bool) -> None:
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._pool, _Answer, self._app, environ)
        try:
            await send(_head(answer.status, answer.headers, close=close))
            while answer.piece:
                last = answer.is_all
                await send({"type": "http.response.body", "body": answer.piece, "more_body": not last})
                if last:
                    return
                await loop.run_in_executor(self._pool, answer.go_on)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            answer.close()


class _Answer:
    """What the application answers: its first piece is there when this is made. To be made and moved on in a thread."""

    def __init__(self, app: Flask, environ: Environ) -> None:
        self.status, self.headers = "", list[tuple[str, str]]()
        self._whole = app(environ, self._start)
        self._pieces = iter(self._whole)
        self.go_on()

    def go_on(self) -> None:
        """Get the next piece; empty at the end."""
        self.piece = _some(self._pieces)

    @property
    def is_all(self) -> bool:
        """Whether the piece is known to be the whole body."""
        return ("Content-Length", str(len(self.piece))) in self.headers

    def close(self) -> None:
        """See PEP 3333."""
        if hasattr(self._whole, "close"):
            self._whole.close()

    def _start(
        self, status: str, headers: list[tuple[str, str]], _exc_info: object = None
    ) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return _no_writing


def environ_of(scope: Scope) -> Environ:
    """The request as PEP 3333 has it, without its body."""
    raw = scope.get("raw_path") or scope["path"].encode()
    host, port = scope.get("server") or ("127.0.0.1", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw.partition(b"?")[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(),
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.get("client"):
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = scope["client"][0], str(scope["client"][1])
    environ.update(_headers(scope["headers"]))
    return environ


def _headers(sent: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in sent:
        # A name with an underscore could pass for one with a hyphen that a proxy in front has set.
        if b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        text = value.decode("latin-1")
        found[key] = f"{found[key]}{joint}{text}" if key in found else text
    return found


class _Broken:
    """A body that did not come, or not in time: whoever reads it is told so."""

    def __init__(self, failure: HTTPException) -> None:
        self._failure = failure

    def read(self, _size: int = -1) -> bytes:
        """Raises: RequestTimeout (408), ClientDisconnected (400)."""
        raise self._failure


def _some(pieces: Iterator[bytes]) -> bytes:
    """The next pieces of an answer as one; empty at its end."""
    while found := list(islice(pieces, _PIECES)):
        if joined := b"".join(found):
            return joined
    return b""


def _head(status: str, headers: list[tuple[str, str]], *, close: bool) -> MutableMapping[str, Any]:
    sent = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    kept = [pair for pair in sent if pair[0] not in _HOP_BY_HOP]
    if close:
        kept.append((b"connection", b"close"))
    return {"type": "http.response.start", "status": int(status.split(" ", 1)[0]), "headers": kept}


def _no_writing(_data: bytes) -> object:
    raise NotImplementedError(HTTPStatus.NOT_IMPLEMENTED.phrase)


async def _live(receive: Receive, send: Send, end: Callable[[], None]) -> None:
    while True:
        message = await receive()
        ending = message["type"] == "lifespan.shutdown"
        if ending:
            await asyncio.get_running_loop().run_in_executor(None, end)
        await send({"type": f"{message['type']}.complete"})
        if ending:
            return
