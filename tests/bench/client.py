"""A frugal HTTP/1.1 client: it shares two cores with the server it measures, so it parses no more than it needs."""

import json
import socket
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer: its status and its body."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The body's value."""
        return json.loads(self.body)


class Connection:
    """One keep-alive connection to a server on this machine, acting for the holder of one token at a time."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._host = f"Host: 127.0.0.1:{port}\r\n"

    def send(self, method: str, path: str, body: bytes = b"", *, token: str = "", key: str = "") -> Reply:  # noqa: S107
        """Send a request and wait for its answer.

        Raises: ConnectionError when the server ended the connection.
        """
        lines = [f"{method} {path} HTTP/1.1\r\n", self._host]
        if token:
            lines.append(f"Authorization: Bearer {token}\r\n")
        if key:
            lines.append(f"Idempotency-Key: {key}\r\n")
        if body:
            lines.append(f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n")
        elif method != "GET":
            lines.append("Content-Length: 0\r\n")
        self._socket.sendall("".join(lines).encode("ascii") + b"\r\n" + body)
        return self._receive()

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def _receive(self) -> Reply:
        came = b""
        while b"\r\n\r\n" not in came:
            came += self._more()
        head, _, body = came.partition(b"\r\n\r\n")
        status, *headers = head.lower().split(b"\r\n")
        length = next((int(each[15:]) for each in headers if each.startswith(b"content-length:")), 0)
        while len(body) < length:
            body += self._more()
        return Reply(status=int(status.split(b" ", 2)[1]), body=body)

    def _more(self) -> bytes:
        piece = self._socket.recv(65536)
        if not piece:
            raise ConnectionError("the server ended the connection")
        return piece
