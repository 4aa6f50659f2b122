"""The floor: the same nine requests with the same rows, keys and commits, and nothing else.

Flask, psycopg and the engine's steps, one statement for each claim, and one that reads and one that writes for each
completion. Nobody is authenticated, nothing is validated, no role is asked for, no event is chained, no job is run.
Served as `granian --interface wsgi tests.bench.floor:app` with FLOOR_DB naming a desk's database.
"""

import json
import os
import threading
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import orjson
import psycopg
from flask import Flask, Response, request

from app.bundled import bundled
from bpmn.inspection import inspect
from bpmn.model import ProcessDefinition
from engine.ids import new_id
from engine.runner import compile_process, complete, start

_OPEN = """
WITH counted AS (
    INSERT INTO counter (kind, day, value) VALUES ('floor', %(day)s, 1)
    ON CONFLICT (kind, day) DO UPDATE SET value = counter.value + 1 RETURNING value
), asked AS (
    SELECT service.id AS service_id, deployment.id AS deployment_id, deployment.process_id, user_account.id AS user_id
    FROM service JOIN deployment ON deployment.id = service.deployment_id, user_account
    WHERE service.key = 'fault' AND user_account.name = 'kefu'
), made AS (
    INSERT INTO ticket (id, number, kind, title, status, phase, suspended, priority, process_id, deployment_id,
        service_id, business, requester_id, opened_at, events, last_hash, last_seq)
    SELECT %(id)s, 'FLO' || %(day)s || lpad(counted.value::text, 6, '0'), 'incident', %(title)s, 'IN_PROGRESS', 'open',
        false, 'P1', asked.process_id, asked.deployment_id, asked.service_id, 'website', asked.user_id, %(now)s, 1,
        %(hash)s, 1
    FROM asked, counted RETURNING number, requester_id
), state AS (
    INSERT INTO ticket_state (ticket_id, state, variables, memory) VALUES (%(id)s, %(state)s, %(variables)s, %(memory)s)
), event AS (
    INSERT INTO event (ticket_id, seq, at, type, actor_id, payload, salt, hash)
    SELECT %(id)s, 1, %(now)s, 'ticket_opened', requester_id, %(payload)s, %(salt)s, %(hash)s FROM made
), task AS (
    INSERT INTO task (ticket_id, seq, token, element_id, visit, state, candidates, opened_at, version)
    VALUES (%(id)s, 1, %(token)s, %(element)s, 1, 'open', %(candidates)s, %(now)s, 1)
), offered AS (
    INSERT INTO offer (ticket_id, seq, role, business, opened_at) VALUES (%(id)s, 1, %(role)s, %(business)s, %(now)s)
), job AS (
    INSERT INTO job (id, kind, args, key, dedupe, state, due_at, run_at, created_at)
    VALUES (%(job)s, 'floor', %(args)s, %(id)s::text, %(dedupe)s, 'done', %(now)s, %(now)s, %(now)s)
)
SELECT number FROM made
"""
_CLAIM = """
WITH one AS (
    SELECT id FROM user_account WHERE name = 'wei'
), claimed AS (
    UPDATE task SET state = 'claimed', assignee_id = one.id, claimed_at = %(now)s, version = version + 1
    FROM one WHERE ticket_id = %(id)s AND seq = %(seq)s AND state = 'open' RETURNING assignee_id
), gone AS (
    DELETE FROM offer WHERE ticket_id = %(id)s AND seq = %(seq)s
), party AS (
    INSERT INTO party (ticket_id, user_id) SELECT %(id)s, assignee_id FROM claimed ON CONFLICT DO NOTHING
), moved AS (
    UPDATE ticket SET events = events + 1, last_hash = %(hash)s WHERE id = %(id)s RETURNING events
)
INSERT INTO event (ticket_id, seq, at, type, actor_id, payload, salt, hash)
SELECT %(id)s, moved.events, %(now)s, 'task_claimed', claimed.assignee_id, %(payload)s, %(salt)s, %(hash)s
FROM claimed, moved RETURNING seq
"""
_LOAD = """
SELECT state.state, state.variables, task.token, task.element_id, ticket.last_seq
FROM ticket JOIN ticket_state AS state ON state.ticket_id = ticket.id JOIN task ON task.ticket_id = ticket.id
WHERE ticket.id = %(id)s AND task.seq = %(seq)s AND task.state = 'claimed' FOR UPDATE OF ticket, state
"""
_COMPLETE = """
WITH done AS (
    UPDATE task SET state = 'completed', ended_at = %(now)s, ended_by = assignee_id, version = version + 1
    WHERE ticket_id = %(id)s AND seq = %(seq)s RETURNING ended_by
), moved AS (
    UPDATE ticket SET status = %(status)s, phase = %(phase)s, events = events + 1, last_hash = %(hash)s,
        last_seq = %(last)s WHERE id = %(id)s RETURNING events
), state AS (
    UPDATE ticket_state SET state = %(state)s, variables = %(variables)s, memory = %(memory)s WHERE ticket_id = %(id)s
), task AS (
    INSERT INTO task (ticket_id, seq, token, element_id, visit, state, candidates, opened_at, version)
    SELECT %(id)s, %(last)s, %(token)s, %(element)s, 1, 'open', %(candidates)s, %(now)s, 1
    WHERE %(element)s::text IS NOT NULL
), offered AS (
    INSERT INTO offer (ticket_id, seq, role, business, opened_at)
    SELECT %(id)s, %(last)s, %(role)s, %(business)s, %(now)s WHERE %(element)s::text IS NOT NULL
), job AS (
    INSERT INTO job (id, kind, args, key, dedupe, state, due_at, run_at, created_at)
    SELECT %(job)s, 'floor', %(args)s, %(id)s::text, %(dedupe)s, 'done', %(now)s, %(now)s, %(now)s
    WHERE %(element)s::text IS NOT NULL
)
INSERT INTO event (ticket_id, seq, at, type, actor_id, payload, salt, hash)
SELECT %(id)s, moved.events, %(now)s, 'task_completed', done.ended_by, %(payload)s, %(salt)s, %(hash)s
FROM done, moved RETURNING seq
"""
_ROLES = {"Task_Handle": ("ops", "website"), "Task_Review": ("ops", "website"), "Task_Assess": ("qc", "")}
_HASH, _SALT = bytes(32), bytes(16)
_MEMORY = '{"visits": {"Task_Handle": 1}, "performers": {"Task_Handle": ["01a21cfb-78f2-72b6-a5c1-faba21f66002"]}}'

