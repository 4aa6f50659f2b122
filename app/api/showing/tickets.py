"""Tickets, and what hangs on them, as JSON."""

from app.api.showing.common import Json, actions, names, person, person_or_none
from app.api.showing.tasks import task_of_case
from app.findings import messages
from engine.media import IMAGES
from engine.rulings import sight
from engine.values.actors import Actor
from engine.values.events import Attachment, Comment, Event
from engine.values.processes import RunningDeployment
from engine.values.tickets import Case, Stuck, Ticket
from engine.values.views import TicketRow, TicketView


def ticket(of: Ticket) -> Json:
    """What a ticket says of itself."""
    return {
        "id": str(of.id),
        "number": of.number,
        "kind": of.kind.value,
        "title": of.title,
        "status": of.shown_status,
        "phase": of.phase.value,
        "priority": of.priority,
        "suspended": of.suspended,
        "stuck": _stuck(of.stuck),
        "business": of.business,
        "requester": person(of.requester),
        "opened_at": of.opened_at,
        "closed_at": of.closed_at,
        "version": max(of.events, 1),
    }


def ticket_row(of: TicketRow) -> Json:
    """A ticket in a list."""
    business = None if of.business is None else names(of.business)
    return {
        **ticket(of.ticket),
        "service": {"key": of.service_key, "names": names(of.service)},
        "business_names": business,
    }


def ticket_of_case(case: Case, actor: Actor) -> Json:
    """A ticket after a command, as whoever gave the command sees it."""
    return {
        **ticket(case.ticket),
        "process": _process(case.deployment),
        "sight": sight(case, actor).value,
        "tasks": [task_of_case(case, each) for each in case.live_tasks()],
    }


def ticket_view(of: TicketView, actor: Actor) -> Json:
    """A ticket as it is read."""
    business = None if of.business is None else names(of.business)
    return {
        **ticket_of_case(of.case, actor),
        "sight": of.sight.value,
        "service": {"key": of.service_key, "names": names(of.service)},
        "business_names": business,
        "answers": dict(of.answers),
        "followed": actor.id in of.case.followers,
        "actions": actions(of.rulings),
    }


def event(of: Event) -> Json:
    """One event of a timeline."""
    return {
        "seq": of.seq,
        "at": of.at,
        "type": of.type.value,
        "actor": person_or_none(of.actor),
        "payload": dict(of.payload),
        "hash": of.hash.hex(),
    }


def comment(of: Comment, attachments: tuple[Attachment, ...] = ()) -> Json:
    """One comment with its files."""
    return {
        "id": f"{of.ticket_id}.{of.seq}",
        "author": person(of.author),
        "at": of.at,
        "internal": of.internal,
        "text": of.text,
        "attachments": [attachment(each) for each in attachments],
    }


def attachment(of: Attachment) -> Json:
    """One file of a ticket, with the addresses of its content and (images) its preview."""
    address = f"/api/v1/attachments/{of.public_id}"
    return {
        "id": of.public_id,
        "name": of.name,
        "media_type": of.media_type,
        "size": of.size,
        "sha256": of.sha256,
        "uploader": person(of.uploader),
        "at": of.at,
        "field": of.field_key,
        "task": None if of.task_seq is None else f"{of.ticket_id}.{of.task_seq}",
        "comment": None if of.comment_seq is None else f"{of.ticket_id}.{of.comment_seq}",
        "internal": of.internal,
        "content": f"{address}/content",
        "preview": f"{address}/preview" if of.media_type in IMAGES else None,
    }


def _process(of: RunningDeployment) -> Json:
    return {"key": of.process_key, "deployment": of.number, "version": of.version}


def _stuck(of: Stuck | None) -> Json | None:
    if of is None:
        return None
    return {
        "code": of.code,
        "element_id": of.element_id,
        "params": dict(of.params),
        "message": messages(of.code, of.params),
    }
