"""A person's answers on the way into a ticket: looked up, judged, and their files moved to the ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bpmn.forms.checking import check_answers
from bpmn.forms.mentions import mentioned
from bpmn.forms.model import Field, FieldType, Form
from bpmn.forms.order import placed
from bpmn.limits import ATTACHMENTS_PER_TICKET
from engine.errors import FieldProblem, Invalid, NotFound
from engine.ids import parse_public_id, parse_uuid
from engine.ports.cases import Facts, Work
from engine.zone import at_home
from engine.values.actors import Person
from engine.values.events import Attachment, Upload


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """Answers that passed, with the attachments their uploads become."""

    answers: Mapping[str, object]
    attachments: tuple[Attachment, ...] = ()
    uploads: tuple[UUID, ...] = ()
    users: Mapping[str, Person] = field(default_factory=dict)
    """The users whom the answers name, by name."""
    last_seq: int = 0
    """The highest number in use on the ticket once the attachments are added."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where the answers go: the ticket, its next free numbers, and the task if it is one's form."""

    ticket_id: UUID
    last_seq: int
    task_seq: int | None = None
    attached: int = 0
    """How many attachments the ticket has."""


def accept(
    work: Work,
    form: Form,
    answers: Mapping[str, object],
    *,
    target: Target,
    variables: Mapping[str, object],
    correcting: frozenset[str] | None = None,
) -> Accepted:
    """The answers as they may be stored.

    Raises:
        NotFound: a named file is nobody's upload that the actor may attach.
        Invalid: ANSWERS_REFUSED with every field that is wrong, or TOO_MANY_ATTACHMENTS.
    """
    named = mentioned(form, answers, variables if correcting is not None else None)
    uploads = _uploads_named(named.files, target)
    facts = Facts()
    if named.users or named.businesses or named.roles or uploads:
        facts = work.cases.facts(
            users=named.users, businesses=named.businesses, roles=named.roles, uploads=uploads, uploader=work.actor.id
        )
    checked = check_answers(
        form, answers, variables=variables, now=at_home(work.now), lookup=_Found(facts), correcting=correcting
    )
    if checked.errors:
        problems = [FieldProblem(path=each.path, code=each.code, params=each.params) for each in checked.errors]
        raise Invalid("ANSWERS_REFUSED", {"count": len(problems)}, problems=problems)
    wanted = [upload for upload in (parse_uuid(file) for file in checked.files) if upload is not None]
    taken = _taken(facts.uploads, wanted)
    attachments = attach(taken, target=target, by=work.actor.person, at=work.now, keys=_keys(form, checked.answers))
    renamed = {str(upload.id): each.public_id for upload, each in zip(taken, attachments, strict=True)}
    return Accepted(
        answers={key: _renamed(value, renamed) for key, value in checked.answers.items()},
        attachments=attachments,
        uploads=tuple(upload.id for upload in taken),
        users=facts.users,
        last_seq=target.last_seq + len(attachments),
    )


def attach(
    uploads: Sequence[Upload],
    *,
    target: Target,
    by: Person,
    at: datetime,
    keys: Mapping[str, tuple[str, bool]],
    comment_seq: int | None = None,
) -> tuple[Attachment, ...]:
    """The attachments that these uploads become, numbered on from the target's last number.

    `keys` gives for an upload's id the field it answers and whether that field is internal.
    Raises: Invalid TOO_MANY_ATTACHMENTS.
    """
    if target.attached + len(uploads) > ATTACHMENTS_PER_TICKET:
        raise Invalid("TOO_MANY_ATTACHMENTS", {"limit": ATTACHMENTS_PER_TICKET})
    return tuple(
        Attachment(
            ticket_id=target.ticket_id,
            seq=seq,
            sha256=upload.sha256,
            name=upload.name,
            media_type=upload.media_type,
            size=upload.size,
            uploader=by,
            at=at,
            field_key=keys.get(str(upload.id), (None, False))[0],
            task_seq=target.task_seq,
            comment_seq=comment_seq,
            internal=keys.get(str(upload.id), (None, False))[1],
        )
        for seq, upload in enumerate(uploads, start=target.last_seq + 1)
    )


class _Found:
    """The Lookup of the form check over facts that were read before."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def user_exists(self, name: str) -> bool:
        return name in self._facts.users

    def business_exists(self, key: str) -> bool:
        return key in self._facts.businesses

    def role_exists(self, key: str) -> bool:
        return key in self._facts.roles


def _uploads_named(files: frozenset[str], target: Target) -> list[UUID]:
    """The uploads among the files; an attachment of this very ticket may be named again.

    Raises: NotFound for anything else, so that nobody learns whose it is.
    """
    uploads = []
    for file in sorted(files):
        upload = parse_uuid(file)
        if upload is not None:
            uploads.append(upload)
        elif (parse_public_id(file) or (None,))[0] != target.ticket_id:
            raise NotFound("upload")
    return uploads


def _taken(uploads: Sequence[Upload], wanted: Sequence[UUID]) -> tuple[Upload, ...]:
    found = {upload.id: upload for upload in uploads}
    if any(upload not in found for upload in wanted):
        raise NotFound("upload")
    return tuple(found[upload] for upload in wanted)


def _keys(form: Form, answers: Mapping[str, object]) -> dict[str, tuple[str, bool]]:
    """Upload id -> (field key, internal), also for file fields inside a repeating group."""
    keys: dict[str, tuple[str, bool]] = {}
    for each in placed(form.fields):
        value = answers.get(each.field.key)
        if each.field.type is FieldType.FILE_PICKER:
            keys |= dict.fromkeys(_texts(value), (each.field.key, each.field.internal))
        elif each.field.type is FieldType.DYNAMIC_LIST and isinstance(value, list):
            keys |= _keys_in_rows(each.field, value)
    return keys


def _keys_in_rows(group: Field, rows: list[dict[str, object]]) -> dict[str, tuple[str, bool]]:
    keys: dict[str, tuple[str, bool]] = {}
    for each in placed(group.fields):
        if each.field.type is FieldType.FILE_PICKER:
            internal = each.field.internal or group.internal
            for row in rows:
                keys |= dict.fromkeys(_texts(row.get(each.field.key)), (group.key, internal))
    return keys


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _renamed(value: object, names: Mapping[str, str]) -> object:
    if not names:
        return value
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    if isinstance(value, dict):
        return {key: _renamed(item, names) for key, item in value.items()}
    return value
