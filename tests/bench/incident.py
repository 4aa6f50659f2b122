"""The incident of four tasks over HTTP, the product beside its floor: rates, waiting times, CPU and bytes."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median, quantiles

from tests.bench import cpu
from tests.bench.client import Connection
from tests.bench.desk import Bench, desk
from tests.bench.load import Plan, Result
from tests.bench.servers import ROOT, Place, Server, database, floor
from tests.bench.sizes import bytes_of

_SETTLE_S = 2.0
"""Until what was put off, as jobs are, is done too."""
_WARM_UP = 40
_EMPTY = 1_000
_ROUNDS = 3


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measurement. CPU in milliseconds for a ticket, of the server and of the database."""

    name: str
    database: str
    clients: int
    tickets: int
    result: Result
    server: float
    storage: float

    @property
    def cpu(self) -> float:
        """Both together."""
        return self.server + self.storage

    def __str__(self) -> str:
        r = self.result
        times = "  ".join(f"{verb} {_times(getattr(r, verb))}" for verb in ("open", "claim", "complete"))
        return (
            f"{self.name:8} {self.database:10} clients {self.clients:2}  {self.tickets / r.seconds:6.1f} tickets/s  "
            f"{len(r.complete) / r.seconds:6.1f} completes/s  "
            f"CPU/ticket {self.server:5.1f} + {self.storage:4.1f} ms  {times}"
        )


def measure(*, kinds: Sequence[str], clients: Sequence[int], tickets: int, say: Callable[[str], None]) -> list[Row]:
    """Every measurement, each said as soon as it is there. Product and floor take turns; medians are compared."""
    rows = []
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as place:
            with desk(place.url, Path(folder)) as bench, floor(place, Path(folder)) as lowest:
                rows += _measured(bench, lowest, place, clients=clients, tickets=tickets, say=say)
                _compare_empty(bench, lowest, say)
            say(f"{kind}: " + bytes_of(place))
    return rows


def _measured(
    bench: Bench, lowest: Server, place: Place, *, clients: Sequence[int], tickets: int, say: Callable[[str], None]
) -> list[Row]:
    warm = bench.plan(clients=2, tickets=_WARM_UP)
    run(warm)
    run(replace(warm, port=lowest.port))
    rows = []
    for count in clients:
        plan = bench.plan(clients=count, tickets=tickets)
        pairs = []
        for _ in range(_ROUNDS):
            below = take("floor", replace(plan, port=lowest.port), lowest.pid, place)
            ours = take("product", plan, bench.pid, place)
            for row in (below, ours):
                say(str(row))
            pairs.append((ours, below))
            rows += [below, ours]
        ratio = median(ours.cpu / below.cpu for ours, below in pairs)
        say(f"{place.kind}, clients {count}: CPU of product to floor, median of {_ROUNDS} pairs: {ratio:.2f}")
    return rows


def take(name: str, plan: Plan, pid: int, place: Place) -> Row:
    """Run a plan and measure it, with what it put off."""
    before = cpu.seconds(pid), _storage(place)
    result = run(plan)
    time.sleep(_SETTLE_S)
    after = cpu.seconds(pid), _storage(place)
    server, storage = (1000 * (late - early) / plan.tickets for late, early in zip(after, before, strict=True))
    return Row(
        name=name,
        database=place.kind,
        clients=plan.clients,
        tickets=plan.tickets,
        result=result,
        server=server,
        storage=storage,
    )


def run(plan: Plan) -> Result:
    """Run a plan in a program of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=json.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return Result(**json.loads(ended.stdout))


def _compare_empty(bench: Bench, lowest: Server, say: Callable[[str], None]) -> None:
    """A request that does nothing, on the product's server and on the floor's."""
    for _ in range(_ROUNDS):
        costs = []
        for server in (Server(port=bench.port, pid=bench.pid), lowest):
            connection, before = Connection(server.port), cpu.seconds(server.pid)
            for _ in range(_EMPTY):
                connection.send("GET", "/health/live")
            costs.append(1000 * (cpu.seconds(server.pid) - before) / _EMPTY)
            connection.close()
        say(f"empty request: product {costs[0]:.2f} ms CPU, floor {costs[1]:.2f} ms CPU")


def _storage(place: Place) -> float:
    return 0.0 if place.pid is None else cpu.seconds(place.pid)


def _times(seconds: Sequence[float]) -> str:
    cuts = quantiles(seconds, n=100)
    return "/".join(f"{1000 * cuts[at - 1]:.1f}" for at in (50, 95, 99)) + " ms"
