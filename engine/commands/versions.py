"""Versions: imported texts, numbered within their process and never edited."""

from collections.abc import Mapping
from dataclasses import dataclass

from bpmn.canonical import to_json, version_hash
from bpmn.findings import Verdict
from bpmn.inspection import Inspection
from bpmn.model import ProcessDefinition
from bpmn.text import EN, ZH, Text
from engine.audit import record
from engine.checking import NAME, Checks
from engine.commands import drafts, processes
from engine.errors import Conflict, Invalid, NotFound
from engine.inspecting import all_facts, inspected, refusal_of
from engine.permitting import need, need_process
from engine.ports.work import Work
from engine.values.actors import Permission
from engine.values.audit import AuditType
from engine.values.drafts import Draft
from engine.values.processes import Kind, Names, Process, Version

MESSAGE = 1_000
"""Characters of what an import or a deployment says about itself."""
FILE_NAME = 255


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What became of an imported file: a version (new, or `same` as one that was there), or else a draft."""

    process: Process | None
    version: Version | None = None
    same: bool = False
    draft: Draft | None = None
    findings: tuple[Mapping[str, object], ...] = ()


def import_version(
    work: Work, *, content: bytes, file_name: str, message: str = "", as_draft: bool = False, key: str | None = None
) -> Imported:
    """Store a .bpmn file or a .zip bundle as the next version of the process it names, which is made if need be.

    A text that means the same as an earlier version stores nothing. One with errors is refused, or kept as a draft when
    `as_draft` says so. `key`, when given, is the process it must be for.

    Raises: Forbidden, Invalid `FIELDS_INVALID`, TooLarge, Invalid with the code of an unreadable file, Invalid
        `VERSION_HAS_ERRORS` with the findings, Invalid `OTHER_PROCESS`.
    """
    need(work.actor, Permission.DESIGNER)
    file_name, message = _checked(file_name, message)
    inspection = inspected(content, file_name)
    if inspection.verdict is Verdict.REFUSED:
        raise refusal_of(inspection)
    if inspection.verdict is Verdict.DRAFT or inspection.definition is None:
        return _unsound(work, inspection, content, file_name, as_draft=as_draft)
    definition = inspection.definition
    if key is not None and definition.key != key:
        raise Invalid("OTHER_PROCESS", {"key": definition.key, "expected": key})
    process = work.processes.get(definition.key, lock=True)
    if process is None:
        process = processes.new_process(
            work, key=definition.key, names=_names(definition.name, definition.key), kind=Kind(definition.kind)
        )
        processes.add(work, process)
    return _numbered(work, process, inspection, definition, (content, file_name, message))


def delete(work: Work, key: str, number: int) -> None:
    """Delete a version that no deployment uses. Its number is not given again.

    Raises: Forbidden, NotFound, Conflict `VERSION_IN_USE` naming the deployments.
    """
    need(work.actor, Permission.DESIGNER)
    process = need_process(work.actor, work.processes.get(key, lock=True))
    version = work.versions.get(process.id, number)
    if version is None:
        raise NotFound("version")
    using = work.deployments.of_version(process.id, number)
    if using:
        facts = {"process": key, "version": number, "deployments": list(using)}
        raise Conflict("VERSION_IN_USE", facts)
    work.versions.remove(process.id, number)
    record(work, AuditType.VERSION_DELETED, f"version:{key}/{number}", {"before": {"hash": version.hash}})


def _checked(file_name: str, message: str) -> tuple[str, str]:
    checks = Checks()
    name = checks.text("file_name", file_name.replace("\\", "/").rpartition("/")[2], limit=FILE_NAME)
    said = checks.text("message", message, limit=MESSAGE, required=False, lines=True)
    checks.done()
    return name, said


def _unsound(work: Work, inspection: Inspection, content: bytes, file_name: str, *, as_draft: bool) -> Imported:
    findings = all_facts(inspection)
    if not as_draft:
        raise Invalid("VERSION_HAS_ERRORS", {"findings": list(findings)})
    draft = drafts.create(work, content=content, file_name=file_name)
    return Imported(process=None, draft=draft, findings=findings)


def _numbered(
    work: Work,
    process: Process,
    inspection: Inspection,
    definition: ProcessDefinition,
    source: tuple[bytes, str, str],
) -> Imported:
    content, file_name, message = source
    digest, findings = version_hash(definition), all_facts(inspection)
    same = work.versions.by_hash(process.id, digest)
    if same is not None:
        return Imported(process=process, version=same, same=True, findings=findings)
    version = Version(
        process_id=process.id,
        process_key=process.key,
        number=process.latest_version + 1,
        hash=digest,
        file_name=file_name,
        verdict=inspection.verdict.value,
        findings=findings,
        imported_by=work.actor.person,
        imported_at=work.now,
        message=message,
    )
    work.versions.add(version, content=content, definition=to_json(definition))
    facts = {"hash": digest, "file_name": file_name, "verdict": version.verdict, "message": message}
    record(work, AuditType.VERSION_IMPORTED, f"version:{process.key}/{version.number}", {"after": facts})
    return Imported(process=process, version=version, findings=findings)


def _names(name: Text, key: str) -> Names:
    zh, en = (" ".join(name.in_language(language).split()) for language in (ZH, EN))
    zh = zh or key
    return Names(zh=zh[:NAME], en="" if en == zh else en[:NAME])
