"""Downloads from the real server: whole or in parts, and no faster than their readers take them."""

import os
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from tests.bench import cpu
from tests.scenario.serving import Service, served
from tests.scenario.test_fault_story import Story, enter_people

SIZE = 8 * 2**20
READERS = 20


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("downloads")
    with served(f"sqlite:///{folder / 'faultdesk.db'}", folder) as service:
        told = Story(service)
        enter_people(told)
        yield told
        for person in told.people.values():
            person.close()


def test_a_download_is_whole_or_the_part_that_was_asked_for(story: Story) -> None:
    content = os.urandom(300_000)
    path = f"uploads/{story.kefu.uploads('dump.bin', content)}/content"
    whole = story.kefu.gets(path)
    assert (whole.status_code, whole.content == content) == (200, True)
    assert (whole.headers["Content-Length"], "X-Sendfile" in whole.headers) == ("300000", False)
    address, headers = f"{story.service.url}/api/v1/{path}", {"Authorization": f"Bearer {story.kefu.token}"}
    for asked, said, expected in (
        ("bytes=5-9", "bytes 5-9/300000", content[5:10]),
        ("bytes=-3", "bytes 299997-299999/300000", content[-3:]),
        ("bytes=299990-", "bytes 299990-299999/300000", content[299_990:]),
    ):
        part = requests.get(address, headers={**headers, "Range": asked}, timeout=30)
        assert (part.status_code, part.headers["Content-Range"]) == (206, said)
        assert part.content == expected
    beyond = requests.get(address, headers={**headers, "Range": "bytes=300000-"}, timeout=30)
    assert (beyond.status_code, beyond.json()["code"]) == (416, "RANGE_NOT_SATISFIABLE")
    known = requests.get(address, headers={**headers, "If-None-Match": whole.headers["ETag"]}, timeout=30)
    assert (known.status_code, known.content) == (304, b"")
    head = requests.head(address, headers=headers, timeout=30)
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, "300000", b"")


def test_readers_who_read_nothing_do_not_fill_the_servers_memory(story: Story) -> None:
    upload = story.kefu.uploads("dump.bin", os.urandom(SIZE))
    before = _resident(story.service)
    request = (
        f"GET /api/v1/uploads/{upload}/content HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {story.kefu.token}\r\n\r\n"
    )
    readers = [_silent(urlsplit(story.service.url).port or 0) for _ in range(READERS)]
    for reader in readers:
        reader.sendall(request.encode())
    time.sleep(3)
    grown = _resident(story.service) - before
    for reader in readers:
        reader.close()
    assert grown < READERS * SIZE / 4


def _silent(port: int) -> socket.socket:
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", port))
    return reader


def _resident(service: Service) -> int:
    """Bytes that the server's processes have in memory."""
    return sum(process.resident for process in cpu.tree(service.pid))
