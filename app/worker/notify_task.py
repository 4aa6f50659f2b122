"""`notify_task`: find whom a task waits for now, and leave one `mail` job for each."""

from collections.abc import Callable
from uuid import UUID

from engine.ports.jobs import Job, RunUnit
from engine.values.events import NewJob
from storage import notices
from storage.jobs import enqueue_all
from storage.store import Store


def notify_task(job: Job, _run: RunUnit[Store]) -> Callable[[Store], None]:
    """Args: ticket_id, task (seq), version (of the task when it was announced), element.

    The mails' dedupe keys make one mail per announcement and person, however often this runs.
    """
    ticket_id, seq, version = UUID(str(job.args["ticket_id"])), number_in(job, "task"), number_in(job, "version")

    def act(work: Store) -> None:
        people = notices.recipients(work, ticket_id=ticket_id, seq=seq, announced=version)
        enqueue_all(work, [_mail(job, person, f"{ticket_id}.{seq}:{version}") for person in people])

    return act


def _mail(job: Job, person: UUID, announcement: str) -> NewJob:
    args = {**job.args, "user_id": str(person)}
    return NewJob(kind="mail", args=args, dedupe=f"mail:{announcement}:{person}")


def number_in(job: Job, name: str) -> int:
    """A whole number among the job's args."""
    value = job.args[name]
    assert isinstance(value, int)
    return value
