"""A real `faultdesk serve` in a process of its own, on a free port, over a database that was empty."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import requests

T = TypeVar("T")

FAULTDESK = Path(sys.executable).parent / "faultdesk"
PATIENCE_S = 60
"""How long something may take that is not done at once: a start, a mail."""

_SETUP = re.compile(r"Open (http\S+/setup\?code=\S+) within one hour")


@dataclass(frozen=True, kw_only=True)
class Service:
    """A running service and the environment in which its host's commands run."""

    url: str
    pid: int
    log: Path
    environment: dict[str, str]

    @property
    def setup_link(self) -> str:
        """The link that the first start on an empty database printed."""
        [link] = _SETUP.findall(self.log.read_text("utf-8"))
        return str(link)

    def host(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run `faultdesk COMMAND` on the service's host."""
        return subprocess.run(
            [FAULTDESK, *command], env=self.environment, capture_output=True, text=True, encoding="utf-8", check=False
        )


@contextmanager
def served(database_url: str, directory: Path, *, code: Path | None = None) -> Iterator[Service]:
    """A service over this database, ready to answer; stopped at the end. `code` names another checkout to run."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FAULTDESK_")} | {
        "FAULTDESK_DB": database_url,
        "FAULTDESK_DATA_DIR": str(directory / "data"),
        "FAULTDESK_BASE_URL": url,
        "FAULTDESK_LANGUAGE": "en",
        "FAULTDESK_PASSWORD_COST": "low",
        "LC_ALL": "C.UTF-8",
    }
    log = directory / "serve.log"
    with log.open("wb") as printed:
        process = subprocess.Popen(
            [*_command(code), "serve", "--port", str(port)],
            env=environment,
            cwd=code,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
    service = Service(url=url, pid=process.pid, log=log, environment=environment)
    try:
        await_(lambda: _ready(service, process), what="an answer of /health/ready")
        yield service
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)


def _command(code: Path | None) -> Sequence[str | Path]:
    # Python finds packages in the folder where it is started before those that are installed.
    return [FAULTDESK] if code is None else [sys.executable, "-m", "app.cli"]


def await_(found: Callable[[], T | None], *, what: str) -> T:
    """What is found at last; looked for again and again, with a bound."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        result = found()
        if result:
            return result
        time.sleep(0.1)
    raise AssertionError(f"no {what} within {PATIENCE_S} s")


def _ready(service: Service, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, service.log.read_text("utf-8")
    try:
        return requests.get(f"{service.url}/health/ready", timeout=PATIENCE_S).ok
    except requests.ConnectionError:
        return False
