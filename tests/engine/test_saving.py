"""Saved answers keep the uploads that they name, and no more of them than a form can hold."""

import sqlalchemy as sa

from bpmn.limits import SAVED_UPLOADS
from engine.commands import saving
from engine.ids import new_id
from storage import tables as t
from storage.case_saving import SAVED_FOR
from tests.support.desk import Desk


def test_saved_answers_keep_their_uploads_and_of_very_many_the_first(desk: Desk) -> None:
    first, late, other = (desk.add_upload("kefu") for _ in range(3))
    noise = [str(new_id()) for _ in range(SAVED_UPLOADS - 1)]
    answers = {"files": [str(first.id), *noise, str(late.id)]}
    desk.do("kefu", lambda work: saving.save_for_service(work, "fault", answers))
    with desk.database.engine.connect() as connection:
        rows = connection.execute(sa.select(t.upload.c.id, t.upload.c.expires_at))
        ends = {row.id: row.expires_at for row in rows}
    assert ends[first.id] == desk.clock() + SAVED_FOR
    assert ends[late.id] == late.expires_at
    assert ends[other.id] == other.expires_at
