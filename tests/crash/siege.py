"""The siege: under load, one process after the other is killed at a random moment and started again."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tests.crash.ledger import Ledger
from tests.crash.load import Load
from tests.crash.moment import Moment

LONGEST_S = 0.3
"""The random time that the clients have to themselves before each kill, at most."""
_PROGRESS_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Weapon:
    """A way to kill, and what brings the service back."""

    kill: Callable[[], Moment]
    revive: Callable[[], None]


@dataclass(kw_only=True)
class Report:
    """What was done and what came of it."""

    database: str
    seed: int
    seconds: float = 0.0
    kills: Counter[str] = field(default_factory=Counter)
    moments: list[Moment] = field(default_factory=list)

    def in_flight(self, ledger: Ledger) -> int:
        """How many kills fell while at least one request had been sent and was not answered."""
        return sum(ledger.in_flight(moment) > 0 for moment in self.moments)

    def told(self, ledger: Ledger) -> str:
        """The figures, in one line."""
        kinds = ", ".join(f"{count} {name}" for name, count in sorted(self.kills.items()))
        requests = sum(ledger.in_flight(moment) for moment in self.moments)
        return (
            f"{self.database}: {len(self.moments)} kills ({kinds}), "
            f"{self.in_flight(ledger)} of them while a command was in flight ({requests} commands), "
            f"{len(ledger.changes)} changes acknowledged on {len(ledger.of_tickets())} tickets, "
            f"{ledger.total('broken')} sendings broken, {ledger.total('answers_lost')} answers lost after the commit, "
            f"{ledger.total('repeats')} acknowledged requests repeated, {self.seconds:.0f} s, seed {self.seed}"
        )


def besiege(load: Load, weapons: Mapping[str, Weapon], order: Iterable[str], report: Report) -> None:
    """Kill with these weapons in this order; between two kills the clients get something done."""
    chance, began = random.Random(report.seed), time.monotonic()
    for name in order:
        _await_progress(load)
        time.sleep(chance.uniform(0.0, LONGEST_S))
        report.moments.append(weapons[name].kill())
        report.kills[name] += 1
        weapons[name].revive()
    _await_progress(load)
    report.seconds = time.monotonic() - began


def _await_progress(load: Load) -> None:
    """Until each second client on average had a change acknowledged since now."""
    wanted = load.acknowledged + len(load.ledger.pages) // 2
    deadline = time.monotonic() + _PROGRESS_S
    while load.acknowledged < wanted:
        assert time.monotonic() < deadline, "the clients get nothing done"
        complaints = [each for page in load.ledger.pages for each in page.complaints]
        assert not complaints, complaints
        time.sleep(0.005)
