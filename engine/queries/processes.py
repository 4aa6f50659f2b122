"""Reading processes with their versions, drafts and deployments, for those who configure and audit the installation."""

from dataclasses import dataclass

from bpmn.model import ProcessDefinition
from engine.errors import NotFound
from engine.ids import parse_uuid
from engine.permitting import READERS, need, need_process
from engine.ports.work import Work
from engine.queries.paging import page_of
from engine.values.drafts import Draft
from engine.values.pages import Page
from engine.values.processes import Deployment, Process, Version


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A text as it was handed in."""

    name: str
    content: bytes


def list_processes(work: Work, *, after: str | None = None, limit: int = 50) -> Page[Process, str]:
    """Processes by key: all for readers of the configuration, else those that the actor owns."""
    owner = None if work.actor.permissions & READERS else work.actor.id
    return page_of(
        lambda count: work.processes.page(after=after, limit=count, owner=owner), limit=limit, key=lambda each: each.key
    )


def read_process(work: Work, key: str) -> Process:
    """One process.

    Raises: NotFound.
    """
    process = work.processes.get(key)
    return need_process(work.actor, process)


def list_versions(work: Work, key: str, *, before: str | None = None, limit: int = 50) -> Page[Version, str]:
    """The versions of a process, the newest first.

    Raises: NotFound.
    """
    process, last = read_process(work, key), _number(before)
    return page_of(
        lambda count: work.versions.page(process.id, before=last, limit=count),
        limit=limit,
        key=lambda each: str(each.number),
    )


def read_version(work: Work, key: str, number: int) -> Version:
    """One version.

    Raises: NotFound.
    """
    version = work.versions.get(read_process(work, key).id, number)
    if version is None:
        raise NotFound("version")
    return version


def version_definition(work: Work, key: str, number: int) -> ProcessDefinition:
    """What a version means.

    Raises: NotFound.
    """
    return work.versions.definition(read_version(work, key, number))


def export_version(work: Work, key: str, number: int) -> SourceFile:
    """The bytes that were imported, unchanged.

    Raises: NotFound.
    """
    version = read_version(work, key, number)
    content = work.versions.content(version.process_id, number)
    if content is None:
        raise NotFound("version")
    return SourceFile(name=version.file_name, content=content)


def list_deployments(work: Work, key: str, *, before: str | None = None, limit: int = 50) -> Page[Deployment, str]:
    """The deployments of a process, the newest first.

    Raises: NotFound.
    """
    process, last = read_process(work, key), _number(before)
    return page_of(
        lambda count: work.deployments.page(process.id, before=last, limit=count),
        limit=limit,
        key=lambda each: str(each.number),
    )


def read_deployment(work: Work, key: str, number: int) -> Deployment:
    """One deployment.

    Raises: NotFound.
    """
    deployment = work.deployments.get(read_process(work, key).id, number)
    if deployment is None:
        raise NotFound("deployment")
    return deployment


def list_drafts(
    work: Work, *, process_key: str | None = None, before: str | None = None, limit: int = 50
) -> Page[Draft, str]:
    """Drafts, the newest first; of one process only, when named.

    Raises: Forbidden.
    """
    need(work.actor, *READERS)
    last = None if before is None else parse_uuid(before)
    return page_of(
        lambda count: work.drafts.page(before=last, limit=count, process_key=process_key),
        limit=limit,
        key=lambda each: str(each.id),
    )


def read_draft(work: Work, draft_id: str) -> Draft:
    """One draft.

    Raises: Forbidden, NotFound.
    """
    need(work.actor, *READERS)
    parsed = parse_uuid(draft_id)
    draft = None if parsed is None else work.drafts.get(parsed)
    if draft is None:
        raise NotFound("draft")
    return draft


def export_draft(work: Work, draft_id: str) -> SourceFile:
    """The text of a draft.

    Raises: Forbidden, NotFound.
    """
    draft = read_draft(work, draft_id)
    content = work.drafts.content(draft.id)
    if content is None:
        raise NotFound("draft")
    return SourceFile(name=draft.file_name, content=content)


def _number(text: str | None) -> int | None:
    # A cursor that no page gave is treated as the beginning: the largest number has nine digits.
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else None
