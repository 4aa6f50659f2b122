"""The fault story, command by command, on both databases."""

import pytest

from bpmn.errors import FaultdeskError
from engine.commands import tasks, tickets
from engine.queries import tickets as queries
from engine.timeline import first_break
from engine.values.tickets import Phase, TaskState
from engine.values.views import InboxView
from tests.support.desk import ASSESSMENT, HANDLING, REVIEW, Desk


def _only(opened: tuple) -> str:
    [task] = opened
    return task.public_id


def test_an_incident_runs_from_report_to_closed(desk: Desk) -> None:
    opened = desk.open()
    handle = _only(opened.tasks)
    review = _only(desk.work_on("yunwei1", handle, HANDLING).opened)
    assess = _only(desk.work_on("yunwei2", review, REVIEW).opened)
    desk.claim("qc", assess)
    again = desk.complete("qc", assess, ASSESSMENT, outcome="redo", reason="影响范围不完整")
    assert again.opened[0].assignee is not None
    assert again.opened[0].assignee.name == "yunwei2", "sent back to its last holder first"
    assess = _only(desk.complete("yunwei2", again.opened[0].public_id, REVIEW).opened)
    done = desk.work_on("qc", assess, ASSESSMENT, outcome="pass")
    assert done.case.ticket.phase is Phase.CLOSED
    assert done.case.ticket.shown_status == "CLOSED"
    view = desk.see("kefu", lambda work: queries.ticket(work, str(opened.case.ticket.id)))
    assert view.case.ticket.number == "INC20261123000001"
    assert view.case.ticket.priority == "P1"
    events = desk.see("auditor", lambda work: queries.timeline(work, str(opened.case.ticket.id))).items
    assert [event.type.value for event in events] == [
        "ticket_opened",
        "task_claimed",
        "task_completed",
        "task_claimed",
        "task_completed",
        "task_claimed",
        "task_sent_back",
        "task_completed",
        "task_claimed",
        "task_completed",
    ]
    assert first_break(events) is None


def test_the_inbox_shows_a_task_to_its_candidates_until_one_claims_it(desk: Desk) -> None:
    handle = _only(desk.open().tasks)

    def claimable(name: str) -> list[str]:
        page = desk.see(name, lambda work: queries.inbox(work, InboxView.CLAIMABLE))
        return [row.task.public_id for row in page.items]

    assert claimable("yunwei1") == claimable("yunwei2") == [handle]
    assert claimable("shop_ops") == claimable("kefu") == []
    desk.claim("yunwei1", handle)
    assert claimable("yunwei2") == []
    mine = desk.see("yunwei1", lambda work: queries.inbox(work, InboxView.MINE)).items
    assert [(row.task.public_id, row.name.in_language("zh-CN")) for row in mine] == [(handle, "故障跟进")]
    desk.do("yunwei1", lambda work: tasks.release(work, handle))
    assert claimable("yunwei2") == [handle]


def test_the_second_claim_learns_who_was_first(desk: Desk) -> None:
    handle = _only(desk.open().tasks)
    desk.claim("yunwei1", handle)
    with pytest.raises(FaultdeskError) as refused:
        desk.claim("yunwei2", handle)
    assert refused.value.code == "ALREADY_CLAIMED"
    assert refused.value.params["by_name"] == "yunwei1"


def test_a_closed_ticket_keeps_no_live_task_and_no_offer(desk: Desk) -> None:
    opened = desk.open()
    cancelled = desk.do("admin", lambda work: tickets.cancel(work, str(opened.case.ticket.id), reason="误报"))
    assert {task.state for task in cancelled.tasks} == {TaskState.CANCELLED}
    assert desk.see("yunwei1", lambda work: queries.inbox(work, InboxView.CLAIMABLE)).items == ()
