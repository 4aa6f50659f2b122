"""What people say on a ticket and who follows it."""

from collections.abc import Sequence
from dataclasses import replace

from bpmn.forms.texts import normalised
from bpmn.limits import ATTACHMENTS_PER_TICKET, COMBINING_RUN, COMMENT_LENGTH
from engine.attaching import attach, taken_uploads, target_of
from engine.errors import FieldProblem, Invalid, NotFound
from engine.following import require_room
from engine.ids import parse_uuid
from engine.loading import load_ticket, unknown_user
from engine.ports.cases import Work
from engine.rulings import rule_on_ticket
from engine.timeline import follow, recorded
from engine.values.changes import Changes
from engine.values.events import Attachment, Comment, EventType, Upload
from engine.values.rulings import Action
from engine.values.tickets import Case


def comment(
    work: Work, ticket_id: str, *, text: str, internal: bool, uploads: Sequence[str] = ()
) -> tuple[Comment, tuple[Attachment, ...]]:
    """Say something on a ticket. What is internal is not shown to requester and followers.

    Raises: NotFound, Forbidden INTERNAL_ONLY, Invalid for an empty or too long text or too many files.
    """
    case = load_ticket(work, ticket_id).case
    rule_on_ticket(Action.COMMENT_INTERNALLY if internal else Action.COMMENT, case, work.actor).enforce()
    body = _body(text)
    files = _files(work, uploads)
    seq = case.ticket.last_seq + 1
    said = Comment(
        ticket_id=case.ticket.id, seq=seq, author=work.actor.person, at=work.now, internal=internal, text=body
    )
    target = replace(target_of(case), last_seq=seq)
    attachments = attach(
        files, target=target, by=said.author, at=work.now, places={}, comment_seq=seq, internal=internal
    )
    event = follow(
        case.ticket, type=EventType.COMMENT_ADDED, actor=work.actor, at=work.now, comment=seq, internal=internal
    )
    ticket = recorded(replace(case.ticket, last_seq=seq + len(attachments)), event)
    taken = tuple(file.id for file in files)
    work.cases.save(Changes(ticket=ticket, event=event, comment=said, attachments=attachments, uploads_taken=taken))
    return said, attachments


def add_follower(work: Work, ticket_id: str, *, name: str) -> Case:
    """Let someone follow the ticket: they see it from now on, without what is internal. Following twice is no error.

    Raises: NotFound, Conflict TICKET_SUSPENDED, Invalid USER_UNKNOWN or TOO_MANY_FOLLOWERS.
    """
    case = load_ticket(work, ticket_id).case
    rule_on_ticket(Action.FOLLOW, case, work.actor).enforce()
    person = work.cases.facts(users=[name], uploader=work.actor.id).users.get(name)
    if person is None:
        raise unknown_user(name, path="user")
    if person.id in case.followers:
        return case
    require_room(len(case.followers) + 1, path="user")
    event = follow(case.ticket, type=EventType.FOLLOWER_ADDED, actor=work.actor, at=work.now, user=person.name)
    ticket = recorded(case.ticket, event)
    work.cases.save(Changes(ticket=ticket, event=event, followers_added=((person.id, work.actor.id),)))
    return replace(case, ticket=ticket, followers=case.followers | {person.id})


def remove_follower(work: Work, ticket_id: str, *, name: str) -> Case:
    """Stop following, or (admins) stop someone else from following, deactivated or not.

    Raises: NotFound when the ticket is not seen; Conflict TICKET_SUSPENDED; NotFound when the person does not follow
        it, or somebody else's following is not the actor's to end.
    """
    case = load_ticket(work, ticket_id).case
    rule_on_ticket(Action.FOLLOW, case, work.actor).enforce()
    person = work.cases.follower(case.ticket.id, name)
    if person is None or not (person.id == work.actor.id or work.actor.is_admin):
        raise NotFound("follower")
    event = follow(case.ticket, type=EventType.FOLLOWER_REMOVED, actor=work.actor, at=work.now, user=person.name)
    ticket = recorded(case.ticket, event)
    work.cases.save(Changes(ticket=ticket, event=event, followers_removed=(person.id,)))
    return replace(case, ticket=ticket, followers=case.followers - {person.id})


def _body(text: str) -> str:
    body = normalised(text.strip())
    if body is None:
        limit = {"maximum": COMBINING_RUN}
        problem = FieldProblem(path="text", code="TEXT_TOO_MANY_MARKS", params=limit)
        raise Invalid("TEXT_TOO_MANY_MARKS", limit, problems=[problem])
    if not body:
        raise Invalid("COMMENT_EMPTY", problems=[FieldProblem(path="text", code="FIELD_REQUIRED")])
    if len(body) > COMMENT_LENGTH:
        problem = FieldProblem(
            path="text", code="FIELD_TOO_LONG", params={"maximum": COMMENT_LENGTH, "actual": len(body)}
        )
        raise Invalid("TEXT_TOO_LONG", {"limit": COMMENT_LENGTH}, problems=[problem])
    return body


def _files(work: Work, uploads: Sequence[str]) -> tuple[Upload, ...]:
    if not uploads:
        return ()
    if len(uploads) > ATTACHMENTS_PER_TICKET:
        raise Invalid("TOO_MANY_ATTACHMENTS", {"limit": ATTACHMENTS_PER_TICKET})
    ids = [each for each in map(parse_uuid, uploads) if each is not None]
    if len(ids) != len(uploads):
        raise NotFound("upload")
    return taken_uploads(work.cases.facts(uploads=ids, uploader=work.actor.id).uploads, uploads)
