"""W-17 and D-06 on the real server: bodies that are too slow, too large, or not what they say."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from app.settings import settings_from
from tests.architecture.repository import ROOT
from tests.soak.test_soak import family

PATIENCE = 2.0


PIDS: dict[int, int] = {}
"""The process of the server on a port."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server that waits two seconds for a body."""
    directory = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "FAULTDESK_DATA_DIR": str(directory),
        "FAULTDESK_BODY_SECONDS": str(PATIENCE),
        "PYTHONPATH": str(ROOT),
    }
    for name in ("FAULTDESK_DB", "FAULTDESK_BASE_URL"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port), "--workers", "1"]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=directory, env=environment, stdout=log, stderr=log)
        try:
            _wait(port, directory / "log")
            PIDS[port] = process.pid
            yield port
        finally:
            process.terminate()
            process.wait(20)


def _wait(port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if requests.get(f"http://127.0.0.1:{port}/health/ready", timeout=2).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    pytest.fail(log.read_text("utf-8", "replace")[-2_000:])


def _head(port: int, length: int, media_type: str = "application/json") -> bytes:
    return (
        f"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {media_type}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def test_w_17_one_byte_at_a_time_is_not_waited_for(server: int) -> None:
    with socket.create_connection(("127.0.0.1", server), timeout=15) as connection:
        connection.sendall(_head(server, 1_000))
        began = time.monotonic()
        answer = b""
        connection.settimeout(0.25)
        while not answer and time.monotonic() - began < 15:
            try:
                connection.sendall(b" ")
                answer = connection.recv(4_096)
            except TimeoutError:
                continue
        took = time.monotonic() - began
    assert b" 408 " in answer.partition(b"\r\n")[0]
    assert PATIENCE <= took < PATIENCE + 5


@pytest.mark.parametrize("sent", [b"", b"{"])
def test_w_17_more_unfinished_bodies_than_threads_keep_nobody_waiting(server: int, sent: bytes) -> None:
    slow = [socket.create_connection(("127.0.0.1", server), timeout=15) for _ in range(40)]
    for each in slow:
        each.sendall(_head(server, 1_000) + sent)
    began = time.monotonic()
    assert requests.get(f"http://127.0.0.1:{server}/health/live", timeout=5).status_code == 200
    assert time.monotonic() - began < 1
    for each in slow:
        assert b" 408 " in each.recv(4_096).partition(b"\r\n")[0]
        each.close()


def test_a_body_whose_chunks_are_malformed_is_400(server: int) -> None:
    head = f"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1:{server}\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", server), timeout=15) as connection:
        connection.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")
        assert b" 400 " in connection.recv(4_096).partition(b"\r\n")[0]


def test_a_name_with_underscores_is_no_header_of_a_proxy(server: int) -> None:
    request = f"GET /api/v1/me HTTP/1.1\r\nHost: 127.0.0.1:{server}\r\nIf_Match: x\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server), timeout=15) as connection:
        connection.sendall(request.encode())
        assert b" 401 " in connection.recv(4_096).partition(b"\r\n")[0]


def test_w_17_a_body_over_the_limit_is_413(server: int) -> None:
    answer = requests.post(
        f"http://127.0.0.1:{server}/api/v1/session",
        data=b'{"name": "' + b"x" * (2 * 1024 * 1024) + b'"}',
        headers={"Content-Type": "application/json"},
        timeout=10,
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


def _peak(port: int) -> int:
    """Bytes of memory that the server's processes had at most."""
    peaks = [re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text()) for pid in family(PIDS[port])]
    return sum(int(each[1]) * 1024 for each in peaks if each is not None)


PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'


@pytest.mark.parametrize(
    ("path", "media_type", "content", "statuses"),
    [
        ("/api/v1/session", "application/json", b'{"name": "' + b"x" * 10_000_000 + b'"}', {413}),
        ("/api/v1/session", "application/json", b"{" + b",".join(b'"%d":1' % n for n in range(99_999)) + b"}", {422}),
        ("/api/v1/session", "application/json", b"{" + b",".join(b'"%d":1' % n for n in range(80_000)) + b"}", {422}),
        ("/api/v1/session", "application/json", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, {422}),
        ("/login", "multipart/form-data; boundary=x", PART * 10_001 + b"--x--\r\n", {413}),
        ("/login", "application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(100_000)), {401, 413}),
    ],
    ids=["10 MB", "100 000 keys", "80 000 keys", "10 000 deep", "10 001 parts", "100 000 fields"],
)
def test_w_17_a_hostile_body_takes_little_memory(
    server: int, path: str, media_type: str, content: bytes, statuses: set[int]
) -> None:
    requests.get(f"http://127.0.0.1:{server}/login", timeout=10)
    before = _peak(server)
    for _ in range(2):
        answer = requests.post(
            f"http://127.0.0.1:{server}{path}", data=content, headers={"Content-Type": media_type}, timeout=30
        )
        assert answer.status_code in statuses
    assert _peak(server) - before < 50 * 2**20


def test_w_17_a_body_is_waited_for_half_a_minute_unless_told_otherwise() -> None:
    assert settings_from({"FAULTDESK_SECRET_KEY": "x" * 32}).body_seconds == 30


def test_an_ordinary_body_is_read_whole(server: int) -> None:
    body = {"name": "nobody", "password": "p" * 4_000}
    answer = requests.post(f"http://127.0.0.1:{server}/api/v1/session", json=body, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (401, "CREDENTIALS_WRONG")


def test_a_chunked_body_is_read_or_refused(server: int) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"name": "nobody",'
        yield b' "password": "pppppppppppp"}'

    answer = requests.post(
        f"http://127.0.0.1:{server}/api/v1/session",
        data=chunks(),
        headers={"Content-Type": "application/json"},
        timeout=10,
    )
    assert answer.status_code in (400, 401, 411)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_w_16_the_server_says_nothing_of_itself(server: int) -> None:
    answer = requests.get(f"http://127.0.0.1:{server}/nothing", timeout=5)
    assert answer.status_code == 404
    assert "Python" not in str(answer.headers)
    assert "Werkzeug" not in str(answer.headers)


def test_an_address_in_bare_bytes_is_read_as_the_characters_they_are(server: int) -> None:
    for bytes_ in ("q=故障".encode(), b"q=\xff\xfe", "q=é".encode("latin-1")):
        with socket.create_connection(("127.0.0.1", server), timeout=15) as connection:
            connection.sendall(
                b"GET /api/v1/tickets?" + bytes_ + b" HTTP/1.1\r\nHost: x\r\nX-Name: \xe6\x95\x85\r\n\r\n"
            )
            status = connection.recv(64).split(b" ")[1]
        assert status in (b"400", b"401"), bytes_
