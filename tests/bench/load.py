"""Tickets from their opening to their end, several at a time: a program of its own, so that it has its own interpreter.

It reads a Plan as JSON on standard input and prints a Result as JSON.
"""

import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from typing import Any

from tests.bench.client import Connection


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to send: `steps` are [claimer's token, body of the completion] for each task in the order of the process."""

    port: int
    clients: int
    tickets: int
    openers: list[str]
    opening: str
    steps: list[list[str]]
    keyed: bool = False

    def at(self, port: int) -> "Plan":
        """The same for a server on another port."""
        return replace(self, port=port)


@dataclass(kw_only=True)
class Result:
    """Seconds from request to answer by verb, in the order in which they ended; `seconds` for all."""

    seconds: float = 0.0
    open: list[float] = field(default_factory=list)
    claim: list[float] = field(default_factory=list)
    complete: list[float] = field(default_factory=list)


def main() -> None:
    """Run the plan on standard input."""
    json.dump(asdict(run(Plan(**json.load(sys.stdin)))), sys.stdout)


def run(plan: Plan) -> Result:
    """All tickets of the plan, shared out among its clients."""
    result, numbers = Result(), count()
    failures: list[BaseException] = []
    lock = threading.Lock()

    def take() -> Iterator[int]:
        while not failures:
            with lock:
                number = next(numbers)
            if number >= plan.tickets:
                return
            yield number

    def client() -> None:
        connection = Connection(plan.port)
        try:
            for number in take():
                _ticket(connection, plan, result, number)
        except BaseException as error:  # noqa: BLE001 - told by the main thread
            failures.append(error)

    threads = [threading.Thread(target=client) for _ in range(plan.clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - began
    if failures:
        raise failures[0]
    return result


def _ticket(connection: Connection, plan: Plan, result: Result, number: int) -> None:
    def send(path: str, body: str, token: str, verb: str) -> Any:
        key = f"{plan.port}-{number}-{path}-{began}" if plan.keyed else ""
        sent = time.perf_counter()
        reply = connection.send("POST", path, body.encode(), token=token, key=key)
        getattr(result, verb).append(time.perf_counter() - sent)
        if reply.status not in (200, 201):
            raise RuntimeError(f"{path}: {reply.status} {reply.body[:500]!r}")
        return reply.json()

    began = time.time_ns()
    opened = send("/api/v1/tickets", plan.opening, plan.openers[number % len(plan.openers)], "open")["tasks"]
    for token, body in plan.steps:
        path = f"/api/v1/tasks/{opened[0]['id']}"
        send(f"{path}/claim", "", token, "claim")
        opened = send(f"{path}/complete", body, token, "complete")["opened"]
    if opened:
        raise RuntimeError("the ticket did not end with the last step")


if __name__ == "__main__":
    main()
