"""A task that is sent back is offered first to whoever did it last, if they may still do it."""

import pytest

from tests.support.desk import ASSESSMENT, BUNDLED, HANDLING, REVIEW, Desk

_BY_OTHERS = ' fd:notBy="Task_Handle Task_Review"'
_REVIEW = '<bpmn:userTask id="Task_Review"'


def _review_not_by_the_assessor() -> bytes:
    text = (BUNDLED / "fault-handling.bpmn").read_text(encoding="utf-8")
    assert _BY_OTHERS in text
    assert _REVIEW in text
    return text.replace(_BY_OTHERS, "").replace(_REVIEW, f'{_REVIEW} fd:notBy="Task_Assess"').encode()


@pytest.mark.parametrize("same", [True, False])
def test_whom_separation_of_duties_excludes_is_not_offered_it(desk: Desk, same: bool) -> None:
    desk.put_in_service("strict", content=_review_not_by_the_assessor())
    desk.add_person("both", grants=(("ops", "website"), ("qc", "")))
    [handle] = desk.open(service="strict").tasks
    [review] = desk.work_on("both", handle.public_id, HANDLING).opened
    [assess] = desk.work_on("both", review.public_id, REVIEW).opened
    back = desk.work_on("both" if same else "qc", assess.public_id, ASSESSMENT, outcome="redo", reason="影响范围不完整")
    [again] = back.opened
    assert (None if again.assignee is None else again.assignee.name) == (None if same else "both")
