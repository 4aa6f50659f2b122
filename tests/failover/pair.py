"""Two PostgreSQL servers, one replicating synchronously to the other; either can be killed, promoted and rejoined."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.support.postgres import SETTINGS, SUPERUSER
from tests.support.postgres_machine import (
    PostgresFailedError,
    RunAs,
    account,
    cluster_directory,
    find_binaries,
    free_port,
    give,
)

# What the operating system has taken outlives a killed process, so nothing is to wait for the disk. Commits do wait
# for the standby, as in production.
REPLICATING = {**SETTINGS, "fsync": "off", "synchronous_commit": "on", "wal_level": "replica", "hot_standby": "on"}
REPLICATING |= {"wal_receiver_status_interval": "1s", "wal_retrieve_retry_interval": "100ms"}
_PATIENCE_S = 30


@dataclass(kw_only=True)
class Server:
    """One server with a directory of its own under the pair's."""

    name: str
    room: Path
    password: str
    run_as: RunAs
    binaries: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """Its data directory."""
        return self.room / self.name

    def conninfo(self, database: str = "postgres") -> str:
        """Where it is, for libpq."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def ask(self, statement: str | sql.Composable) -> Any:
        """The first value that a statement gives, or None."""
        with psycopg.connect(self.conninfo(), autocommit=True, connect_timeout=3) as connection:
            cursor = connection.execute(statement)  # type: ignore[arg-type]
            row = cursor.fetchone() if cursor.description else None
        return None if row is None else row[0]

    def initialise(self) -> None:
        """Make it anew, with nothing in it."""
        secret = self.room / "password"
        secret.write_text(self.password)
        give(secret, self.run_as)
        secret.chmod(0o600)
        names = (f"--username={SUPERUSER}", f"--pwfile={secret}", "--auth=scram-sha-256")
        self.run("initdb", f"--pgdata={self.data}", *names, "--encoding=UTF8", "--locale=C", "--no-sync")

    def copy_of(self, other: "Server") -> None:
        """Make it anew as a standby of the other, which runs."""
        shutil.rmtree(self.data, ignore_errors=True)
        where = f"{other.conninfo()}?application_name={self.name}"
        options = ("--checkpoint=fast", "--write-recovery-conf", "--wal-method=stream", "--no-sync")
        self.run("pg_basebackup", f"--pgdata={self.data}", f"--dbname={where}", *options)

    def start(self) -> None:
        """Run it until it answers."""
        settings = {**REPLICATING, "port": str(self.port), "unix_socket_directories": str(self.room)}
        with (self.room / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self.binaries / "postgres",
                    f"-D{self.data}",
                    *(f"--{key}={value}" for key, value in settings.items()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.room,
                start_new_session=True,
                **self.run_as,
            )
        await_(self._answers, f"{self.name} to answer")

    def _answers(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise PostgresFailedError((self.room / f"{self.name}.log").read_text(errors="replace")[-4_000:])
        with suppress(psycopg.OperationalError):
            return bool(self.ask("SELECT 1"))
        return False

    def promote(self) -> None:
        """Have it take writes from now on."""
        self.run("pg_ctl", "promote", f"--pgdata={self.data}", "--wait")

    def kill(self) -> None:
        """SIGKILL to the postmaster and to every process of it, as when the machine loses its power."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in (self.process.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(_PATIENCE_S)
        self.process = None

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs to its end."""
        finished = subprocess.run(
            [self.binaries / program, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.room,
            **self.run_as,
        )
        if finished.returncode != 0:
            raise PostgresFailedError(
                f"{program} ended with {finished.returncode}:\n{finished.stdout}{finished.stderr}"
            )


@dataclass(kw_only=True)
class Pair:
    """The primary of the moment and its standby."""

    primary: Server
    standby: Server

    def url(self, database: str) -> str:
        """The address with both servers, in the order in which the pair was made."""
        first, second = sorted((self.primary, self.standby), key=lambda each: each.name)
        hosts = f"127.0.0.1:{first.port},127.0.0.1:{second.port}"
        return f"postgresql://{SUPERUSER}:{first.password}@{hosts}/{database}"

    def join(self) -> None:
        """Copy the primary into the standby; from the end of this on, no commit is answered before both have it."""
        self.standby.copy_of(self.primary)
        self.standby.start()
        self.primary.ask(
            sql.SQL("ALTER SYSTEM SET synchronous_standby_names = {}").format(sql.Literal(self.standby.name))
        )
        self.primary.ask("SELECT pg_reload_conf()")
        state = "SELECT sync_state FROM pg_stat_replication"
        await_(lambda: self.primary.ask(state) == "sync", "the standby to be in sync")

    def starve(self) -> int:
        """Keep from the standby what the primary writes from now on; the process that receives it no more."""
        receiver = int(self.standby.ask("SELECT pid FROM pg_stat_wal_receiver"))
        os.kill(receiver, signal.SIGSTOP)
        return receiver

    def fail_over(self) -> None:
        """Promote the standby of a primary that was killed."""
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary


def end_receiver(pid: int) -> None:
    """Let a starved receiver end without reading what lies in its socket."""
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGCONT)


def await_(found: Callable[[], bool], what: str, *, seconds: float = _PATIENCE_S) -> None:
    """Return when it is so.

    Raises: PostgresFailedError when it is not within this time.
    """
    until = time.monotonic() + seconds
    while not found():
        if time.monotonic() > until:
            raise PostgresFailedError(f"waited in vain for {what}")
        time.sleep(0.05)


@contextmanager
def running_pair() -> Iterator[Pair]:
    """A primary and its synchronous standby, removed at the end.

    Raises: PostgresAbsentError, PostgresFailedError.
    """
    binaries, run_as = find_binaries(), account()
    with cluster_directory(run_as, on_disk=False) as room:
        made = {"room": room, "password": secrets.token_hex(16), "run_as": run_as, "binaries": binaries}
        one, two = (Server(name=name, **made) for name in ("one", "two"))  # type: ignore[arg-type]
        one.initialise()
        try:
            one.start()
            pair = Pair(primary=one, standby=two)
            pair.join()
            yield pair
        finally:
            for server in (one, two):
                if server.process is not None:
                    server.kill()
