"""Receiving requests: a body is taken in whole, at its sender's pace, before it gets one of the few threads.

Under WSGI a thread waits for each byte of a body, so that as many silent connections as threads would stop the
service for everybody. Here the event loop waits, which costs nothing, and only so long: a body that is too slow is
answered 408 (RFC 9110, 15.5.9) without having cost a thread. Slow readers of an answer keep no thread either.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from io import BytesIO
from itertools import islice
from typing import IO, Any

from flask import Flask
from granian.rsgi import HTTPProtocol, ProtocolClosed, ProtocolError, Scope  # type: ignore[attr-defined]
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestTimeout

from app.passing import REPEATED, body_limit

Environ = dict[str, Any]

SLOWEST = 10_000
"""Bytes a second that a body must bring, once the first patience is over."""
_SMALL = 64 * 1024
"""Bytes of a body that is awaited as a whole, whatever its address looks at."""
_GRACE = 10.0
"""Seconds that requests under way are given when the server stops."""
_IN_MEMORY = 1024 * 1024
_PIECES = 32
_ALONE = {
    "HTTP_AUTHORIZATION": "Authorization",
    "HTTP_IDEMPOTENCY_KEY": "Idempotency-Key",
    "HTTP_IF_MATCH": "If-Match",
    "HTTP_ORIGIN": "Origin",
    "HTTP_X_CSRF_TOKEN": "X-CSRF-Token",
}
"""Headers of which two would let two readers of a request understand it differently."""
_FILE = "x-sendfile"
_OURS = frozenset({"connection", "keep-alive", "transfer-encoding", _FILE})
"""Headers of the application that are not for the client."""


class Front:
    """An RSGI application that answers by a WSGI one, in `threads` threads. `patience`: seconds for any body.

    `end` is called when the server shuts down.
    """

    def __init__(self, app: Flask, *, threads: int, patience: float, end: Callable[[], None] = lambda: None) -> None:
        self._app = app
        self._patience = patience
        self._end = end
        self._asked = 0
        """Requests that are being answered."""
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """See granian's RSGI 1.5."""
        self._asked += 1
        try:
            await self._answer(environ_of(scope), protocol)
        finally:
            self._asked -= 1

    async def _answer(self, environ: Environ, protocol: HTTPProtocol) -> None:
        length = environ.get("CONTENT_LENGTH", "")
        if length in ("", "0") and "HTTP_TRANSFER_ENCODING" not in environ:
            await self._respond(environ, protocol, close=False)
        elif length.isascii() and length.isdigit() and len(length) < 9 and int(length) <= _SMALL:
            await self._answer_whole(environ, protocol)
        else:
            await self._answer_pieces(environ, protocol)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """See granian's RSGI 1.5: the server takes no more requests, and its loop stands still."""
        loop.run_until_complete(self._finish())
        self._end()

    async def _finish(self) -> None:
        """Let those who wait have their answers, for a while."""
        until = time.monotonic() + _GRACE
        while self._asked and time.monotonic() < until:
            await asyncio.sleep(0.01)

    async def _answer_whole(self, environ: Environ, protocol: HTTPProtocol) -> None:
        failure: HTTPException | None = None
        try:
            async with asyncio.timeout(self._patience):
                environ["wsgi.input"] = BytesIO(await protocol())
        except TimeoutError:
            failure = RequestTimeout()
        except (ProtocolClosed, ProtocolError):
            failure = ClientDisconnected()
        if failure is not None:
            environ["wsgi.input"] = _Broken(failure)
        await self._respond(environ, protocol, close=failure is not None)

    async def _answer_pieces(self, environ: Environ, protocol: HTTPProtocol) -> None:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as body:
            failure = await self._receive(environ, body, protocol)
            body.seek(0)
            environ["wsgi.input"] = body if failure is None else _Broken(failure)
            await self._respond(environ, protocol, close=failure is not None)

    async def _receive(self, environ: Environ, body: IO[bytes], protocol: HTTPProtocol) -> HTTPException | None:
        """Take in all that the application may want to see; the refusal that reading it deserves if that fails."""
        most = self._most(environ)
        if int(environ.get("CONTENT_LENGTH") or 0) > most:
            # The application refuses it by its length alone.
            return None
        began, came, pieces = time.monotonic(), 0, aiter(protocol)
        while came <= most:
            left = began + self._patience + came / SLOWEST - time.monotonic()
            try:
                async with asyncio.timeout(left):
                    came += body.write(await anext(pieces))
            except StopAsyncIteration:
                break
            except TimeoutError:
                return RequestTimeout()
            except (ProtocolClosed, ProtocolError):
                return ClientDisconnected()
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

    async def _respond(self, environ: Environ, protocol: HTTPProtocol, *, close: bool) -> None:
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._pool, _Answer, self._app, environ)
        try:
            head = answer.code, _headers_out(answer.headers, close=close)
            if answer.file is not None and environ["REQUEST_METHOD"] != "HEAD":
                _send_file(protocol, head, answer.file)
                return
            if answer.ended:
                protocol.response_bytes(*head, answer.piece)
                return
            stream = protocol.response_stream(*head)
            while answer.piece:
                await stream.send_bytes(answer.piece)
                await loop.run_in_executor(self._pool, answer.go_on)
        except (ProtocolClosed, ProtocolError):
            return  # Nobody waits for the rest.
        finally:
            if not answer.ended:
                await loop.run_in_executor(self._pool, answer.close)


