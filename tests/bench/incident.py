"""The incident of four tasks over HTTP, the product beside its floors: rates, waiting times and CPU."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

from tests.bench import cpu
from tests.bench.client import Connection
from tests.bench.desk import Bench, desk
from tests.bench.load import Plan, Result
from tests.bench.servers import ROOT, Place, Server, database, floor

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
        with (
            tempfile.TemporaryDirectory() as folder,
            database(kind, Path(folder)) as place,
            desk(place.url, Path(folder)) as bench,
            floor(place, Path(folder), steps="library") as usual,
            floor(place, Path(folder), steps="engine") as lowest,
        ):
            servers = {"floor": usual, "lowest": lowest, "product": Server(port=bench.port, pid=bench.pid)}
            rows += _measured(bench, servers, place, clients=clients, tickets=tickets, say=say)
            _compare_empty(servers, say)
    return rows


def _measured(
    bench: Bench,
    servers: Mapping[str, Server],
    place: Place,
    *,
    clients: Sequence[int],
    tickets: int,
    say: Callable[[str], None],
) -> list[Row]:
    for server in servers.values():
        run(bench.plan(clients=2, tickets=_WARM_UP).at(server.port))
    rows: list[Row] = []
    for count in clients:
        plan = bench.plan(clients=count, tickets=tickets)
        rounds: list[dict[str, Row]] = []
        for _ in range(_ROUNDS):
            taken = {name: take(name, plan.at(each.port), each.pid, place) for name, each in servers.items()}
            for row in taken.values():
                say(str(row))
            rounds.append(taken)
            rows += taken.values()
        for name in ("floor", "lowest"):
            ratio = median(taken["product"].cpu / taken[name].cpu for taken in rounds)
            say(f"{place.kind}, clients {count}: CPU of product to {name}, median of {_ROUNDS} rounds: {ratio:.2f}")
    return rows


def take(name: str, plan: Plan, pid: int, place: Place, *, settle: float = _SETTLE_S) -> Row:
    """Run a plan and measure it, with what it put off and does within `settle` seconds."""
    before = cpu.seconds(pid), _storage(place)
    result = run(plan)
    time.sleep(settle)
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


def _compare_empty(servers: Mapping[str, Server], say: Callable[[str], None]) -> None:
    """A request that does nothing, on each server."""
    for _ in range(_ROUNDS):
        costs = []
        for name in ("product", "floor"):
            connection, before = Connection(servers[name].port), cpu.seconds(servers[name].pid)
            for _ in range(_EMPTY):
                connection.send("GET", "/health/live")
            costs.append(1000 * (cpu.seconds(servers[name].pid) - before) / _EMPTY)
            connection.close()
        say(f"empty request: product {costs[0]:.2f} ms CPU, floor {costs[1]:.2f} ms CPU")


def _storage(place: Place) -> float:
    return 0.0 if place.pid is None else cpu.seconds(place.pid)


def _times(seconds: Sequence[float]) -> str:
    cuts = quantiles(seconds, n=100)
    return "/".join(f"{1000 * cuts[at - 1]:.1f}" for at in (50, 95, 99)) + " ms"
