"""Bringing every open ticket to its end: move by move, so that it can be done again and compared."""

from typing import Any

import sqlalchemy as sa

from storage import tables as t
from tests.app.api.client import Api
from tests.releases.installation import ANSWERS, OUTCOMES, WORKERS

JSON = dict[str, Any]
_LONGEST = 40


def numbers(api: Api) -> dict[str, str]:
    """Number -> id of every ticket."""
    with api.database.engine.connect() as connection:
        rows = connection.execute(sa.select(t.ticket.c.number, t.ticket.c.id).order_by(t.ticket.c.number))
        return {row.number: str(row.id) for row in rows}


def plan_and_finish(api: Api, ticket: str) -> list[JSON]:
    """Do whatever brings the ticket to its end; each move with its outcome."""
    moves: list[JSON] = []
    for _ in range(_LONGEST):
        move = _next(api.ok("GET", f"/tickets/{ticket}", by="root"), ticket)
        if move is None:
            return moves
        moves.append({**move, "outcome": make(api, ticket, move)})
    raise AssertionError(f"{ticket} does not end")


def _next(seen: JSON, ticket: str) -> JSON | None:
    """What a person would do next; `{}` stands for the ticket's id."""
    if seen["phase"] != "running":
        return None
    if seen["suspended"]:
        return _move("root", "POST", "/tickets/{}/resume", {"reason": "weiter"})
    if not seen["tasks"]:
        if seen["answers"]["choice"] == "c":
            return _move("root", "PATCH", "/tickets/{}/answers", {"answers": {"choice": "a"}, "reason": "führt weiter"})
        return _move("root", "POST", "/tickets/{}/retry", None)
    task = min(seen["tasks"], key=lambda each: int(each["id"].rpartition(".")[2]))
    element, seq = task["element"], task["id"].rpartition(".")[2]
    if task["assignee"] is None:
        return _move(WORKERS.get(element, "carol"), "POST", f"/tasks/{{}}.{seq}/claim", None)
    body = {"answers": ANSWERS.get(element, {}), "outcome": OUTCOMES.get(element)}
    return _move(task["assignee"]["name"], "POST", f"/tasks/{{}}.{seq}/complete", body)


def _move(by: str, method: str, path: str, body: JSON | None) -> JSON:
    return {"by": by, "method": method, "path": path, "body": body}


def make(api: Api, ticket: str, move: JSON) -> JSON:
    """Make a move; what came of it."""
    api.ok(move["method"], move["path"].format(ticket), move["body"], by=move["by"])
    return standing(api, ticket)


def standing(api: Api, ticket: str) -> JSON:
    """Where a ticket stands, without what differs from one installation to the next."""
    seen = api.ok("GET", f"/tickets/{ticket}", by="root")
    stuck = seen["stuck"]
    return {
        "phase": seen["phase"],
        "status": seen["status"],
        "suspended": seen["suspended"],
        "priority": seen["priority"],
        "stuck": None if stuck is None else [stuck["code"], stuck["element_id"]],
        "tasks": sorted(
            [each["element"], each["visit"], (each["assignee"] or {}).get("name")] for each in seen["tasks"]
        ),
    }


def story(api: Api, ticket: str) -> list[list[str]]:
    """Who did what in the ticket's timeline, from the beginning."""
    told: list[JSON] = []
    after = ""
    while True:
        page = api.ok("GET", f"/tickets/{ticket}/timeline?limit=100{after}", by="root")
        told += page["items"]
        if page["next"] is None:
            return [[each["type"], each["actor"]["name"], each["payload"].get("element", "")] for each in told]
        after = f"&after={page['next']}"
