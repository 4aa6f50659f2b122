"""W-20: no secret stands in what was logged while the tests ran, by the test process or by a service of theirs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

_LOGGED = re.compile(r'^(?:\{.*"event":|\d{4}-\d\d-\d\d[ T]\S+ \[\w+ *\])')
"""A line of a log, as JSON or as structlog writes it for people; what a command prints is said to its user."""
_SECRETS = re.compile(
    r"(?<![\w-])[\w-]{43}(?![\w-])"  # what `storage.credentials.new_secret` makes: sessions, tokens, links
    r"|\$argon2|correct.horse.battery|hunter2|demo-for-tests-only|0123456789abcdef0123456789abcdef|csrf_token"
)


def secrets_in(text: str) -> Iterator[str]:
    """Every line of a log in this text that holds a secret."""
    return (line for line in text.splitlines() if _LOGGED.match(line) and _SECRETS.search(line))


class LogScan:
    """Looks at what every test logged, and at the end at every log file of the services that tests started."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.found: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Look at what the test's own process logged."""
        for _, text in report.sections:
            self.found |= {f"{report.nodeid}: {line[:300]}" for line in secrets_in(text)}

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look at the files, and fail the session by what was found."""
        factory = getattr(self._config, "_tmp_path_factory", None)
        for path in sorted(_logs(factory.getbasetemp())) if factory is not None else []:
            text = path.read_text("utf-8", "replace")
            self.found |= {f"{path}: {line[:300]}" for line in secrets_in(text)}
        if self.found:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where."""
        for line in sorted(self.found):
            terminalreporter.write_line(f"W-20 a secret was logged: {line}", red=True)


def _logs(root: Path) -> set[Path]:
    named = {*root.rglob("*.log"), *root.rglob("log"), *root.rglob("*-log.txt")}
    return {path for path in named if path.is_file()}


def pytest_configure(config: pytest.Config) -> None:
    """Scan in the process that hears of every test: with several workers, the one that leads them."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(LogScan(config), "w-20-log-scan")
