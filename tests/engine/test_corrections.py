"""A correction reaches whatever was computed from the corrected answer, in any form filled in so far."""

from engine.commands import corrections
from engine.queries import tickets as queries
from tests.support.desk import BUNDLED, HANDLING, Desk

_COMPUTED = (
    '{"type": "expression", "id": "x1", "key": "escalation", "label": "x", "expression": "=\\"E-\\" + priority"},'
    '{"type": "expression", "id": "x2", "key": "filled_at", "label": "x", "expression": "=string(now())"},'
)


def _process() -> bytes:
    """The bundled process whose handling form computes from the start form's priority, and from the clock."""
    text = (BUNDLED / "fault-handling.bpmn").read_text(encoding="utf-8")
    at = text.index('"components": [', text.index('id="Task_Handle"')) + len('"components": [')
    return f"{text[:at]}{_COMPUTED}{text[at:]}".encode()


def test_a_computed_field_of_a_later_form_follows_a_correction_of_the_first(desk: Desk) -> None:
    desk.put_in_service("computing", content=_process())
    opened = desk.open(service="computing")
    ticket = str(opened.case.ticket.id)
    [review] = desk.work_on("yunwei1", opened.tasks[0].public_id, HANDLING).opened
    desk.claim("yunwei2", review.public_id)
    before = desk.see("admin", lambda work: queries.ticket(work, ticket)).answers
    assert before["escalation"] == "E-P1"

    change = {"impact": "low", "urgency": "low"}
    desk.do("yunwei2", lambda work: corrections.correct(work, ticket, answers=change, reason="影响评估有误"))

    after = desk.see("admin", lambda work: queries.ticket(work, ticket)).answers
    assert (after["priority"], after["escalation"]) == ("P4", "E-P4")
    assert after["filled_at"] == before["filled_at"]
    event = desk.see("admin", lambda work: queries.timeline(work, ticket)).items[-1]
    assert event.payload["before"] == {"impact": "high", "urgency": "high", "priority": "P1", "escalation": "E-P1"}
    assert event.payload["after"] == {"impact": "low", "urgency": "low", "priority": "P4", "escalation": "E-P4"}


def test_a_form_that_nobody_filled_in_yet_computes_nothing(desk: Desk) -> None:
    desk.put_in_service("computing", content=_process())
    opened = desk.open(service="computing")
    desk.claim("yunwei1", opened.tasks[0].public_id)
    ticket = str(opened.case.ticket.id)
    case = desk.do(
        "yunwei1", lambda work: corrections.correct(work, ticket, answers={"impact": "low"}, reason="影响评估有误")
    )
    assert "escalation" not in case.variables
