"""A service has its port to itself: the server would share it with another, and requests would go to either."""

import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest

from app.cli.serving import require_free

ADVICE = "Give another port with --port, or end what serves there."


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_another_service_has_is_refused_before_anything_is_made(command: str, tmp_path: Path) -> None:
    with socket.socket() as other:
        # As the server itself listens.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        ended = subprocess.run(
            [sys.executable, "-m", "app.cli", command, "--port", port],
            env={"FAULTDESK_DATA_DIR": str(tmp_path / "data"), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr == f"Error: Cannot serve at 127.0.0.1, port {port}: Address already in use. {ADVICE}\n"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_port_that_was_just_left_is_free(host: str) -> None:
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        # The side that closes first is the one that stays in TIME_WAIT.
        with socket.create_connection(("127.0.0.1", port)):
            listening.accept()[0].close()
    require_free(host, port)


ADVICE = "Give another port with --port, or end what serves there."


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(click.ClickException, match=r"192\.0\.2\.1"):
        require_free("192.0.2.1", 8080)
