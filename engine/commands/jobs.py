"""What a person may do about a job."""

from dataclasses import replace

from engine.audit import record
from engine.errors import Conflict, NotFound
from engine.ids import parse_uuid
from engine.permitting import need
from engine.ports.work import Work
from engine.values.actors import Permission
from engine.values.audit import AuditType
from engine.values.jobs import JobStanding, JobState


def retry(work: Work, job_id: str) -> JobStanding:
    """Let a dead job be tried again from now, as often as a new one.

    Raises: Forbidden, NotFound, Conflict `JOB_NOT_DEAD`.
    """
    need(work.actor, Permission.ADMIN)
    parsed = parse_uuid(job_id)
    job = None if parsed is None else work.jobs.lock(parsed)
    if job is None:
        raise NotFound("job")
    if job.state is not JobState.DEAD:
        raise Conflict("JOB_NOT_DEAD", {"state": job.state.value})
    work.jobs.revive(job.id)
    facts = {"kind": job.kind, "attempts": job.attempts, "error": job.error}
    record(work, AuditType.JOB_RETRIED, f"job:{job.id}", {"before": facts})
    return replace(job, state=JobState.READY, attempts=0, ended_at=None)
