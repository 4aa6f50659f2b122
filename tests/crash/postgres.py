"""The PostgreSQL under test: durable, killed without warning and started again on the same files."""

import contextlib
import random
import secrets
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.crash.moment import Moment, strike
from tests.support.postgres import (
    START_SECONDS,
    Cluster,
    initialise,
    is_ready,
    launch,
)
from tests.support.postgres_machine import (
    PostgresFailedError,
    RunAs,
    account,
    cluster_directory,
    find_binaries,
    free_port,
)

_ACTIVE_FIRST = """
SELECT pid FROM pg_stat_activity
WHERE backend_type = 'client backend' AND datname = %s AND pid <> pg_backend_pid()
ORDER BY xact_start IS NULL, pid
"""


@dataclass(kw_only=True)
class Killable:
    """A cluster with its postmaster in our hands. Only the main thread may start it: it dies with its starter."""

    cluster: Cluster
    _binaries: Path
    _run_as: RunAs
    _server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it has recovered. Backends that outlive their postmaster by a moment hold its memory
        segment, and PostgreSQL then refuses to start; so it is tried again."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._server = launch(self._binaries, self.cluster, self._run_as, durable=True)
            try:
                if is_ready(self._server, self.cluster, last_attempt=True):
                    return
            except PostgresFailedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def kill(self) -> Moment:
        """Kill the postmaster; its backends end when they notice."""
        assert self._server is not None
        moment = strike(self._server.pid)
        self._server.wait()
        return moment

    def kill_backend(self, database: str, chance: random.Random) -> Moment:
        """Kill one backend of the database, one in a transaction if there is one: PostgreSQL then ends all others, and
        recovers."""
        with psycopg.connect(self.cluster.conninfo(), autocommit=True) as connection:
            pids = [row[0] for row in connection.execute(_ACTIVE_FIRST, (database,)).fetchall()]
        return strike(chance.choice(pids[:4]))

    def await_recovery(self) -> None:
        """Wait until connections are accepted."""
        assert self._server is not None
        assert is_ready(self._server, self.cluster, last_attempt=True)

    def stop(self) -> None:
        """End it; its files go anyway."""
        if self._server is not None and self._server.poll() is None:
            self.kill()


@contextlib.contextmanager
def killable_cluster() -> Iterator[Killable]:
    """A new cluster as PostgreSQL sets one up for production: each commit waits for its log to be on the disk.

    Raises:
        PostgresAbsentError: no initdb and postgres were found.
    """
    binaries, run_as = find_binaries(), account()
    password = secrets.token_hex(16)
    with cluster_directory(run_as, on_disk=True) as directory:
        initialise(binaries, directory, password, run_as)
        cluster = Cluster(port=free_port(), password=password, directory=directory)
        killable = Killable(cluster=cluster, _binaries=binaries, _run_as=run_as)
        try:
            killable.start()
            yield killable
        finally:
            killable.stop()
