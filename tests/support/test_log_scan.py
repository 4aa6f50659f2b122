"""The scan of the logs sees what it looks for, and says so by the status of the run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from storage.credentials import new_secret
from tests.architecture.repository import ROOT
from tests.support.log_scan import secrets_in

SECRET = "6pQ_53q8HmUfy8cNfQdfmsraSEK1hYlQP7Z563TGzG8"
JSON = '{{"event": "request", "query": "{}"}}'
PLAIN = "2026-11-27 12:33:11 [info     ] request                        query={}"


@pytest.mark.parametrize("line", [JSON, PLAIN])
@pytest.mark.parametrize("secret", [SECRET, "correct horse battery staple", "$argon2id$v=19", "hunter2"])
def test_w_20_a_secret_in_a_line_of_a_log_is_found(line: str, secret: str) -> None:
    assert list(secrets_in(f"first\n{line.format(secret)}\nlast")) == [line.format(secret)]


@pytest.mark.parametrize("text", ["01a21cfe-d1da-7178-b2f5-a4062a1cc283", "a" * 64, "/api/v1/tasks/<task_id>"])
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert list(secrets_in(JSON.format(text))) == list(secrets_in(PLAIN.format(text))) == []


def test_w_20_a_log_with_a_secret_fails_the_run(tmp_path: Path) -> None:
    (tmp_path / "test_offender.py").write_text(
        f"def test_prints(tmp_path):\n    (tmp_path / 'serve.log').write_text({JSON.format(SECRET)!r})\n"
        f"def test_logs():\n    print({PLAIN.format(SECRET)!r})\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.support.log_scan", "-p", "no:cacheprovider"]
    command += ["--basetemp", str(tmp_path / "t"), "--rootdir", str(tmp_path), str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    # The scan of this very run must not find it.
    shutil.rmtree(tmp_path / "t")
    assert run.returncode == 1
    assert run.stdout.count("W-20 a secret was logged") == 2


def test_w_20_what_a_new_secret_looks_like_is_known() -> None:
    assert list(secrets_in(JSON.format(new_secret())))
