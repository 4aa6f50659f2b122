"""Tasks as JSON."""

from app.api.showing.common import Json, actions, grant, names, person_or_none, text
from app.api.showing.forms import form, outcomes
from bpmn.text import Text
from engine.values.rulings import Sight
from engine.values.tickets import Case, Task, Ticket
from engine.values.views import TaskRow, TaskView


def task(of: Task, name: Text, ticket: Ticket) -> Json:
    """What a task says of itself, with what tells its ticket from others."""
    return {
        "id": of.public_id,
        "element": of.element_id,
        "name": text(name),
        "state": of.state.value,
        "candidates": [grant(each) for each in of.candidates],
        "assignee": person_or_none(of.assignee),
        "visit": of.visit,
        "opened_at": of.opened_at,
        "claimed_at": of.claimed_at,
        "ended_at": of.ended_at,
        "ended_by": person_or_none(of.ended_by),
        "version": of.version,
        "ticket": {
            "id": str(ticket.id),
            "number": ticket.number,
            "title": ticket.title,
            "kind": ticket.kind.value,
            "status": ticket.shown_status,
            "priority": ticket.priority,
            "business": ticket.business,
            "suspended": ticket.suspended,
        },
    }


def task_of_case(case: Case, of: Task) -> Json:
    """A task of a case at hand."""
    return task(of, case.deployment.definition.nodes_by_id[of.element_id].name, case.ticket)


def task_row(of: TaskRow) -> Json:
    """A task in an inbox."""
    service = {"key": of.row.service_key, "names": names(of.row.service)}
    return {**task(of.task, of.name, of.row.ticket), "service": service}


def task_view(of: TaskView) -> Json:
    """A task with its form, the answers given before, and what may be done with it."""
    return {
        **task(of.task, of.name, of.ticket.case.ticket),
        "service": {"key": of.ticket.service_key, "names": names(of.ticket.service)},
        "form": form(of.form, of.fields, internal=of.ticket.sight is Sight.FULL),
        "outcomes": outcomes(of.outcomes),
        "answers": dict(of.ticket.answers),
        "saved": None if of.saved is None else dict(of.saved),
        "saved_at": of.saved_at,
        "actions": [*actions(of.rulings), *actions(of.ticket.rulings)],
    }