app = Flask(__name__)
_definition = cast("ProcessDefinition", inspect(bundled("fault-handling"), name="fault-handling.bpmn").definition)
_process = compile_process(_definition)
_here = threading.local()


def _connection() -> psycopg.Connection[Any]:
    if not hasattr(_here, "connection"):
        # As the product's own driver address, which psycopg itself does not read.
        _here.connection = psycopg.connect(os.environ["FLOOR_DB"].replace("+psycopg", ""), autocommit=True)
    connection: psycopg.Connection[Any] = _here.connection
    return connection


@app.get("/nothing")
def nothing() -> Response:
    """An empty answer: what the server and Flask cost by themselves."""
    return Response(status=204)


@app.post("/api/v1/tickets")
def open_ticket() -> Response:
    """One statement, one commit."""
    now, ticket = datetime.now(UTC), new_id()
    answers = json.loads(request.get_data())["answers"]
    step = start(_process, variables=answers, now=now)
    values = {**_new(ticket, step, now=now, seq=1), "day": now.strftime("%Y%m%d"), "title": answers["title"]}
    values |= {"payload": _dumps({"answers": answers, "entered": step.entered, "flows": step.flows})}
    [number] = _connection().execute(_OPEN, values).fetchone() or [None]
    return _json({"id": str(ticket), "number": number, "tasks": [{"id": f"{ticket}.1"}]}, status=201)


@app.post("/api/v1/tasks/<task>/claim")
def claim(task: str) -> Response:
    """One statement, one commit."""
    ticket, seq = _parts(task)
    values = {"id": ticket, "seq": seq, "now": datetime.now(UTC), "hash": _HASH, "salt": _SALT}
    values["payload"] = _dumps({"task": seq, "element": "Task_Handle"})
    assert _connection().execute(_CLAIM, values).fetchone()
    return _json({"id": task, "state": "claimed"})


@app.post("/api/v1/tasks/<task>/complete")
def finish(task: str) -> Response:
    """A statement that reads, one that writes, one commit; BEGIN and COMMIT travel with them."""
    (ticket, seq), now, body = _parts(task), datetime.now(UTC), json.loads(request.get_data())
    connection = _connection()
    with connection.pipeline():
        connection.execute("BEGIN")
        loaded = connection.execute(_LOAD, {"id": ticket, "seq": seq})
    [state, variables, token, element, last] = loaded.fetchone() or [None] * 5
    variables = {**orjson.loads(variables), **body["answers"]}
    outcome = body.get("outcome") or next((each.key for each in _definition.outcomes_of(element)), None)
    step = complete(_process, state, token=token, variables=variables, now=now, outcome=outcome)
    values = _new(ticket, step, now=now, seq=last + 1) | {"seq": seq}
    values |= {"last": last + len(step.opened), "status": step.status or "", "phase": "open"}
    values["payload"] = _dumps({"answers": body["answers"], "element": element, "flows": step.flows})
    if step.finished:
        values["phase"] = "closed"
    with connection.pipeline():
        connection.execute(_COMPLETE, values)
        connection.execute("COMMIT")
    opened = [{"id": f"{ticket}.{last + 1}"} for _ in step.opened]
    return _json({"id": task, "opened": opened})


def _new(ticket: UUID, step: Any, *, now: datetime, seq: int) -> dict[str, Any]:
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
