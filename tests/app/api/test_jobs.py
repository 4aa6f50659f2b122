"""Dead jobs are seen by admins, a page at a time, and tried again at their word."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.ids import new_id
from storage import tables as t
from tests.app.api.client import Api
from tests.support.acting import recorded
from tests.support.people import NOW, insert

TICKET = new_id()


def bury(api: Api, count: int, **more: Any) -> list[UUID]:
    made = []
    for number in range(count):
        row = {"id": new_id(), "kind": "mail", "state": "dead", "attempts": 8, "error": "SMTP_550", "due_at": NOW}
        row |= {"args": f'{{"ticket_id":"{TICKET}","secret":"hunter2"}}', "run_at": NOW, "created_at": NOW}
        insert(api.database, t.job, **{**row, "ended_at": NOW + timedelta(hours=number), **more})
        made.append(row["id"])
    return made


def test_dead_jobs_are_listed_page_by_page_without_their_arguments(api: Api) -> None:
    made = bury(api, 5)
    [other] = bury(api, 1, state="ready", args="{}", error=None, ended_at=None)
    seen, cursor = [], ""
    while cursor is not None:
        answer = api.get(f"/jobs?state=dead&limit=2{cursor}", by="root")
        assert "hunter2" not in answer.get_data(as_text=True)
        page = answer.get_json()
        seen += page["items"]
        cursor = None if page["next"] is None else f"&cursor={page['next']}"
    assert [each["id"] for each in seen] == [str(each) for each in reversed(made)]
    assert seen[0] == {
        "id": str(made[-1]),
        "kind": "mail",
        "state": "dead",
        "ticket_id": str(TICKET),
        "attempts": 8,
        "error": "SMTP_550",
        "created_at": "2026-11-23T02:00:00+00:00",
        "ended_at": "2026-11-23T06:00:00+00:00",
    }
    assert [each["id"] for each in api.ok("GET", "/jobs", by="root")["items"]] == [each["id"] for each in seen]
    [waiting] = [each for each in api.ok("GET", "/jobs?state=ready", by="root")["items"] if each["id"] == str(other)]
    assert waiting["ticket_id"] is None
    assert api.get("/jobs?state=lost", by="root").status_code == 422


def test_a_dead_job_is_tried_again_at_an_admins_word_and_only_then(api: Api) -> None:
    [dead] = bury(api, 1)
    assert api.post(f"/jobs/{dead}/retry", by="audrey").status_code == 403
    answer = api.ok("POST", f"/jobs/{dead}/retry", by="root")
    assert (answer["state"], answer["attempts"], answer["ended_at"]) == ("ready", 0, None)
    with api.database.engine.connect() as connection:
        row = connection.execute(sa.select(t.job).where(t.job.c.id == dead)).one()
    assert (row.state, row.attempts, row.ended_at) == ("ready", 0, None)
    assert recorded(api.database)[-1] == (
        "job_retried",
        f"job:{dead}",
        {"before": {"kind": "mail", "attempts": 8, "error": "SMTP_550"}},
    )
    again = api.post(f"/jobs/{dead}/retry", by="root")
    assert (again.status_code, again.get_json()["code"]) == (409, "JOB_NOT_DEAD")
    assert api.post(f"/jobs/{new_id()}/retry", by="root").status_code == 404
    assert api.post("/jobs/none/retry", by="root").status_code == 404
