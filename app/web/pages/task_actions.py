"""What people do with a task besides working on its form: claim, release, transfer, assign."""

from collections.abc import Callable

from flask import Response, request

from app.asking import Ask
from app.web.blueprint import page
from app.web.pages.tasks import show_task
from app.web.posted import with_key
from app.web.refusals import Refusal, submit
from app.web.showing import go
from engine.commands import tasks
from engine.values.rulings import Action
from storage.answer import Answer
from storage.store import Store


@page("POST", "/tasks/<task_id>/claim")
def claim(ask: Ask, task_id: str) -> Response:
    """Take the task."""
    return _act(ask, task_id, lambda work: tasks.claim(work, task_id), done="claimed", action=Action.CLAIM)


@page("POST", "/tasks/<task_id>/release")
def release(ask: Ask, task_id: str) -> Response:
    """Put the task back."""
    return _act(ask, task_id, lambda work: tasks.release(work, task_id), done="released", action=Action.RELEASE)


@page("POST", "/tasks/<task_id>/transfer")
def transfer(ask: Ask, task_id: str) -> Response:
    """Hand the task on."""
    to, reason = _receiver()
    return _act(
        ask,
        task_id,
        lambda work: tasks.transfer(work, task_id, to=to, reason=reason),
        done="transferred",
        action=Action.TRANSFER,
    )


@page("POST", "/tasks/<task_id>/assign")
def assign(ask: Ask, task_id: str) -> Response:
    """Give the task to somebody, as an admin."""
    to, reason = _receiver()
    return _act(
        ask,
        task_id,
        lambda work: tasks.assign(work, task_id, to=to, reason=reason),
        done="assigned",
        action=Action.ASSIGN,
    )


def _act(ask: Ask, task_id: str, command: Callable[[Store], object], *, done: str, action: Action) -> Response:
    def act(work: Store) -> Answer:
        command(work)
        return Answer(status=303, headers={"Location": f"/tasks/{task_id}?done={done}"})

    made = submit(with_key(ask, request), act)
    if isinstance(made, Refusal):
        return show_task(ask, task_id, refusal=made, refused=action)
    return go(made.headers["Location"])


def _receiver() -> tuple[str, str]:
    return request.form.get("to", ""), request.form.get("reason", "")
