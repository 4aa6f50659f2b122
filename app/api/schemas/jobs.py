"""Jobs: what is taken and shown."""

from marshmallow import fields

from app.api.schemas.common import PageQuery, listed
from app.api.schemas.fields import Shown, choice
from engine.values.jobs import JobState


class JobsQuery(PageQuery):
    """In which state."""

    state = choice(JobState, load_default=JobState.DEAD.value)


class JobShown(Shown):
    """A job, without its arguments."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    ticket_id = fields.UUID(required=True, allow_none=True)
    attempts = fields.Integer(required=True)
    error = fields.String(
        required=True, allow_none=True, metadata={"description": "The code of the last failure, or its class and place"}
    )
    created_at = fields.DateTime(required=True)
    ended_at = fields.DateTime(required=True, allow_none=True)


JobPage = listed(JobShown, "JobPage")
