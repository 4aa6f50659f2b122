"""Jobs as somebody looks at them, from their table. Of their arguments only the ticket is handed out."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.ids import parse_uuid
from engine.values.jobs import JobStanding, JobState
from storage import jobs, json
from storage.channel import Statement
from storage.tables import job
from storage.work import Work

_LAST = UUID(int=(1 << 128) - 1)
_JOBS = sa.select(
    job.c.id, job.c.kind, job.c.state, job.c.args, job.c.attempts, job.c.error, job.c.created_at, job.c.ended_at
)
_PAGE = (
    _JOBS.where(job.c.state == bindparam("state"), job.c.id < bindparam("before", type_=sa.Uuid))
    .order_by(job.c.id.desc())
    .limit(bindparam("limit", type_=sa.Integer))
)
_LOCK = _JOBS.where(job.c.id == bindparam("job_id", type_=sa.Uuid)).with_for_update()


class JobStore:
    """See engine.ports.jobs.Jobs."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def page(self, *, state: JobState, before: UUID | None, limit: int) -> tuple[JobStanding, ...]:
        """See Jobs."""
        [rows] = self._work.read(Statement(_PAGE, {"state": state.value, "before": before or _LAST, "limit": limit}))
        return tuple(_standing(row) for row in rows)

    def lock(self, job_id: UUID) -> JobStanding | None:
        """See Jobs."""
        [rows] = self._work.read(Statement(_LOCK, {"job_id": job_id}))
        return _standing(rows[0]) if rows else None

    def revive(self, job_id: UUID) -> None:
        """See Jobs."""
        jobs.revive(self._work, job_id)


def _standing(row: Any) -> JobStanding:
    return JobStanding(
        id=row.id,
        kind=row.kind,
        state=JobState(row.state),
        ticket_id=parse_uuid(str(json.loads(row.args).get("ticket_id", ""))),
        attempts=row.attempts,
        error=row.error,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
