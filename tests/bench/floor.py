"""The floor: the same nine requests with the same rows, keys and commits, and nothing else.

Flask, the database's driver and the library's steps, one statement for each claim, and for each completion one that
reads and one that writes. Nobody is authenticated, nothing is validated, no role is asked for, no event is chained, no
job is run. Served as `granian --interface wsgi tests.bench.floor:app`. FLOOR_DB names the database of a desk; with
FLOOR_STEPS=engine the engine's own steps take the place of the library's.
"""

import json
import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from flask import Flask, Response, request

from engine.ids import new_id
from tests.bench.floor_rows import rows_of
from tests.bench.floor_steps import EngineSteps, LibrarySteps, Moved, Steps

_URL = os.environ.get("FLOOR_DB", "")
_ROLES = {"Task_Handle": ("ops", "website"), "Task_Review": ("ops", "website"), "Task_Assess": ("qc", "")}
_HASH, _SALT = bytes(32), bytes(16)
_MEMORY = '{"visits": {"Task_Handle": 1}, "performers": {"Task_Handle": ["01a21cfb-78f2-72b6-a5c1-faba21f66002"]}}'

app = Flask(__name__)
_steps: Steps = EngineSteps() if os.environ.get("FLOOR_STEPS") == "engine" else LibrarySteps()


@app.get("/health/live")
def nothing() -> Response:
    """An empty answer: what the server and Flask cost by themselves."""
    return Response(status=204)


@app.post("/api/v1/tickets")
def open_ticket() -> Response:
    """One statement, one commit."""
    now, ticket = datetime.now(UTC), new_id()
    answers = json.loads(request.get_data())["answers"]
    values = _values(ticket, _steps.start(answers), answers, now=now, seq=1)
    values |= {"day": now.strftime("%Y%m%d"), "title": answers["title"], "payload": _dumps({"answers": answers})}
    rows_of(_URL).open(values)
    return _json({"id": str(ticket), "tasks": [{"id": f"{ticket}.1"}]}, status=201)


@app.post("/api/v1/tasks/<task>/claim")
def claim(task: str) -> Response:
    """One statement, one commit."""
    ticket, seq = _parts(task)
    values = {"id": ticket, "seq": seq, "now": datetime.now(UTC), "hash": _HASH, "salt": _SALT}
    rows_of(_URL).claim({**values, "payload": _dumps({"task": seq, "element": "Task_Handle"})})
    return _json({"id": task, "state": "claimed"})


@app.post("/api/v1/tasks/<task>/complete")
def finish(task: str) -> Response:
    """A statement that reads, one that writes, one commit."""
    (ticket, seq), now, body = _parts(task), datetime.now(UTC), json.loads(request.get_data())
    rows = rows_of(_URL)
    state, variables, token, element, last = rows.load({"id": ticket, "seq": seq})
    variables = {**orjson.loads(variables), **body["answers"]}
    outcome = body.get("outcome")
    moved = _steps.complete(state, token=token, element=element, variables=variables, outcome=outcome)
    following = last if moved.element is None else last + 1
    values = _values(ticket, moved, variables, now=now, seq=following) | {"seq": seq, "last": following}
    values |= {"status": "OPEN", "phase": "closed" if moved.element is None else "open"}
    values["payload"] = _dumps({"answers": body["answers"], "element": element})
    rows.complete(values)
    return _json({"id": task, "opened": [{"id": f"{ticket}.{following}"}] if moved.element is not None else []})


def _values(ticket: UUID, moved: Moved, variables: Any, *, now: datetime, seq: int) -> dict[str, Any]:
    role, business = _ROLES.get(moved.element or "", ("", ""))
    return {
        "id": ticket,
        "state": moved.state,
        "variables": _dumps(variables),
        "memory": _MEMORY,
        "now": now,
        "hash": _HASH,
        "salt": _SALT,
        "token": moved.token,
        "element": moved.element,
        "candidates": _dumps([[role, business]]),
        "role": role,
        "business": business,
        "job": new_id(),
        "args": _dumps({"ticket_id": str(ticket), "task": seq, "version": 1, "element": moved.element}),
        "dedupe": f"notify_task:{ticket}.{seq}:1",
    }


def _parts(task: str) -> tuple[UUID, int]:
    ticket, _, seq = task.partition(".")
    return UUID(ticket), int(seq)


def _dumps(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _json(value: Any, *, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status=status, content_type="application/json")
