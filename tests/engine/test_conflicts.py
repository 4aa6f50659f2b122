"""Whoever comes too late is told who was there first, and when."""

from collections.abc import Callable

import pytest

from engine.commands import tasks, tickets
from engine.errors import Conflict
from storage.store import Store
from tests.support.desk import HANDLING, Desk

_QUICK = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:fd="http://faultdesk.org/schema/1.0"
    targetNamespace="http://faultdesk.org/test">
  <process id="Quick" isExecutable="true" fd:kind="incident">
    <startEvent id="S"><extensionElements><fd:form><![CDATA[{"type": "default", "components": [
      {"type": "textfield", "id": "t", "key": "title", "label": "t"},
      {"type": "select", "id": "b", "key": "business", "label": "b", "properties": {"fd:widget": "business"}}
    ]}]]></fd:form></extensionElements></startEvent>
    <parallelGateway id="G"/>
    <userTask id="A" name="A" fd:role="ops"/><userTask id="B" name="B" fd:role="ops"/>
    <endEvent id="E"><terminateEventDefinition/></endEvent>
    <sequenceFlow id="F1" sourceRef="S" targetRef="G"/>
    <sequenceFlow id="F2" sourceRef="G" targetRef="A"/>
    <sequenceFlow id="F3" sourceRef="G" targetRef="B"/>
    <sequenceFlow id="F4" sourceRef="A" targetRef="E"/>
    <sequenceFlow id="F5" sourceRef="B" targetRef="E"/>
  </process>
</definitions>"""
"""Two tasks at once; whichever is completed first ends the ticket."""

Command = Callable[[Store, str, str], object]


def _opened(desk: Desk) -> tickets.Opened:
    desk.put_in_service("quick", content=_QUICK)
    return desk.do(
        "kefu", lambda work: tickets.open_ticket(work, "quick", answers={"title": "x", "business": "website"})
    )


def _refused(desk: Desk, name: str, command: Callable[[Store], object]) -> Conflict:
    with pytest.raises(Conflict) as refusal:
        desk.do(name, command)
    return refusal.value


@pytest.mark.parametrize(
    ("by", "end"),
    [
        ("kefu", lambda work, ticket, _: tickets.withdraw(work, ticket, reason="已自行恢复")),
        ("admin", lambda work, ticket, _: tickets.cancel(work, ticket, reason="误报")),
        ("yunwei1", lambda work, _, task: tasks.complete(work, task, answers=HANDLING)),
    ],
    ids=["withdrawn", "cancelled", "completed"],
)
def test_a_task_that_has_ended_names_whoever_ended_it(desk: Desk, by: str, end: Command) -> None:
    opened = desk.open()
    ticket, task = str(opened.case.ticket.id), opened.tasks[0].public_id
    if by == "yunwei1":
        desk.claim(by, task)
    desk.do(by, lambda work: end(work, ticket, task))
    at = desk.clock()
    refusal = _refused(desk, "yunwei2", lambda work: tasks.claim(work, task))
    assert refusal.code == "NOT_ACTIVE"
    assert (refusal.params["by"], refusal.params["at"]) == (by.title(), at)


@pytest.mark.parametrize(
    ("by", "phase", "end"),
    [
        ("kefu", "withdrawn", lambda work, ticket: tickets.withdraw(work, ticket, reason="已自行恢复")),
        ("admin", "cancelled", lambda work, ticket: tickets.cancel(work, ticket, reason="误报")),
    ],
)
def test_a_ticket_that_has_ended_says_how_by_whom_and_when(
    desk: Desk, by: str, phase: str, end: Callable[[Store, str], object]
) -> None:
    ticket = str(desk.open().case.ticket.id)
    desk.do(by, lambda work: end(work, ticket))
    at = desk.clock()
    refusal = _refused(desk, "kefu", lambda work: tickets.withdraw(work, ticket, reason="x"))
    assert (refusal.code, dict(refusal.params)) == ("TICKET_ENDED", {"phase": phase, "by": by.title(), "at": at})


def test_a_ticket_that_its_process_closed_names_whoever_completed_the_last_task(desk: Desk) -> None:
    opened = _opened(desk)
    desk.work_on("yunwei1", opened.tasks[0].public_id, {})
    at = desk.clock()
    refusal = _refused(desk, "kefu", lambda work: tickets.withdraw(work, str(opened.case.ticket.id), reason="x"))
    assert refusal.params == {"phase": "closed", "by": "Yunwei1", "at": at}


def test_a_task_that_a_terminate_end_cancels_names_whoever_reached_that_end(desk: Desk) -> None:
    first, other = _opened(desk).tasks
    desk.work_on("yunwei1", first.public_id, {})
    at = desk.clock()
    refusal = _refused(desk, "yunwei2", lambda work: tasks.claim(work, other.public_id))
    assert refusal.code == "NOT_ACTIVE"
    assert refusal.params == {"state": "cancelled", "by": "Yunwei1", "at": at}


def test_a_ticket_on_hold_says_who_put_it_there_and_when(desk: Desk) -> None:
    opened = desk.open()
    ticket, task = str(opened.case.ticket.id), opened.tasks[0].public_id
    desk.claim("yunwei1", task)
    desk.do("yunwei1", lambda work: tickets.suspend(work, ticket, reason="等待供应商"))
    held = {"by": "Yunwei1", "at": desk.clock()}
    late = _refused(desk, "admin", lambda work: tickets.suspend(work, ticket, reason="x"))
    stopped = _refused(desk, "yunwei1", lambda work: tasks.complete(work, task, answers=HANDLING))
    assert (late.code, dict(late.params)) == ("ALREADY_SUSPENDED", held)
    assert (stopped.code, dict(stopped.params)) == ("TICKET_SUSPENDED", held)

    desk.do("yunwei1", lambda work: tickets.resume(work, ticket, reason="已答复"))
    back = desk.do("admin", lambda work: tickets.suspend(work, ticket, reason="再次等待"))
    assert back.ticket.halted_by is not None
    assert back.ticket.halted_by.name == "admin"
