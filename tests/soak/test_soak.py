"""R-17: twenty minutes (in a release check eight hours) at 20 requests a second on the real service.

`FAULTDESK_TEST_SOAK_MINUTES` sets how long; what is demanded stays the same.
"""

import json
import os
import random
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import Database
from storage.migrations import upgrade
from tests.app.api.client import make_api, open_desk
from tests.scenario.serving import served
from tests.soak.driving import RATE, Crowd

MINUTES = float(os.environ.get("FAULTDESK_TEST_SOAK_MINUTES", "20"))
SHORT_S = 5.0
MEGABYTE = 2**20


@dataclass(kw_only=True)
class Memory:
    """Samples of the resident memory of a process and its children: (seconds, bytes)."""

    pid: int
    samples: list[tuple[float, int]] = field(default_factory=list)

    def sample(self) -> None:
        """Take one more."""
        self.samples.append((time.monotonic(), sum(map(_resident, family(self.pid)))))

    def slope(self) -> float:
        """Megabytes an hour over the later half, when caches and pools have filled."""
        late = self.samples[len(self.samples) // 2 :]
        seconds, sizes = zip(*late, strict=True)
        return statistics.linear_regression(seconds, sizes).slope * 3600 / MEGABYTE


def family(pid: int) -> list[int]:
    """The process and all that it started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += family(int(child))
    return found


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def crowd(database_url: str, directory: Path) -> Iterator[tuple[Crowd, Memory, Path]]:
    """People at a running service with the fault process, its memory and its log."""
    database = Database(database_url)
    upgrade(database)
    desk = make_api(database, directory / "set-up", clock=lambda: datetime.now(UTC))
    open_desk(desk)
    tokens = {name: desk.token_of(name) for name in ("alice", "bob")}
    database.dispose()
    with served(database_url, directory) as service:
        memory = Memory(pid=service.pid)
        yield Crowd(url=service.url, tokens=tokens, chance=random.Random(17)), memory, service.log


def soak(database_url: str, directory: Path, seconds: float) -> tuple[Crowd, Memory, list[str]]:
    """Work for so long: who worked, the memory, and the errors of the service's log."""
    with crowd(database_url, directory) as (people, memory, log):
        over = threading.Event()

        def watch() -> None:
            while not over.wait(min(5.0, seconds / 20)):
                memory.sample()

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            people.drive(seconds)
        finally:
            over.set()
            watching.join()
        lines = [json.loads(line) for line in log.read_text("utf-8").splitlines() if line.startswith("{")]
    return people, memory, [json.dumps(line) for line in lines if line.get("level") in ("error", "critical")]


def percentile_99(people: Crowd) -> float:
    """Seconds that 99 of 100 answers took at most."""
    return statistics.quantiles([each.seconds for each in people.answers], n=100)[98]


def report(people: Crowd, memory: Memory) -> str:
    """What was measured, in one line."""
    growth = f"{memory.slope():.2f} MB/h of {memory.samples[-1][1] / MEGABYTE:.0f} MB"
    return f"{len(people.answers)} requests, p99 {percentile_99(people) * 1000:.0f} ms, memory {growth}"


def judge(people: Crowd, errors: list[str], seconds: float) -> None:
    """All were answered, none by a failure, and nothing was logged as one."""
    assert len(people.answers) >= RATE * seconds * 0.95
    assert [each.status for each in people.answers if each.status >= 500] == []
    assert errors == []
    assert len(people.tickets) > 1


def test_r_17_seconds_of_ordinary_work_fail_nowhere(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people, memory, errors = soak(sqlite_url, tmp_path, SHORT_S)
    judge(people, errors, SHORT_S)
    with capsys.disabled():
        print(f"\nR-17, {SHORT_S:.0f} s: {report(people, memory)}")


@pytest.mark.long
@pytest.mark.timeout(int(MINUTES * 60) + 600)
def test_r_17_nothing_grows_or_slows_down(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people, memory, errors = soak(database_url, tmp_path, MINUTES * 60)
    with capsys.disabled():
        print(f"\nR-17, {MINUTES:g} min: {report(people, memory)}")
    judge(people, errors, MINUTES * 60)
    assert percentile_99(people) < 0.5
    assert memory.slope() < 1.0
