"""The floor: the same nine requests with the same rows, keys and commits, and nothing else.

Flask, the database's driver and the engine's steps, one statement for each claim, and for each completion one that
reads and one that writes. Nobody is authenticated, nothing is validated, no role is asked for, no event is chained, no
job is run. Served as `granian --interface wsgi tests.bench.floor:app`; FLOOR_DB names the database of a desk.
"""

import json
import os
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import orjson
from flask import Flask, Response, request

from app.bundled import bundled
from bpmn.inspection import inspect
from bpmn.model import ProcessDefinition
from engine.ids import new_id
from engine.runner import Step, compile_process, complete, start
from tests.bench.floor_rows import rows_of

_URL = os.environ.get("FLOOR_DB", "")
_ROLES = {"Task_Handle": ("ops", "website"), "Task_Review": ("ops", "website"), "Task_Assess": ("qc", "")}
_HASH, _SALT = bytes(32), bytes(16)
_MEMORY = '{"visits": {"Task_Handle": 1}, "performers": {"Task_Handle": ["01a21cfb-78f2-72b6-a5c1-faba21f66002"]}}'

app = Flask(__name__)
_definition = cast("ProcessDefinition", inspect(bundled("fault-handling"), name="fault-handling.bpmn").definition)
_process = compile_process(_definition)


@app.get("/health/live")
def nothing() -> Response:
    """An empty answer: what the server and Flask cost by themselves."""
    return Response(status=204)


@app.post("/api/v1/tickets")
def open_ticket() -> Response:
    """One statement, one commit."""
    now, ticket = datetime.now(UTC), new_id()
    answers = json.loads(request.get_data())["answers"]
    step = start(_process, variables=answers, now=now)
    values = _values(ticket, step, now=now, seq=1) | {"day": now.strftime("%Y%m%d"), "title": answers["title"]}
    values["payload"] = _dumps({"answers": answers, "entered": step.entered, "flows": step.flows})
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
    outcome = body.get("outcome") or next((each.key for each in _definition.outcomes_of(element)), None)
    step = complete(_process, state, token=token, variables=variables, now=now, outcome=outcome)
    values = _values(ticket, step, now=now, seq=last + 1) | {"seq": seq, "last": last + len(step.opened)}
    values |= {"status": step.status or "", "phase": "closed" if step.finished else "open"}
    values["payload"] = _dumps({"answers": body["answers"], "element": element, "flows": step.flows})
    rows.complete(values)
    return _json({"id": task, "opened": [{"id": f"{ticket}.{last + 1}"} for _ in step.opened]})


def _values(ticket: UUID, step: Step, *, now: datetime, seq: int) -> dict[str, Any]:
    live = step.opened[0] if step.opened else None
    element = None if live is None else live.element_id
    role, business = _ROLES.get(element or "", ("", ""))
    return {
        "id": ticket,
        "state": step.state,
        "variables": _dumps(step.variables),
        "memory": _MEMORY,
        "now": now,
        "hash": _HASH,
        "salt": _SALT,
        "token": None if live is None else live.token,
        "element": element,
        "candidates": _dumps([[role, business]]),
        "role": role,
        "business": business,
        "job": new_id(),
        "args": _dumps({"ticket_id": str(ticket), "task": seq, "version": 1, "element": element}),
        "dedupe": f"notify_task:{ticket}.{seq}:1",
    }


def _parts(task: str) -> tuple[UUID, int]:
    ticket, _, seq = task.partition(".")
    return UUID(ticket), int(seq)


def _dumps(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _json(value: Any, *, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status=status, content_type="application/json")
