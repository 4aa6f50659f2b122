"""Who may do what with tasks and tickets: commands refuse what `why` says they refuse."""

import pytest
import sqlalchemy as sa

from bpmn.errors import FaultdeskError
from engine.commands import comments, corrections, tasks, tickets
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.queries import tickets as queries
from engine.values.processes import Policy, Withdrawal
from engine.values.rulings import Action
from engine.values.tickets import Phase
from storage import tables as t
from storage.rows import policy_text
from tests.support.desk import ASSESSMENT, BUNDLED, HANDLING, REVIEW, Desk


def _refusal(desk: Desk, name: str, command: object) -> str:
    with pytest.raises(FaultdeskError) as refused:
        desk.do(name, command)  # type: ignore[arg-type]
    return refused.value.code


def _ids(desk: Desk) -> tuple[str, str]:
    opened = desk.open()
    return str(opened.case.ticket.id), opened.tasks[0].public_id


def test_someone_without_the_role_may_not_claim_and_someone_who_sees_nothing_gets_not_found(desk: Desk) -> None:
    _, task = _ids(desk)
    assert _refusal(desk, "kefu", lambda work: tasks.claim(work, task)) == "NOT_CANDIDATE"
    assert _refusal(desk, "admin", lambda work: tasks.claim(work, task)) == "NOT_CANDIDATE"
    assert _refusal(desk, "shop_ops", lambda work: tasks.claim(work, task)) == "NOT_FOUND"
    assert _refusal(desk, "eve", lambda work: tasks.claim(work, task)) == "NOT_FOUND"


def test_only_the_assignee_completes_and_only_a_claimed_task(desk: Desk) -> None:
    _, task = _ids(desk)
    assert _refusal(desk, "yunwei1", lambda work: tasks.complete(work, task, answers=HANDLING)) == "NOT_CLAIMED"
    desk.claim("yunwei1", task)
    assert _refusal(desk, "yunwei2", lambda work: tasks.complete(work, task, answers=HANDLING)) == "NOT_ASSIGNEE"
    desk.complete("yunwei1", task, HANDLING)
    assert _refusal(desk, "yunwei1", lambda work: tasks.complete(work, task, answers=HANDLING)) == "NOT_ACTIVE"


def test_a_role_lost_between_claim_and_complete_counts_at_once(desk: Desk) -> None:
    """security-bar A-11."""
    _, task = _ids(desk)
    desk.claim("yunwei1", task)
    with desk.database.engine.begin() as connection:
        connection.execute(sa.delete(t.role_member).where(t.role_member.c.user_id == desk.people["yunwei1"]))
    assert _refusal(desk, "yunwei1", lambda work: tasks.complete(work, task, answers=HANDLING)) == "NOT_CANDIDATE"


def test_who_handled_or_reviewed_may_not_assess(desk: Desk) -> None:
    """security-bar A-18; `why` says so before anybody tries."""
    desk.add_person("both", grants=(("ops", "website"), ("qc", "")))
    _, handle = _ids(desk)
    [review] = desk.work_on("both", handle, HANDLING).opened
    [assess] = desk.work_on("yunwei1", review.public_id, REVIEW).opened
    ruling = desk.see("both", lambda work: queries.why(work, assess.public_id))[Action.CLAIM]
    assert (ruling.allowed, ruling.code) == (False, "FOUR_EYES")
    assert _refusal(desk, "both", lambda work: tasks.claim(work, assess.public_id)) == "FOUR_EYES"
    desk.work_on("qc", assess.public_id, ASSESSMENT, outcome="pass")


def test_a_task_is_transferred_by_its_holder_and_assigned_by_admins_to_candidates_only(desk: Desk) -> None:
    _, task = _ids(desk)
    give = {"to": "yunwei2", "reason": "交接班"}
    assert _refusal(desk, "yunwei1", lambda work: tasks.transfer(work, task, **give)) == "NOT_CLAIMED"
    assert _refusal(desk, "yunwei1", lambda work: tasks.assign(work, task, **give)) == "ADMIN_ONLY"
    desk.do("admin", lambda work: tasks.assign(work, task, to="yunwei1", reason="值班"))
    assert (
        _refusal(desk, "yunwei1", lambda work: tasks.transfer(work, task, to="qc", reason="x"))
        == "RECEIVER_NOT_CANDIDATE"
    )
    assert (
        _refusal(desk, "yunwei1", lambda work: tasks.transfer(work, task, to="yunwei2", reason=" "))
        == "REASON_REQUIRED"
    )
    assert _refusal(desk, "yunwei1", lambda work: tasks.transfer(work, task, to="nobody", reason="x")) == "USER_UNKNOWN"
    done = desk.do("yunwei1", lambda work: tasks.transfer(work, task, **give))
    assert done.task.assignee is not None
    assert done.task.assignee.name == "yunwei2"
    desk.do("admin", lambda work: tasks.release(work, task))


