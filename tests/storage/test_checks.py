"""`check` finds nothing on a desk that worked, and finds each thing that somebody breaks."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.commands import corrections, tickets
from storage import checks
from storage import tables as t
from storage.background import in_background
from storage.blobs import BlobDirectory
from storage.channel import Statement
from storage.checks import check
from storage.database import Database
from storage.store import Store
from tests.support.desk import ASSESSMENT, HANDLING, REVIEW, Desk
from tests.support.office import Office
from tests.support.people import NOW, insert


def _worked(desk: Desk) -> str:
    """A desk with a closed, a withdrawn, a cancelled and a running ticket; the running one's id."""
    [handle] = desk.open().tasks
    [review] = desk.work_on("yunwei1", handle.public_id, HANDLING).opened
    [assess] = desk.work_on("yunwei1", review.public_id, REVIEW).opened
    desk.claim("qc", assess.public_id)
    [again] = desk.complete("qc", assess.public_id, ASSESSMENT, outcome="redo", reason="补充").opened
    [assess] = desk.complete("yunwei1", again.public_id, REVIEW).opened
    desk.work_on("qc", assess.public_id, ASSESSMENT, outcome="pass")
    withdrawn = desk.open().case.ticket.id
    desk.do("kefu", lambda work: tickets.withdraw(work, str(withdrawn), reason="重复提单"))
    cancelled = desk.open().case.ticket.id
    desk.do("admin", lambda work: tickets.cancel(work, str(cancelled), reason="误报"))
    running = desk.open()
    desk.claim("yunwei2", running.tasks[0].public_id)
    ticket_id = str(running.case.ticket.id)
    desk.do("yunwei2", lambda work: corrections.correct(work, ticket_id, answers={"impact": "low"}, reason="核实"))
    return ticket_id


def _codes(desk: Desk) -> set[str]:
    return set(desk.see("admin", lambda work: {violation.code for violation in check(work)}))


def test_a_desk_that_worked_has_no_violation(desk: Desk) -> None:
    _worked(desk)
    assert _codes(desk) == set()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (sa.delete(t.event).where(t.event.c.seq == 2), "CHAIN_BROKEN"),
        (sa.update(t.event).where(t.event.c.seq == 1).values(payload="{}"), "CHAIN_BROKEN"),
        (sa.update(t.task).where(t.task.c.state == "claimed").values(state="completed"), "NOTHING_TO_DO"),
        (sa.update(t.ticket_state).values(variables="{}"), "VARIABLES_DIFFER"),
        (sa.update(t.ticket).where(t.ticket.c.phase == "running").values(phase="closed"), "LIVE_AFTER_END"),
        (sa.update(t.counter).values(value=99), "NUMBERS_MISSING"),
        (sa.update(t.task).where(t.task.c.state == "claimed").values(token=77), "TASKS_DIFFER"),
        (sa.delete(t.ticket_state), "STATE_MISSING"),
        (sa.update(t.ticket_state).values(state=b"{broken"), "STATE_CORRUPT"),
    ],
)
def test_each_damage_is_found(desk: Desk, damage: sa.Executable, code: str) -> None:
    _worked(desk)
    with desk.database.engine.begin() as connection:
        connection.execute(damage)
    assert code in _codes(desk)


def test_a_lost_offer_is_found(desk: Desk) -> None:
    desk.open()
    with desk.database.engine.begin() as connection:
        connection.execute(sa.delete(t.offer))
    assert _codes(desk) == {"OFFERS_DIFFER"}


def test_the_bytes_of_every_attachment_are_looked_for_page_by_page(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, blobs = Office(database, tmp_path), BlobDirectory(tmp_path / "blobs")
    kept = blobs.put([b"x"], limit=9, inspect=lambda file: None)[0].sha256
    row = {"ticket_id": office.ticket_id, "name": "n", "media_type": "m", "size": 1, "internal": False}
    for seq in range(1, 8):
        sha256 = kept if seq in (1, 4) else f"{seq:064}"
        insert(database, t.attachment, seq=seq, sha256=sha256, uploader_id=office.bob, at=NOW, **row)
    office.change(sa.delete(t.ticket_state))
    monkeypatch.setattr(checks, "BATCH", 3)
    sizes: list[int] = []
    original = Store.read

    def read(work: Store, *statements: Statement) -> list[list[Any]]:
        found = original(work, *statements)
        sizes.extend(len(each) for each in found if each and hasattr(each[0], "sha256"))
        return found

    monkeypatch.setattr(Store, "read", read)
    found = in_background(database, lambda work: list(checks.check_all(work, blobs)), now=NOW, writing=False)
    absent = [each.subject for each in found if each.code == "FILE_ABSENT"]
    assert absent == [f"{office.ticket_id}.{seq}" for seq in (2, 3, 5, 6, 7)]
    assert sizes == [3, 3, 1]
