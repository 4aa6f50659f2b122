"""The tests' own PostgreSQL: fresh databases, and nothing left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.support.postgres import Cluster, running_cluster
from tests.support.postgres_machine import PostgresFailedError, free_port

ROOT = Path(__file__).parents[2]


def _query(cluster: Cluster, url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(cluster.conninfo(url.rpartition("/")[2]), autocommit=True) as connection:
        return connection.execute(query).fetchall()


def test_a_database_url_opens_an_empty_database(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE proof (n integer)"))
        connection.execute(text("INSERT INTO proof VALUES (1)"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT n FROM proof")).scalar_one() == 1
    engine.dispose()


def test_a_database_is_a_copy_of_its_template(postgres: Cluster) -> None:
    template = postgres.create_database()
    name = template.rpartition("/")[2]
    with psycopg.connect(postgres.conninfo(name), autocommit=True) as connection:
        connection.execute("CREATE TABLE proof AS SELECT 42 AS n")
    copy = postgres.create_database(template=name)
    assert _query(postgres, copy, "SELECT n FROM proof") == [(42,)]
    with psycopg.connect(postgres.conninfo(copy.rpartition("/")[2]), autocommit=True) as connection:
        connection.execute("UPDATE proof SET n = 43")
    assert _query(postgres, template, "SELECT n FROM proof") == [(42,)]
    for url in (copy, template):
        postgres.drop_database(url)


def test_a_dropped_database_is_gone_though_someone_is_connected(postgres: Cluster) -> None:
    url = postgres.create_database()
    name = url.rpartition("/")[2]
    with psycopg.connect(postgres.conninfo(name), autocommit=True) as left_open:
        postgres.drop_database(url)
        with pytest.raises(psycopg.OperationalError):
            left_open.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(postgres.conninfo(name))


def test_the_password_is_needed(postgres: Cluster) -> None:
    wrong = postgres.conninfo().replace(postgres.password, "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_a_durable_cluster_waits_for_the_disk_and_a_usual_one_does_not(postgres: Cluster) -> None:
    usual = psycopg.connect(postgres.conninfo()).execute("SHOW fsync").fetchone()
    with running_cluster(durable=True) as durable, psycopg.connect(durable.conninfo()) as connection:
        kept = connection.execute("SHOW fsync").fetchone()
    assert (usual, kept) == (("off",), ("on",))


def test_a_cluster_is_stopped_and_removed_when_its_block_fails(postgres: Cluster) -> None:
    def fail_inside() -> None:
        with running_cluster() as cluster:
            left.append(cluster)
            raise RuntimeError

    left: list[Cluster] = []
    with pytest.raises(RuntimeError):
        fail_inside()
    assert not left[0].directory.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(left[0].conninfo(), connect_timeout=2)


def test_a_port_taken_meanwhile_is_left_and_another_tried(postgres: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    free = free_port()
    ports = iter([postgres.port, free])
    monkeypatch.setattr("tests.support.postgres.free_port", lambda: next(ports))
    with running_cluster() as cluster:
        assert cluster.port == free
        assert _query(cluster, cluster.url("postgres"), "SELECT 1") == [(1,)]


@pytest.mark.usefixtures("postgres")
def test_a_server_that_cannot_start_is_reported_with_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.postgres.SETTINGS", {"shared_buffers": "nonsense"})
    with pytest.raises(PostgresFailedError, match='invalid value for parameter "shared_buffers"'):
        running_cluster().__enter__()


@pytest.mark.parametrize(
    ("ci", "outcome"),
    [("", "1 skipped"), ("true", "1 error")],
    ids=["elsewhere-skipped", "in-ci-failed"],
)
def test_without_postgresql_the_tests_are(ci: str, outcome: str, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(postgres_url): pass\n")
    (tmp_path / "conftest.py").write_text(
        "import tests.support.postgres_machine as machine\n"
        "machine.PROGRAMS = ('no-such-initdb', 'no-such-postgres')\n"
        "from tests.support.fixtures import *\n"
    )
    finished = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-qrs",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            str(tmp_path),
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "CI": ci, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
    )
    assert outcome in finished.stdout.splitlines()[-1]
    assert "PostgreSQL is not installed" in finished.stdout


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("setpriv") is None, reason="needs setpriv")
def test_a_killed_test_run_takes_its_server_along_and_the_next_removes_its_files(postgres: Cluster) -> None:
    script = (
        "import os, signal\n"
        "from tests.support.postgres import running_cluster\n"
        "with running_cluster() as cluster:\n"
        "    print(cluster.directory, cluster.conninfo(), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    directory, conninfo = killed.stdout.split()
    assert Path(directory).exists()
    assert _refuses_within(10, conninfo)
    with running_cluster() as next_run:
        assert not Path(directory).exists()
        assert postgres.directory.exists()
        assert next_run.directory.exists()


def _refuses_within(seconds: float, conninfo: str) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            psycopg.connect(conninfo, connect_timeout=2).close()
        except psycopg.OperationalError as refusal:
            if "refused" in str(refusal):
                return True
        time.sleep(0.05)
    return False
