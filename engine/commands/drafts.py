"""Drafts: a text is saved whole, whatever lint finds in it, as long as it can be read safely."""

from dataclasses import replace

from bpmn.findings import Verdict
from engine.audit import record
from engine.checking import Checks, check_revision
from engine.errors import NotFound
from engine.ids import new_id, parse_uuid
from engine.inspecting import all_facts, inspected, refusal_of
from engine.permitting import need
from engine.ports.work import Work
from engine.values.actors import Permission
from engine.values.audit import AuditType
from engine.values.drafts import Draft

_FILE_NAME = 255


def create(work: Work, *, content: bytes, file_name: str) -> Draft:
    """Keep a text as a draft, with what lint finds in it.

    Raises: Forbidden, Invalid `FIELDS_INVALID`, TooLarge or Invalid with the code of an unreadable file.
    """
    need(work.actor, Permission.DESIGNER)
    draft = Draft(
        id=new_id(),
        process_key=None,
        file_name=_named(file_name),
        verdict="",
        author=work.actor.person,
        created_at=work.now,
        updated_at=work.now,
    )
    draft = _judged(work, draft, content)
    work.drafts.add(draft, content=content)
    _record(work, AuditType.DRAFT_SAVED, draft)
    return draft


def save(work: Work, draft_id: str, *, content: bytes, file_name: str | None = None, revision: int | None) -> Draft:
    """Replace a draft's text.

    Raises: Forbidden, NotFound, PreconditionRequired, PreconditionFailed, Invalid, TooLarge as for `create`.
    """
    need(work.actor, Permission.DESIGNER)
    before = _load(work, draft_id)
    check_revision(before.revision, revision)
    name = before.file_name if file_name is None else _named(file_name)
    draft = _judged(work, replace(before, file_name=name, revision=before.revision + 1), content)
    work.drafts.save(draft, content=content)
    _record(work, AuditType.DRAFT_SAVED, draft)
    return draft


def delete(work: Work, draft_id: str, *, revision: int | None) -> None:
    """Throw a draft away.

    Raises: Forbidden, NotFound, PreconditionRequired, PreconditionFailed.
    """
    need(work.actor, Permission.DESIGNER)
    draft = _load(work, draft_id)
    check_revision(draft.revision, revision)
    work.drafts.remove(draft.id)
    _record(work, AuditType.DRAFT_DELETED, draft)


def _load(work: Work, draft_id: str) -> Draft:
    parsed = parse_uuid(draft_id)
    draft = None if parsed is None else work.drafts.get(parsed, lock=True)
    if draft is None:
        raise NotFound("draft")
    return draft


def _named(file_name: str) -> str:
    checks = Checks()
    name = checks.text("file_name", file_name.replace("\\", "/").rpartition("/")[2], limit=_FILE_NAME)
    checks.done()
    return name


def _judged(work: Work, draft: Draft, content: bytes) -> Draft:
    inspection = inspected(content, draft.file_name)
    if inspection.verdict is Verdict.REFUSED:
        raise refusal_of(inspection)
    key = inspection.definition.key if inspection.definition is not None else None
    return replace(
        draft,
        process_key=key,
        verdict=inspection.verdict.value,
        findings=all_facts(inspection),
        updated_at=work.now,
    )


def _record(work: Work, event: AuditType, draft: Draft) -> None:
    facts = {"process": draft.process_key, "file_name": draft.file_name, "revision": draft.revision}
    record(work, event, f"draft:{draft.id}", facts)
