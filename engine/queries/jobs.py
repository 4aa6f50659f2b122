"""Looking at jobs."""

from engine.ids import parse_uuid
from engine.permitting import need
from engine.ports.work import Work
from engine.queries.paging import page_of
from engine.values.actors import Permission
from engine.values.jobs import JobStanding, JobState
from engine.values.pages import Page


def list_jobs(work: Work, *, state: JobState, before: str | None = None, limit: int = 50) -> Page[JobStanding, str]:
    """The jobs in this state, those made last first; for admins.

    Raises: Forbidden.
    """
    need(work.actor, Permission.ADMIN)
    last = None if before is None else parse_uuid(before)
    return page_of(
        lambda count: work.jobs.page(state=state, before=last, limit=count), limit=limit, key=lambda each: str(each.id)
    )
