"""The command line on an installation of its own: each command in a process, as an admin types it."""

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BUNDLED = ROOT / "app" / "bundled" / "fault-handling.bpmn"
PASSWORD = "correct-horse-battery"


class Host:
    """A machine with Faultdesk's command line and a data directory."""

    def __init__(self, directory: Path, url: str | None = None) -> None:
        self.directory = directory
        own = {"FAULTDESK_DATA_DIR": str(directory / "var"), "LANG": "C.UTF-8", "FAULTDESK_PASSWORD_COST": "low"}
        self.environment = {**os.environ, **own, **({"FAULTDESK_DB": url} if url else {})}

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", *arguments],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, status: int = 0) -> str:
        """What the command printed; it must end with this status."""
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == status, said
        assert "Traceback" not in said
        return said

    @contextmanager
    def serving(self, *arguments: str) -> Iterator[str]:
        """The address of a running service."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = self.start(*arguments, "--port", str(port))
        try:
            yield _ready(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _ready(address: str, process: "subprocess.Popen[str]") -> str:
    for _ in range(300):
        assert process.poll() is None, process.communicate()[0]
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=2) as answer:
                assert answer.status == 200
                return address
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the service did not become ready")


@pytest.fixture
def host(database_url: str, tmp_path: Path) -> Host:
    return Host(tmp_path, database_url)


def _furnish(host: Host) -> None:
    host.run("init")
    host.run("user", "add", "root", "--admin", "--permission", "designer", "--password", PASSWORD)
    for key, more in (("customer_service", ()), ("qc", ()), ("ops", ("--per-business",))):
        host.run("role", "add", key, key, *more, "--as", "root")


def test_from_an_empty_database_to_a_deployed_process(host: Host, tmp_path: Path) -> None:
    said = host.run("init")
    assert re.search(r"/setup\?code=\S{20,}", said), said
    assert "ROLE_UNKNOWN" in host.run("lint", str(BUNDLED), "--db", host.environment["FAULTDESK_DB"], status=1)
    _furnish(host)
    assert "setup" not in host.run("init")
    imported = host.run("import", str(BUNDLED), "--as", "root")
    assert imported.startswith("fault-handling version 1 ready"), imported
    assert "same as before" in host.run("import", str(BUNDLED), "--as", "root")
    assert "PROCESS_DISABLED" in host.run("deploy", "fault-handling", "1", "--as", "root", status=1)
    host.run("enable", "fault-handling", "--as", "root")
    refused = host.run("deploy", "fault-handling", "1", "--as", "root", status=1)
    assert "DEPLOY_REFUSED" in refused, "its roles have no members yet"
    host.run("user", "add", "worker", "--password", PASSWORD)
    for role in ("customer_service", "qc"):
        host.run("role", "grant", role, "worker", "--as", "root")
    host.run("lint", str(BUNDLED), "--db", host.environment["FAULTDESK_DB"])
    assert "Nothing is wrong." in host.run("check")
    archive = tmp_path / "backup.tar"
    host.run("backup", str(archive))
    assert "TARGET_NOT_EMPTY" in host.run("restore", str(archive), status=1)
    host.run("restore", str(archive), "--replace")
    assert "Nothing is wrong." in host.run("check")


def test_w_21_an_installation_has_no_account_and_prints_a_code_for_the_first_once(tmp_path: Path) -> None:
    host = Host(tmp_path)
    said = host.run("init")
    assert len(re.findall(r"/setup\?code=\S{43}", said)) == 1
    with sqlite3.connect(tmp_path / "var" / "faultdesk.db") as connection:
        for table in ("user_account", "token", "session", "role_member"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    code = re.findall(r"code=(\S{43})", said)[0]
    assert code.encode() not in (tmp_path / "var" / "faultdesk.db").read_bytes()


def test_a_16_after_all_admins_are_gone_the_host_alone_makes_another(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.run("init")
    host.run("user", "add", "first", "--admin", "--password", PASSWORD)
    with sqlite3.connect(tmp_path / "var" / "faultdesk.db") as connection:
        connection.execute("UPDATE user_account SET active = 0")
    assert "setup" not in host.run("init")
    assert "second added (admin)" in host.run("user", "add", "second", "--admin", "--password", PASSWORD)


def test_an_unknown_name_or_a_missing_permission_is_said_in_one_line(host: Host) -> None:
    host.run("init")
    host.run("user", "add", "worker", "--password", PASSWORD)
    assert "PERMISSION_REQUIRED" in host.run("import", str(BUNDLED), "--as", "worker", status=1)
    assert "USER_UNKNOWN" in host.run("import", str(BUNDLED), "--as", "nobody", status=1)


def test_demo_mode_refuses_to_be_reached_by_others_unless_told(tmp_path: Path) -> None:
    said = Host(tmp_path).run("demo", "--host", "0.0.0.0", "--prepare-only", status=1)
    assert "--demo-public" in said


def test_the_demo_starts_with_people_and_tickets_and_changes_its_password_at_every_start(tmp_path: Path) -> None:
    host = Host(tmp_path)
    first = host.run("demo", "--prepare-only")
    second = host.run("demo", "--prepare-only")
    passwords = [re.search(r"password for all of them: (\S+)", said) for said in (first, second)]
    assert passwords[0] is not None
    assert passwords[1] is not None
    assert passwords[0][1] != passwords[1][1]
    for name in ("kefu", "yunwei1", "yunwei2", "chanpin", "qc", "designer", "admin", "auditor"):
        assert name in second
    assert "Nothing is wrong." in host.run("check")


def test_lint_asks_a_running_service_for_its_roles(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.run("demo", "--empty", "--prepare-only")
    token = host.run("token", "create", "lint", "--as", "designer").strip()
    with host.serving("serve") as address:
        host.environment["FAULTDESK_TOKEN"] = token
        assert "ready" in host.run("lint", str(BUNDLED), "--server", address).splitlines()[0]
        host.environment["FAULTDESK_TOKEN"] = "wrong"
        assert "gave no directory" in host.run("lint", str(BUNDLED), "--server", address, status=1)