def test_a_suspended_ticket_lets_only_resume_comment_withdraw_and_cancel_through(desk: Desk) -> None:
    ticket, task = _ids(desk)
    desk.claim("yunwei1", task)
    assert _refusal(desk, "kefu", lambda work: tickets.suspend(work, ticket, reason="x")) == "HOLDER_OR_ADMIN_ONLY"
    held = desk.do("yunwei1", lambda work: tickets.suspend(work, ticket, reason="等待供应商"))
    assert held.ticket.shown_status == "ON_HOLD"
    for command in (
        lambda work: tasks.complete(work, task, answers=HANDLING),
        lambda work: tasks.release(work, task),
        lambda work: corrections.correct(work, ticket, answers={"impact": "low"}, reason="x"),
        lambda work: comments.add_follower(work, ticket, name="eve"),
    ):
        assert _refusal(desk, "yunwei1", command) == "TICKET_SUSPENDED"
    desk.do("kefu", lambda work: comments.comment(work, ticket, text="收到", internal=False))
    back = desk.do("yunwei1", lambda work: tickets.resume(work, ticket, reason="已恢复供应"))
    assert back.ticket.shown_status == "IN_PROGRESS"
    desk.complete("yunwei1", task, HANDLING)


@pytest.mark.parametrize(
    ("policy", "before", "after"),
    [
        (Policy(withdrawal=Withdrawal.NEVER), False, False),
        (Policy(withdrawal=Withdrawal.BEFORE_FIRST_CLAIM), True, False),
        (Policy(withdrawal=Withdrawal.BEFORE_TASK, withdrawal_task="Task_Review"), True, True),
        (Policy(withdrawal=Withdrawal.ANY_TIME), True, True),
    ],
)
def test_the_requester_withdraws_as_long_as_the_policy_of_this_moment_allows(
    desk: Desk, policy: Policy, before: bool, after: bool
) -> None:
    with desk.database.engine.begin() as connection:
        connection.execute(sa.update(t.process).values(policy=policy_text(policy)))

    def withdrawn(claimed: bool) -> bool:
        ticket, task = _ids(desk)
        if claimed:
            desk.claim("yunwei1", task)
        try:
            case = desk.do("kefu", lambda work: tickets.withdraw(work, ticket, reason="已自行恢复"))
        except Conflict:
            return False
        return case.ticket.phase is Phase.WITHDRAWN

    assert withdrawn(False) is before
    assert withdrawn(True) is after


def test_nobody_but_the_requester_withdraws_and_nobody_but_an_admin_cancels(desk: Desk) -> None:
    ticket, _ = _ids(desk)
    assert _refusal(desk, "yunwei1", lambda work: tickets.withdraw(work, ticket, reason="x")) == "REQUESTER_ONLY"
    assert _refusal(desk, "kefu", lambda work: tickets.cancel(work, ticket, reason="x")) == "ADMIN_ONLY"
    desk.do("admin", lambda work: tickets.cancel(work, ticket, reason="误报"))
    assert _refusal(desk, "kefu", lambda work: tickets.withdraw(work, ticket, reason="x")) == "TICKET_ENDED"


def test_a_correction_changes_only_editable_fields_and_computed_ones_follow(desk: Desk) -> None:
    ticket, task = _ids(desk)
    change = {"impact": "low", "urgency": "low"}
    assert (
        _refusal(desk, "kefu", lambda work: corrections.correct(work, ticket, answers=change, reason="x"))
        == "HOLDER_OR_ADMIN_ONLY"
    )
    desk.claim("yunwei1", task)
    assert (
        _refusal(
            desk, "yunwei1", lambda work: corrections.correct(work, ticket, answers={"source": "manual"}, reason="x")
        )
        == "FIELD_NOT_EDITABLE"
    )
    case = desk.do("yunwei1", lambda work: corrections.correct(work, ticket, answers=change, reason="影响有限"))
    assert case.variables["priority"] == case.ticket.priority == "P4"
    [event] = [
        event
        for event in desk.see("auditor", lambda work: queries.timeline(work, ticket)).items
        if event.type.value == "answers_corrected"
    ]
    assert event.payload["before"] == {"impact": "high", "urgency": "high", "priority": "P1"}
    assert event.payload["after"] == {"impact": "low", "urgency": "low", "priority": "P4"}


