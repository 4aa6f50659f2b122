"""Jobs: what the worker gave up, and trying it again."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.allowing import Holding
from app.api.noun import Noun
from app.api.reading import done, keys
from app.api.schemas.jobs import JobPage, JobShown, JobsQuery
from app.api.showing import jobs as show
from app.asking import Ask
from engine.commands import jobs
from engine.queries import jobs as queries
from engine.values.actors import Permission
from engine.values.jobs import JobState
from storage.answer import Answer

noun = Noun("jobs", "What the worker does beside requests")

_ADMIN = Holding.any_of(Permission.ADMIN)


@noun.operation("GET", "/jobs", allow=_ADMIN, query=JobsQuery, answer=JobPage, etag=True)
def list_jobs(ask: Ask, query: Mapping[str, Any]) -> Response:
    """Jobs in one state (admins), those made last first: `dead` ones were given up after eight tries."""
    state = JobState(query["state"])
    return keys(
        ask,
        query,
        lambda work, before, limit: queries.list_jobs(work, state=state, before=before, limit=limit),
        show.job,
    )


@noun.operation("POST", "/jobs/<job_id>/retry", allow=_ADMIN, answer=JobShown)
def retry_job(ask: Ask, job_id: str) -> Answer:
    """Let a dead job be tried again from now (admins)."""
    return ask.perform(lambda work: done(show.job(jobs.retry(work, job_id))))
