"""What is asked once the load is over and the server stopped: the check, the jobs' end, the verdict."""

from contextlib import closing
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.settings import settings_from
from app.worker.duties import duties
from app.worker.runner import Runner, utc_now
from storage import jobs
from storage import tables as t
from storage.background import in_background
from storage.blobs import BlobDirectory
from storage.database import Database
from storage.work import Work
from tests.crash.ledger import Ledger
from tests.crash.server import Server
from tests.crash.verdict import judge

LATER = timedelta(minutes=10)
"""By then each lease has run out and each failed job's next try is due, while keys and uploads are still kept."""


def check(server: Server) -> None:
    """`faultdesk check`, as its operator runs it, finds nothing."""
    ran = server.host("check")
    assert (ran.returncode, ran.stdout) == (0, "Nothing is wrong.\n"), ran.stdout + ran.stderr


def finish_jobs(server: Server) -> None:
    """Let another worker, ten minutes later, do what the killed ones left; everything gets done."""
    with closing(_Opened(server)) as opened:
        in_background(opened.database, _rescue, now=_later())
        blobs, settings = BlobDirectory(server.attachments), settings_from(server.environment)
        Runner(opened.database, duties(opened.database, blobs, settings), now=_later).drain()
        with opened.database.engine.connect() as connection:
            left = connection.execute(sa.select(t.job).where(t.job.c.state != "done")).all()
    assert not left, left


def verdict_on(server: Server, ledger: Ledger) -> list[str]:
    """What is not as it was acknowledged."""
    with closing(_Opened(server)) as opened:
        return judge(opened.database, BlobDirectory(server.attachments), ledger)


class _Opened:
    """The server's database."""

    def __init__(self, server: Server) -> None:
        self.database = Database(server.environment["FAULTDESK_DB"])

    def close(self) -> None:
        """Let go of it."""
        self.database.dispose()


def _later() -> datetime:
    return utc_now() + LATER


def _rescue(work: Work) -> None:
    rescued = jobs.rescue(now=work.now)
    work.write(rescued.clause, rescued.parameters)
