"""Saved answers: what a person has filled in but not sent. Theirs alone, one per person and task or service."""

from collections.abc import Iterator, Mapping
from itertools import islice
from uuid import UUID

from bpmn.limits import SAVED_UPLOADS
from engine.ids import parse_uuid
from engine.loading import load_task
from engine.opening import find_service
from engine.ports.cases import Work


def save_for_task(work: Work, task_id: str, answers: Mapping[str, object]) -> None:
    """Keep what the actor has filled in on a task's form; the uploads named in it are kept as long.

    Raises: NotFound when the actor does not see the task.
    """
    _, task = load_task(work, task_id, lock=False)
    _save(work, f"task:{task.public_id}", answers)


def save_for_service(work: Work, service: str, answers: Mapping[str, object]) -> None:
    """Keep what the actor has filled in on a service's start form.

    Raises: NotFound when there is no such service or the actor may not open its tickets.
    """
    opening = find_service(work, service)
    _save(work, f"service:{opening.service.id}", answers)


def drop_for_task(work: Work, task_id: str) -> None:
    """Forget what was saved on a task's form, if anything was.

    Raises: NotFound when the actor does not see the task.
    """
    _, task = load_task(work, task_id, lock=False)
    work.cases.drop_saved(f"task:{task.public_id}")


def drop_for_service(work: Work, service: str) -> None:
    """Forget what was saved on a service's start form, if anything was.

    Raises: NotFound when there is no such service or the actor may not open its tickets.
    """
    opening = find_service(work, service)
    work.cases.drop_saved(f"service:{opening.service.id}")


def _save(work: Work, key: str, answers: Mapping[str, object]) -> None:
    work.cases.keep_saved(key, answers, uploads=tuple(islice(dict.fromkeys(_uploads(answers)), SAVED_UPLOADS)))


def _uploads(value: object) -> Iterator[UUID]:
    """Whatever looks like an upload's id; an id that is none of the actor's uploads changes nothing."""
    if isinstance(value, str):
        upload = parse_uuid(value)
        if upload is not None:
            yield upload
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _uploads(each)
    elif isinstance(value, list):
        for each in value:
            yield from _uploads(each)