class _Answer:
    """What the application answers: its first piece is there when this is made. To be made and moved on in a thread."""

    def __init__(self, app: Flask, environ: Environ) -> None:
        self.code, self.headers = 0, list[tuple[str, str]]()
        self._whole = app(environ, self._start)
        self._pieces = iter(self._whole)
        self.go_on()
        self.ended = self._is_all or not self.piece
        """Whether the first piece is the whole body; it is closed then."""
        if self.ended:
            self.close()

    def go_on(self) -> None:
        """Get the next piece; empty at the end."""
        self.piece = _some(self._pieces)

    @property
    def file(self) -> str | None:
        """The file that is the body, where the application leaves it to the server (`USE_X_SENDFILE`)."""
        return next((value for name, value in self.headers if name.lower() == _FILE), None)

    @property
    def _is_all(self) -> bool:
        """Whether the piece is known to be the whole body."""
        return ("Content-Length", str(len(self.piece))) in self.headers

    def close(self) -> None:
        """See PEP 3333."""
        if hasattr(self._whole, "close"):
            self._whole.close()

    def _start(
        self, status: str, headers: list[tuple[str, str]], _exc_info: object = None
    ) -> Callable[[bytes], object]:
        self.code, self.headers = int(status.split(" ", 1)[0]), headers
        return _no_writing


def environ_of(scope: Scope) -> Environ:
    """The request as PEP 3333 has it, without its body."""
    host, _, port = scope.server.rpartition(":")
    address, _, from_port = scope.client.rpartition(":")
    environ: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        # The server has decoded it, and put this sign for what is not UTF-8; as a lone byte it is refused later.
        "PATH_INFO": scope.path.encode().replace(b"\xef\xbf\xbd", b"\xff").decode("latin-1"),
        "QUERY_STRING": _latin(scope.query_string),
        "SERVER_NAME": host or "127.0.0.1",
        "SERVER_PORT": port or "0",
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": address.strip("[]"),
        "REMOTE_PORT": from_port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    environ.update(_headers_in(scope.headers.items()))
    return environ


def _latin(text: str) -> str:
    """The text as PEP 3333 wants it: a character for each byte that was sent."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


def _headers_in(sent: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in sent:
        # A name with an underscore could pass for one with a hyphen that a proxy in front has set.
        if "_" in name:
            continue
        key, text = name.upper().replace("-", "_"), _latin(value)
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        if key not in found:
            found[key] = text
            continue
        joint = "; " if key == "HTTP_COOKIE" else ","
        found[key] = f"{found[key]}{joint}{text}"
        if key in _ALONE:
            found[REPEATED] = _ALONE[key]
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


def _send_file(protocol: HTTPProtocol, head: tuple[int, list[tuple[str, str]]], path: str) -> None:
    """The whole file, or with 206 the bytes that Content-Range names (RFC 9110, 14.4)."""
    ranges = (re.fullmatch(r"bytes (\d+)-(\d+)/\d+", value) for name, value in head[1] if name == "content-range")
    found = next(ranges, None)
    if head[0] == HTTPStatus.PARTIAL_CONTENT and found is not None:
        protocol.response_file_range(*head, path, int(found[1]), int(found[2]) + 1)
    else:
        protocol.response_file(*head, path)


def _headers_out(headers: list[tuple[str, str]], *, close: bool) -> list[tuple[str, str]]:
    kept = [(name.lower(), value) for name, value in headers]
    kept = [pair for pair in kept if pair[0] not in _OURS]
    return [*kept, ("connection", "close")] if close else kept


def _no_writing(_data: bytes) -> object:
    raise NotImplementedError(HTTPStatus.NOT_IMPLEMENTED.phrase)
