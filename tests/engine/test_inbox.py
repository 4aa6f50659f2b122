"""What an inbox lists and counts."""

from engine.commands import tickets
from engine.queries import tickets as queries
from engine.values.rulings import Action
from engine.values.views import InboxView
from tests.support.desk import BUNDLED, HANDLING, Desk


def test_a_task_on_hold_is_listed_as_such_but_not_counted_as_claimable(desk: Desk) -> None:
    desk.open()
    held = str(desk.open().case.ticket.id)
    desk.do("admin", lambda work: tickets.suspend(work, held, reason="等待割接"))
    rows = desk.see("yunwei1", lambda work: queries.inbox(work, InboxView.CLAIMABLE)).items
    assert [row.row.ticket.suspended for row in rows] == [False, True]
    assert desk.see("yunwei1", queries.counts)[InboxView.CLAIMABLE] == 1

    desk.do("admin", lambda work: tickets.resume(work, held, reason="割接完成"))
    assert desk.see("yunwei1", queries.counts)[InboxView.CLAIMABLE] == 2


def test_a_task_that_separation_of_duties_keeps_from_someone_is_listed_and_why_says_so(desk: Desk) -> None:
    text = (BUNDLED / "fault-handling.bpmn").read_text(encoding="utf-8")
    content = text.replace('<bpmn:userTask id="Task_Review"', '<bpmn:userTask fd:notBy="Task_Handle" id="Task_Review"')
    assert content != text
    desk.put_in_service("strict", content=content.encode())
    [review] = desk.work_on("yunwei1", desk.open(service="strict").tasks[0].public_id, HANDLING).opened
    for name, allowed, code in (("yunwei1", False, "FOUR_EYES"), ("yunwei2", True, "IS_CANDIDATE")):
        [row] = desk.see(name, lambda work: queries.inbox(work, InboxView.CLAIMABLE)).items
        assert row.task.public_id == review.public_id
        ruling = desk.see(name, lambda work: queries.why(work, review.public_id))[Action.CLAIM]
        assert (ruling.allowed, ruling.code) == (allowed, code)
