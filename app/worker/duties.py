"""Everything that the worker of an installation does."""

from datetime import timedelta

from app.settings import Settings
from app.worker.kinds import Duties, JobKind, Recurring
from app.worker.mail import Mailer
from app.worker.notify_task import notify_task
from engine.ports.blobs import Blobs
from engine.ports.jobs import Job, RunUnit
from storage.database import Database
from storage.sealing import BATCH, seal_next
from storage.store import Store
from storage.sweep import sweep_blobs, sweep_rows


def duties(database: Database, blobs: Blobs, settings: Settings) -> Duties:
    """The kinds of jobs with their handlers, and what the clock enqueues."""

    def sweep(_job: Job, run: RunUnit[Store]) -> None:
        run(sweep_rows)
        sweep_blobs(database, blobs, now=settings.clock())

    def seal_audit(_job: Job, run: RunUnit[Store]) -> None:
        while run(seal_next) == BATCH:
            pass

    mailer = Mailer(base_url=settings.base_url, language=settings.language, smtp=settings.smtp)
    return Duties(
        kinds={
            "notify_task": JobKind(handler=notify_task),
            "mail": JobKind(handler=mailer),
            "sweep": JobKind(handler=sweep, timeout=timedelta(hours=1)),
            "seal_audit": JobKind(handler=seal_audit, timeout=timedelta(minutes=30)),
        },
        recurring=(
            Recurring(kind="sweep", every=timedelta(days=1)),
            Recurring(kind="seal_audit", every=timedelta(minutes=10)),
        ),
    )
