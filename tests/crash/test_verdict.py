"""The checker is checked: take one acknowledged commit away, or do one twice, and the verdict says so."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.worker.runner import utc_now
from engine.values.events import EventType
from storage.background import in_background
from storage.blobs import BlobDirectory
from storage.checks import check
from storage.database import Database
from tests.crash import damage
from tests.crash.clients import Client, Stopped
from tests.crash.ledger import Ledger
from tests.crash.orders import LIE, ORDER, Order
from tests.crash.points import REQUEST, STEPS
from tests.crash.server import running
from tests.crash.verdict import judge
from tests.crash.walk import Walk


@dataclass(frozen=True, kw_only=True)
class Worked:
    """What one client did on a server that kept its word, and the tickets that it left."""

    file: Path
    blobs: BlobDirectory
    ledger: Ledger
    closed: UUID
    claimed: UUID
    liar: Ledger
    """The same and a ticket more, whose commit was a lie."""

    def judged(self, file: Path) -> list[str]:
        """The verdict on a database in this file."""
        database = Database(f"sqlite:///{file}")
        try:
            return judge(database, self.blobs, self.ledger)
        finally:
            database.dispose()


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Worked:
    """A closed ticket with a file, one whose newest change is a claim, and one that was promised and not kept."""
    directory = tmp_path_factory.mktemp("worked")
    file = directory / "faultdesk.db"
    walk = Walk.over(f"sqlite:///{file}", directory)
    client, cast = walk.client, walk.client.cast
    with running(walk.server):
        files = client.upload(cast.ops)
        walk.past([])
        walk.settle()
        closed = client.page.changes[-1].ticket
        claimed, task = client.open()
        client.change(
            cast.ops,
            EventType.COMMENT_ADDED,
            f"tickets/{closed}/comments",
            {"text": "x", "uploads": files},
            files=files,
        )
        walk.settle()
        client.claim(cast.ops, task)
        ledger = Ledger(pages=[client.page])
        Order(who=REQUEST, commit=1, place=LIE).put(Path(walk.server.environment[ORDER]))
        other = Client(name="liar", cast=cast, port=walk.server.port, stop=client.stop, plainly=True)
        _, promised = other.open()
        with pytest.raises(Stopped):
            other.claim(cast.ops, promised)
        walk.settle()
    walk.database.dispose()
    return Worked(
        file=file,
        blobs=BlobDirectory(walk.server.attachments),
        ledger=ledger,
        closed=UUID(closed),
        claimed=UUID(claimed),
        liar=Ledger(pages=[client.page, other.page]),
    )


def test_work_that_was_kept_is_not_complained_of(worked: Worked) -> None:
    assert worked.judged(worked.file) == []
    assert len(worked.ledger.changes) == len(STEPS) + 3


def test_a_commit_that_was_acknowledged_and_never_made_is_found(worked: Worked) -> None:
    database = Database(f"sqlite:///{worked.file}")
    found = judge(database, worked.blobs, worked.liar)
    database.dispose()
    lost = worked.liar.pages[1].changes[0].ticket
    assert f"ticket {lost} was acknowledged and is not there" in found
    assert any("was refused: 404" in each for each in found), found


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (damage.undo_claim, "{claimed}: task_claimed of task 1 was acknowledged and is not there"),
        (damage.complete_twice, "{closed}: task_completed of task 1 is there once more than it was acknowledged"),
        (damage.complete_twice, "task {closed}.1 is completed and was completed 2 times"),
        (damage.lose_announcement, "task {closed}.2 is announced by 0 jobs instead of 1"),
        (damage.tell_twice, "2 jobs tell "),
        (damage.skip_a_number, "leave out [1, "),
        (damage.skip_a_number, "ticket {closed} was told "),
        (damage.forget_keys, "was acknowledged and is not kept"),
        (damage.lose_attachment, "is not once on the ticket {closed}"),
    ],
)
def test_each_damage_is_told(
    worked: Worked, tmp_path: Path, broken: Callable[[sa.Connection, UUID], None], said: str
) -> None:
    copy = shutil.copy(worked.file, tmp_path / "damaged.db")
    database = Database(f"sqlite:///{copy}")
    with database.engine.begin() as connection:
        broken(connection, worked.claimed if broken is damage.undo_claim else worked.closed)
    if broken is damage.undo_claim:
        # The tables agree with each other: only whoever was told of the change can know that it is gone.
        assert in_background(database, lambda work: list(check(work)), now=utc_now(), writing=False) == []
    database.dispose()
    wanted = said.format(claimed=worked.claimed, closed=worked.closed)
    found = worked.judged(tmp_path / "damaged.db")
    assert any(wanted in each for each in found), found


def test_bytes_that_are_gone_are_missed(worked: Worked, tmp_path: Path) -> None:
    empty = BlobDirectory(tmp_path / "empty")
    database = Database(f"sqlite:///{worked.file}")
    found = judge(database, empty, worked.ledger)
    database.dispose()
    assert [each.endswith("was taken and its bytes are not there") for each in found] == [True]
