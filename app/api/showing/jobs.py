"""Jobs as JSON."""

from app.api.showing.common import Json
from engine.values.jobs import JobStanding


def job(of: JobStanding) -> Json:
    """A job as it stands."""
    return {
        "id": str(of.id),
        "kind": of.kind,
        "state": of.state.value,
        "ticket_id": None if of.ticket_id is None else str(of.ticket_id),
        "attempts": of.attempts,
        "error": of.error,
        "created_at": of.created_at,
        "ended_at": of.ended_at,
    }
