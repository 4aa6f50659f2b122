"""The server under test: `faultdesk serve` in a process group of its own, killed without warning and started again."""

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.moment import Moment, strike
from tests.scenario.serving import FAULTDESK, PATIENCE_S

POLL_S = 0.02
ROOT = Path(__file__).parents[2]


@dataclass(kw_only=True)
class Server:
    """A server over one database, on one port for all of its lives."""

    environment: dict[str, str]
    directory: Path
    port: int
    command: list[str] = field(default_factory=list)
    """What is run; the product's own command unless a test has another."""
    _process: subprocess.Popen[bytes] | None = None

    @classmethod
    def over(cls, url: str, directory: Path, *, command: list[str] | None = None, **more: str) -> "Server":
        """A server that is not yet started; its files lie in the directory."""
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FAULTDESK_")} | {
            "FAULTDESK_DB": url,
            "FAULTDESK_DATA_DIR": str(directory / "data"),
            "FAULTDESK_BASE_URL": f"http://127.0.0.1:{port}",
            "FAULTDESK_LANGUAGE": "en",
            "FAULTDESK_PASSWORD_COST": "low",
            "LC_ALL": "C.UTF-8",
            **more,
        }
        chosen = [*(command or [str(FAULTDESK), "serve"]), "--port", str(port)]
        return cls(environment=environment, directory=directory, port=port, command=chosen)

    @property
    def attachments(self) -> Path:
        """Where the bytes of attachments lie."""
        return self.directory / "data" / "attachments"

    def start(self) -> None:
        """Start it and wait for its first answer; the port is free once the last of the killed processes is gone."""
        self._await(lambda: _is_free(self.port), "its port is still taken")
        with (self.directory / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command, env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        self.await_ready()

    def await_ready(self) -> None:
        """Wait until it answers, and with a database behind it."""
        self._await(lambda: _answers(self.port), "it does not answer")

    def kill(self) -> Moment:
        """Kill the master and all of its workers, at once and without warning."""
        assert self._process is not None
        moment = strike(self._process.pid, os.killpg)
        self._process.wait(PATIENCE_S)
        return moment

    def kill_worker(self, chance: random.Random) -> Moment:
        """Kill one worker; the master starts another."""
        return strike(chance.choice(self._workers()))

    def stop(self) -> None:
        """End it; an orderly end would prove nothing more."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def host(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run `faultdesk COMMAND` on the server's host."""
        return subprocess.run(
            [FAULTDESK, *command], env=self.environment, capture_output=True, text=True, encoding="utf-8", check=False
        )

    def _workers(self) -> list[int]:
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        return [int(each) for each in children.split()]

    def _await(self, found: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not found():
            dead = self._process is not None and self._process.poll() not in (None, -signal.SIGKILL)
            assert not dead, f"it ended:\n{self._log()}"
            assert time.monotonic() < deadline, f"{what}:\n{self._log()}"
            time.sleep(POLL_S)

    def _log(self) -> str:
        return (self.directory / "serve.log").read_text("utf-8", "replace")[-4000:]


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server, started; killed at the end."""
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
