"""A PostgreSQL cluster of the tests' own: made, started and stopped by whoever enters `running_cluster`.

Each test process has its own cluster. Roles and settings belong to a cluster, not to a database, so
two processes sharing one could break each other's tests of grants or of a restart; and with one owner
nobody has to find out who is the last to leave. It costs about a second per process, only if asked for.
"""

import contextlib
import itertools
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

import psycopg
from psycopg import sql

SUPERUSER = "faultdesk_test"
PROGRAMS = ("initdb", "postgres")
START_SECONDS = 60
STOP_SECONDS = 20
PORT_ATTEMPTS = 5

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "lc_messages": "C",
}
# Losing a test's data in a power cut is no loss, and not waiting for the disk halves the suite's time.
FORGETFUL: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresAbsentError(Exception):
    """PostgreSQL's programs are not on this machine; the message says where they were looked for."""


class PostgresFailedError(Exception):
    """The cluster could not be made or started; the message holds what PostgreSQL printed."""


class _RunAs(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


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

        A template is copied file by file in some tens of milliseconds, so a schema is built once per
        process and copied for each test. Nobody may be connected to the template meanwhile: dispose of
        the engine that built it first.
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
def running_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Make a cluster in a temporary directory, run it, stop it and remove it.

    `durable` leaves fsync and its kin at PostgreSQL's defaults, for a test that pulls the plug.

    Raises:
        PostgresAbsentError: no initdb and postgres were found.
        PostgresFailedError: they were, and refused.
    """
    binaries = find_binaries()
    account = _account()
    directory = Path(tempfile.mkdtemp(prefix="faultdesk-pg-"))
    try:
        if account is not None:
            os.chown(directory, account.pw_uid, account.pw_gid)
        password = secrets.token_hex(16)
        _initialise(binaries, directory, password, account)
        with _serving(binaries, directory, password, account, durable) as cluster:
            yield cluster
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def find_binaries() -> Path:
    """Return the directory of initdb and postgres: the one on PATH, else Debian's newest.

    Raises:
        PostgresAbsentError: neither has both programs.
    """
    on_path = [Path(found).resolve().parent] if (found := shutil.which(PROGRAMS[0])) else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
    for candidate in (*on_path, *newest_first):
        if all((candidate / program).exists() for program in PROGRAMS):
            return candidate
    raise PostgresAbsentError(
        "PostgreSQL is not installed: no initdb on PATH or in /usr/lib/postgresql/*/bin"
    )


def _account() -> pwd.struct_passwd | None:
    """Return whom to run as: PostgreSQL refuses to run as root, so root needs another account."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return known[name]
    raise PostgresFailedError("PostgreSQL refuses to run as root, and there is no account postgres or nobody")


def _initialise(binaries: Path, directory: Path, password: str, account: pwd.struct_passwd | None) -> None:
    secret = directory / "password"
    secret.write_text(password)
    if account is not None:
        os.chown(secret, account.pw_uid, account.pw_gid)
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
        **_as(account),
    )
    secret.unlink()
    if finished.returncode != 0:
        raise PostgresFailedError(
            f"initdb ended with {finished.returncode}:\n{finished.stdout}{finished.stderr}"
        )


@contextlib.contextmanager
def _serving(
    binaries: Path, directory: Path, password: str, account: pwd.struct_passwd | None, durable: bool
) -> Iterator[Cluster]:
    """Run the server; another process may take the port between finding and binding it, so try again."""
    for attempt in range(1, PORT_ATTEMPTS + 1):
        cluster = Cluster(port=_free_port(), password=password, directory=directory)
        server = _launch(binaries, cluster, account, durable)
        try:
            _wait_until_ready(server, cluster)
        except PostgresFailedError:
            _stop(server)
            if attempt == PORT_ATTEMPTS or "could not bind" not in _log(directory):
                raise
            continue
        except BaseException:
            _stop(server)
            raise
        try:
            yield cluster
        finally:
            _stop(server)
        return


def _launch(
    binaries: Path, cluster: Cluster, account: pwd.struct_passwd | None, durable: bool
) -> subprocess.Popen[bytes]:
    settings = {
        **SETTINGS,
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
                *(f"--{name}={value}" for name, value in settings.items()),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=cluster.directory,
            # A ^C in the terminal is for pytest, which then stops the server in order.
            start_new_session=True,
            **_as(account),
        )


def _as(account: pwd.struct_passwd | None) -> _RunAs:
    """Return the arguments of `subprocess` that run a program as the account."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _dying_with_us() -> list[str]:
    """Return the prefix that has Linux stop the server should pytest itself be killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT", "--"] if setpriv else []


def _wait_until_ready(server: subprocess.Popen[bytes], cluster: Cluster) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise PostgresFailedError(f"postgres ended with {server.returncode}:\n{_log(cluster.directory)}")
        try:
            psycopg.connect(cluster.conninfo(), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise PostgresFailedError(f"postgres was not ready after {START_SECONDS} s:\n{_log(cluster.directory)}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stop the server: SIGINT ends its sessions in order, SIGQUIT does not ask them."""
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(request)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(STOP_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _log(directory: Path) -> str:
    return (directory / "log").read_text(errors="replace")
