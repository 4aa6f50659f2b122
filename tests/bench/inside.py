"""Where the product's milliseconds go: the application by itself, in this process, by a profile of CPU time."""

import cProfile
import io
import json
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask

from app.desk import desk_of
from app.factory import create_app
from app.logs import configure_logs
from app.settings import settings_from
from app.worker.duties import duties
from app.worker.runner import Runner
from tests.bench.desk import desk
from tests.bench.load import Plan
from tests.bench.servers import database

_WARM_UP = 30
_PARTS: Mapping[str, tuple[str, str]] = {
    "checks before the view: headers, credential, address": ("app/passing.py", "arrive"),
    "headers, measures and the log line after it": ("app/passing.py", "leave"),
    "JSON and schema of the request": ("webargs/core.py", "parse"),
    "reads: driver, rows (who asks, the case)": ("storage/work.py", "read"),
    "writes: driver, COMMIT": ("storage/work.py", "commit"),
    "rows of what was decided": ("storage/case_saving.py", "save"),
    "answers of the form": ("engine/answering.py", "accept"),
    "engine: complete": ("engine/runner/steps.py", "complete"),
    "engine: start": ("engine/runner/steps.py", "start"),
    "who may do it": ("engine/rulings.py", "rule_on_task"),
    "timeline event and its chain": ("engine/timeline.py", "follow"),
    "the answer as it is shown": ("app/api/reading.py", "done"),
    "the answer as JSON": ("app/answers.py", "respond"),
}


def itemised(kind: str, tickets: int) -> str:
    """The parts' share of the CPU milliseconds per ticket, largest first, and what its jobs cost."""
    with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as place:
        with desk(place.url, Path(folder)) as bench:
            environment, plan = bench.service.environment, bench.plan(clients=1, tickets=tickets)
        with patch.dict(os.environ, environment), (Path(folder) / "log").open("w") as log:
            configure_logs(log)
            return _itemised(kind, create_app(settings_from()), plan)


def _itemised(kind: str, app: Flask, plan: Plan) -> str:
    here = desk_of(app)
    worker = Runner(here.database, duties(here.database, here.blobs, here.settings), now=here.settings.clock)
    for number in range(_WARM_UP):
        _ticket(app, plan, number)
    worker.drain()
    began = time.process_time()
    for number in range(plan.tickets):
        _ticket(app, plan, number)
    whole = 1000 * (time.process_time() - began) / plan.tickets
    began = time.process_time()
    worker.drain()
    jobs = 1000 * (time.process_time() - began) / plan.tickets
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    for number in range(plan.tickets // 2):
        _ticket(app, plan, number)
    profile.disable()
    here.database.dispose()
    head = f"{kind}, the application by itself: requests {whole:.2f} ms CPU per ticket, their jobs {jobs:.2f}"
    return "\n".join([head, *_lines(profile, whole)])


def _lines(profile: cProfile.Profile, whole: float) -> list[str]:
    found: dict[tuple[str, str], float] = {}
    total = 0.0
    for (file, _, name), (_, _, _, cumulative, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        if name == "wsgi_app":
            total = cumulative
        for place in _PARTS.values():
            if file.endswith(place[0]) and name == place[1]:
                found[place] = cumulative
    shares = {label: found.get(place, 0.0) / total for label, place in _PARTS.items()}
    shares["Flask, werkzeug and the rest"] = 1 - sum(shares.values())
    ordered = sorted(shares.items(), key=lambda each: -each[1])
    return [f"  {whole * share:6.2f} ms  {share:6.1%}  {label}" for label, share in ordered]


def _ticket(app: Flask, plan: Plan, number: int) -> None:
    opener = plan.openers[number % len(plan.openers)]
    opened = _call(app, "/api/v1/tickets", plan.opening, opener)["tasks"]
    for token, body in plan.steps:
        path = f"/api/v1/tasks/{opened[0]['id']}"
        _call(app, f"{path}/claim", "", token)
        opened = _call(app, f"{path}/complete", body, token)["opened"]


def _call(app: Flask, path: str, body: str, token: str) -> Any:
    """A request as the server hands it over, without its way there."""
    content, status = body.encode(), list[str]()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "CONTENT_TYPE": "application/json" if content else "",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }

    def begin(line: str, _headers: object, _failure: object = None) -> Callable[[bytes], object]:
        status.append(line)
        return lambda _piece: None

    answer = b"".join(app(environ, begin))
    if not status[0].startswith("20"):
        raise RuntimeError(f"{path}: {status[0]} {answer[:500]!r}")
    return json.loads(answer)
