"""Uploads on the way to a ticket: whose they are, which field they answer, what they are called from then on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bpmn.forms.accepting import accepts
from bpmn.forms.model import Field, FieldType, Form
from bpmn.forms.order import placed
from bpmn.limits import ATTACHMENTS_PER_TICKET
from engine.errors import FieldProblem, Invalid, NotFound
from engine.ids import parse_public_id, parse_uuid
from engine.values.actors import Person
from engine.values.events import Attachment, Upload
from engine.values.tickets import Case, Task


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where files go: the ticket, its highest number in use, its attachments, and the task whose form they answer."""

    ticket_id: UUID
    last_seq: int = 0
    attached: frozenset[int] = frozenset()
    task_seq: int | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """The field that a file answers; `path` is where its problems are shown."""

    key: str
    path: str
    internal: bool
    accept: str | None


def target_of(case: Case, task: Task | None = None) -> Target:
    """The target for files of this case."""
    return Target(
        ticket_id=case.ticket.id,
        last_seq=case.ticket.last_seq,
        attached=case.attached,
        task_seq=None if task is None else task.seq,
    )


def uploads_named(files: Iterable[str], target: Target) -> list[UUID]:
    """The uploads among the files; an attachment that the ticket has may be named again.

    Raises: NotFound for anything else, so that nobody learns whose it is.
    """
    uploads = []
    for file in sorted(files):
        upload, attachment = parse_uuid(file), parse_public_id(file)
        if upload is not None:
            uploads.append(upload)
        elif attachment is None or attachment[0] != target.ticket_id or attachment[1] not in target.attached:
            raise NotFound("upload")
    return uploads


def taken_uploads(found: Sequence[Upload], files: Iterable[str]) -> tuple[Upload, ...]:
    """The uploads that the files name, in order, each once.

    Raises: NotFound when one was not found.
    """
    known = {upload.id: upload for upload in found}
    wanted = [upload for upload in map(parse_uuid, dict.fromkeys(files)) if upload is not None]
    if any(upload not in known for upload in wanted):
        raise NotFound("upload")
    return tuple(known[upload] for upload in wanted)


def refuse_unaccepted(uploads: Iterable[Upload], places: Mapping[str, Place]) -> None:
    """Return when every file is of a kind that its field takes, judged by its bytes.

    Raises: Invalid ANSWERS_REFUSED with FILE_NOT_ACCEPTED at each field.
    """
    problems = [
        FieldProblem(path=place.path, code="FILE_NOT_ACCEPTED", params={"name": upload.name, "accept": place.accept})
        for upload in uploads
        if (place := places.get(str(upload.id))) is not None
        and not accepts(place.accept, media_type=upload.media_type, name=upload.name)
    ]
    if problems:
        raise Invalid("ANSWERS_REFUSED", {"count": len(problems)}, problems=problems)


def attach(
    uploads: Sequence[Upload],
    *,
    target: Target,
    by: Person,
    at: datetime,
    places: Mapping[str, Place],
    comment_seq: int | None = None,
    internal: bool = False,
) -> tuple[Attachment, ...]:
    """The attachments that these uploads become, numbered on from the target's last number.

    Raises: Invalid TOO_MANY_ATTACHMENTS.
    """
    if len(target.attached) + len(uploads) > ATTACHMENTS_PER_TICKET:
        raise Invalid("TOO_MANY_ATTACHMENTS", {"limit": ATTACHMENTS_PER_TICKET})
    attachments = []
    for seq, upload in enumerate(uploads, start=target.last_seq + 1):
        place = places.get(str(upload.id))
        attachments.append(
            Attachment(
                ticket_id=target.ticket_id,
                seq=seq,
                sha256=upload.sha256,
                name=upload.name,
                media_type=upload.media_type,
                size=upload.size,
                uploader=by,
                at=at,
                field_key=None if place is None else place.key,
                task_seq=target.task_seq,
                comment_seq=comment_seq,
                internal=internal or (place is not None and place.internal),
            )
        )
    return tuple(attachments)


def places_of(form: Form, answers: Mapping[str, object]) -> dict[str, Place]:
    """File id -> the field it answers, also inside repeating groups."""
    places: dict[str, Place] = {}
    for each in placed(form.fields):
        value = answers.get(each.field.key)
        if each.field.type is FieldType.FILE_PICKER:
            places |= dict.fromkeys(_texts(value), _place(each.field, each.field.key))
        elif each.field.type is FieldType.DYNAMIC_LIST and isinstance(value, list):
            places |= _places_in_rows(each.field, value)
    return places


def with_names(value: object, names: Mapping[str, str]) -> object:
    """The answer with each upload's id replaced by the name of the attachment that it became."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [with_names(item, names) for item in value]
    if isinstance(value, dict):
        return {key: with_names(item, names) for key, item in value.items()}
    return value


def _places_in_rows(group: Field, rows: list[dict[str, object]]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for each in placed(group.fields):
        if each.field.type is FieldType.FILE_PICKER:
            for at, row in enumerate(rows):
                place = _place(each.field, f"{group.key}.{at}.{each.field.key}", group)
                places |= dict.fromkeys(_texts(row.get(each.field.key)), place)
    return places


def _place(field: Field, path: str, group: Field | None = None) -> Place:
    key = field.key if group is None else group.key
    internal = field.internal or (group is not None and group.internal)
    return Place(key=key, path=path, internal=internal, accept=field.accept)


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
