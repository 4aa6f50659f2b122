"""Refusals on their way to a page: the sentence in the reader's language, and which fields are wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.asking import Ask
from app.messages import render
from app.problems import status_of
from app.web.moments import from_text, moment
from app.web.reader import reading
from app.web.translating import gettext
from bpmn.errors import FaultdeskError
from engine.errors import FieldProblem, Unauthenticated
from storage.answer import Answer
from storage.store import Store


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why something was not done."""

    status: int
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[FieldProblem, ...] = ()

    @property
    def sentence(self) -> str:
        """The refusal in words."""
        return told(self.code, self.params)

    def problem_at(self, path: str) -> str:
        """What is wrong with the field of this path, in words; empty when nothing is."""
        return next((told(each.code, each.params) for each in self.problems if each.path == path), "")


def told(code: str, params: Mapping[str, object]) -> str:
    """The sentence of a code for the reader, its moments by their clock."""
    if code == "KEY_REUSED":
        return gettext("This form was sent before with other content. Look whether it was done, or send it again.")
    read = {name: from_text(value) for name, value in params.items()}
    shown = {name: moment(value) if isinstance(value, datetime) else value for name, value in read.items()}
    return render(code, shown, reading().language)


def submit(ask: Ask, act: Callable[[Store], Answer | FaultdeskError]) -> Answer | Refusal:
    """Run a command of a page; a refusal comes back as a value, so that the page can be shown again with it.

    Raises: Unauthenticated.
    """
    try:
        answer = ask.perform(act)
    except Unauthenticated:
        raise
    except FaultdeskError as error:
        return refusal_of(error)
    return _kept(answer) if answer.status >= 400 else answer


def refusal_of(error: FaultdeskError) -> Refusal:
    """The refusal that an error is."""
    problems = tuple(getattr(error, "problems", ()))
    return Refusal(status=status_of(error), code=error.code, params=error.params, problems=problems)


def _kept(answer: Answer) -> Refusal:
    """A refusal that was kept under an idempotency key, as `app.problems` wrote it down."""
    body: dict[str, Any] = dict(answer.body) if isinstance(answer.body, Mapping) else {}
    problems = tuple(
        FieldProblem(path=each["path"], code=each["code"], params=each["params"]) for each in body.get("errors", ())
    )
    return Refusal(status=answer.status, code=body.get("code", ""), params=body.get("params", {}), problems=problems)