def test_a_follower_sees_the_ticket_without_what_is_internal(desk: Desk) -> None:
    ticket, _ = _ids(desk)
    with pytest.raises(NotFound):
        desk.see("eve", lambda work: queries.ticket(work, ticket))
    desk.do("kefu", lambda work: comments.add_follower(work, ticket, name="eve"))
    desk.do("yunwei1", lambda work: comments.comment(work, ticket, text="内部：疑似光缆", internal=True))
    desk.do("yunwei1", lambda work: comments.comment(work, ticket, text="正在处理", internal=False))
    texts = [each.text for each in desk.see("eve", lambda work: queries.comments(work, ticket)).items]
    assert texts == ["正在处理"]
    assert len(desk.see("yunwei2", lambda work: queries.comments(work, ticket)).items) == 2
    types = [each.type.value for each in desk.see("eve", lambda work: queries.timeline(work, ticket)).items]
    assert types.count("comment_added") == 1
    assert (
        _refusal(desk, "eve", lambda work: comments.comment(work, ticket, text="x", internal=True)) == "INTERNAL_ONLY"
    )
    desk.do("eve", lambda work: comments.remove_follower(work, ticket, name="eve"))
    with pytest.raises(NotFound):
        desk.see("eve", lambda work: queries.ticket(work, ticket))


def test_only_admins_ask_why_for_somebody_else(desk: Desk) -> None:
    _, task = _ids(desk)
    rulings = desk.see("admin", lambda work: queries.why(work, task, user="yunwei1"))
    assert rulings[Action.CLAIM].allowed
    with pytest.raises(Forbidden):
        desk.see("yunwei1", lambda work: queries.why(work, task, user="yunwei2"))


def test_an_upload_of_somebody_else_cannot_be_attached(desk: Desk) -> None:
    """security-bar F-06."""
    theirs = desk.add_upload("yunwei1")
    with pytest.raises(NotFound):
        desk.open(screenshots=[str(theirs.id)])
    mine = desk.add_upload("kefu")
    opened = desk.open(screenshots=[str(mine.id)])
    [name] = opened.case.variables["screenshots"]  # type: ignore[misc]
    [attachment] = desk.see("kefu", lambda work: queries.attachments(work, str(opened.case.ticket.id)))
    assert (attachment.public_id, attachment.name, attachment.field_key) == (name, "screen.png", "screenshots")
    with pytest.raises(NotFound):
        desk.see("eve", lambda work: queries.attachment(work, str(name)))


def test_a_file_of_a_kind_that_its_field_does_not_take_is_refused_at_the_field(desk: Desk) -> None:
    sheet = desk.add_upload("kefu", "sheet.csv", media_type="text/csv")
    with pytest.raises(Invalid) as refused:
        desk.open(screenshots=[str(sheet.id)])
    assert [(each.path, each.code) for each in refused.value.problems] == [("screenshots", "FILE_NOT_ACCEPTED")]


def test_only_an_attachment_that_the_ticket_has_may_be_named_again(desk: Desk) -> None:
    upload = desk.add_upload("kefu")
    opened = desk.open(screenshots=[str(upload.id)])
    [task] = opened.tasks
    desk.claim("yunwei1", task.public_id)
    with pytest.raises(NotFound):
        desk.complete("yunwei1", task.public_id, {**HANDLING, "attachments": [f"{task.ticket_id}.{task.seq}"]})
    [name] = opened.case.variables["screenshots"]  # type: ignore[misc]
    desk.complete("yunwei1", task.public_id, {**HANDLING, "attachments": [name]})


def test_the_business_of_a_ticket_stays_even_where_its_field_is_marked_editable(desk: Desk) -> None:
    text = (BUNDLED / "fault-handling.bpmn").read_text(encoding="utf-8")
    editable = text.replace('"fd:widget": "business"', '"fd:widget": "business", "fd:editable": "true"')
    assert editable != text
    desk.put_in_service("lenient", content=editable.encode())
    opened = desk.open(service="lenient")
    desk.claim("yunwei1", opened.tasks[0].public_id)
    ticket = str(opened.case.ticket.id)
    move = {"business": "shop"}
    assert (
        _refusal(desk, "yunwei1", lambda work: corrections.correct(work, ticket, answers=move, reason="x"))
        == "FIELD_NOT_EDITABLE"
    )
