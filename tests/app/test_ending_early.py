"""A service that is told to end while it still starts."""

import os
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.scenario.serving import FAULTDESK, await_

WITHIN_S = 20


def test_an_order_to_end_is_heard_while_the_processes_start(sqlite_url: str, tmp_path: Path) -> None:
    """The server's processes are forked with its handlers, which swallowed it; the server then waited for ever."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = {**os.environ, "FAULTDESK_DB": sqlite_url, "FAULTDESK_DATA_DIR": str(tmp_path / "data")}
    log = tmp_path / "serve.log"
    with log.open("wb") as printed:
        process = subprocess.Popen(
            [FAULTDESK, "serve", "--port", str(port), "--workers", "4"],
            env=environment,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        await_(lambda: "Spawning worker-4" in log.read_text("utf-8") or process.poll(), what="the last process")
        process.send_signal(signal.SIGTERM)
        assert process.wait(WITHIN_S) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
