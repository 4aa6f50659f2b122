"""A PostgreSQL cluster of the tests' own: made, started and stopped by whoever enters `running_cluster`.

Each test process has its own cluster. Roles and settings belong to a cluster, not to a database, so
two processes sharing one could break each other's tests of grants or of a restart; and with one owner
nobody has to find out who is the last to leave. It costs about a second per process, only if asked for.
"""

import contextlib
import itertools
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.postgres_machine import (
    PostgresFailedError,
    RunAs,
    account,
    cluster_directory,
    find_binaries,
    free_port,
    give,
)

SUPERUSER = "faultdesk_test"
START_SECONDS = 60
STOP_SECONDS = 20
PORT_ATTEMPTS = 5

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "lc_messages": "C",
    # Enough for any test, and little enough for a cluster that lives in memory.
    "max_wal_size": "128MB",
}
# Losing a test's data in a power cut is no loss, so nothing waits for the disk.
FORGETFUL: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running cluster, reached over TCP on the loopback address with a random password."""

    port: int
    password: str
    directory: Path
    host: str = "127.0.0.1"
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL (driver psycopg) of a database of this cluster."""
        return f"postgresql+psycopg://{SUPERUSER}:{self.password}@{self.host}:{self.port}/{database}"

    def conninfo(self, database: str = "postgres") -> str:
        """Return the same as libpq wants it, for `psycopg.connect`."""
        return self.url(database).replace("+psycopg", "", 1)

    def create_database(self, *, name: str | None = None, template: str = "template0") -> str:
        """Make a database as a copy of `template` and return its URL.

        A template is copied file by file (20 ms in memory, up to 400 ms on a busy disk), so a schema is
        built once per process and copied for each test. Nobody may be connected to the template
        meanwhile: dispose of the engine that built it first.
        """
        chosen = name or f"test_{next(self._numbers)}"
        self._administer("CREATE DATABASE {} TEMPLATE {}", chosen, template)
        return self.url(chosen)

    def drop_database(self, url: str) -> None:
        """Drop the database behind `url` and end the connections still open to it."""
        self._administer("DROP DATABASE {} WITH (FORCE)", url.rpartition("/")[2])

    def _administer(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextlib.contextmanager
def running_cluster(*, durable: bool = False, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Make a cluster in a temporary directory, run it, stop it and remove it.

    `durable` leaves fsync and its kin at PostgreSQL's defaults and the files on a disk, for a test that
    pulls the plug.

    Raises:
        PostgresAbsentError: no initdb and postgres were found.
        PostgresFailedError: they were, and refused.
    """
    binaries, run_as = find_binaries(), account()
    password = secrets.token_hex(16)
    with cluster_directory(run_as, on_disk=durable) as directory:
        initialise(binaries, directory, password, run_as)
        with _serving(binaries, directory, password, run_as, durable, settings or SETTINGS) as cluster:
            yield cluster


def initialise(binaries: Path, directory: Path, password: str, run_as: RunAs) -> None:
    """Make a cluster's files in `directory / "data"`.

    Raises: PostgresFailedError.
    """
    secret = directory / "password"
    secret.write_text(password)
    give(secret, run_as)
    secret.chmod(0o600)
    finished = subprocess.run(
        [
            str(binaries / "initdb"),
            f"--pgdata={directory / 'data'}",
            f"--username={SUPERUSER}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=directory,
        **run_as,
    )
    secret.unlink()
    if finished.returncode != 0:
        raise PostgresFailedError(f"initdb ended with {finished.returncode}:\n{finished.stdout}{finished.stderr}")


@contextlib.contextmanager
def _serving(
    binaries: Path, directory: Path, password: str, run_as: RunAs, durable: bool, settings: Mapping[str, str]
) -> Iterator[Cluster]:
    for attempt in range(1, PORT_ATTEMPTS + 1):
        cluster = Cluster(port=free_port(), password=password, directory=directory)
        server = launch(binaries, cluster, run_as, durable, settings)
        try:
            if is_ready(server, cluster, last_attempt=attempt == PORT_ATTEMPTS):
                yield cluster
                return
        finally:
            _stop(server)


def launch(
    binaries: Path, cluster: Cluster, run_as: RunAs, durable: bool, settings: Mapping[str, str] = SETTINGS
) -> subprocess.Popen[bytes]:
    """Start the cluster's server; it may not answer yet."""
    given = {
        **settings,
        **({} if durable else FORGETFUL),
        "port": str(cluster.port),
        "unix_socket_directories": str(cluster.directory),
    }
    with (cluster.directory / "log").open("wb") as log:
        return subprocess.Popen(
            [
                *_dying_with_us(),
                str(binaries / "postgres"),
                f"-D{cluster.directory / 'data'}",
                *(f"--{name}={value}" for name, value in given.items()),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=cluster.directory,
            # A ^C in the terminal is for pytest, which then stops the server in order.
            start_new_session=True,
            **run_as,
        )


def _dying_with_us() -> list[str]:
    """Return the prefix that has Linux stop the server should pytest itself be killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT", "--"] if setpriv else []


def is_ready(server: subprocess.Popen[bytes], cluster: Cluster, *, last_attempt: bool) -> bool:
    """Wait until the server answers; False when another process took the port before it.

    Raises:
        PostgresFailedError: it ended for another reason, or does not answer.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            if "could not bind" in _log(cluster.directory) and not last_attempt:
                return False
            raise PostgresFailedError(f"postgres ended with {server.returncode}:\n{_log(cluster.directory)}")
        try:
            psycopg.connect(cluster.conninfo(), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    raise PostgresFailedError(f"postgres was not ready after {START_SECONDS} s:\n{_log(cluster.directory)}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stop the server: SIGINT ends its sessions in order, SIGQUIT does not ask them."""
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(request)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(STOP_SECONDS)


def _log(directory: Path) -> str:
    return (directory / "log").read_text(errors="replace")
