"""The first beat of every command and query on a ticket: its case, if the actor may know of it."""

from dataclasses import dataclass
from uuid import UUID

from bpmn.limits import REASON_LENGTH
from engine.errors import FieldProblem, Invalid, NotFound, PreconditionFailed
from engine.ids import parse_public_id, parse_uuid
from engine.ports.cases import Work
from engine.rulings import sight
from engine.values.rulings import Sight
from engine.values.tickets import Case, Task


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A case the actor sees, how much of it, and the task the command names."""

    case: Case
    sight: Sight
    task: Task | None = None


def load_ticket(work: Work, ticket_id: str, *, lock: bool = True) -> Loaded:
    """The case of a ticket.

    Raises: NotFound when there is none or the actor may not see it: nobody can tell the two apart.
    """
    parsed = parse_uuid(ticket_id)
    return _load(work, parsed, None, lock=lock, noun="ticket")


def load_task(work: Work, task_id: str, *, lock: bool = True) -> tuple[Case, Task]:
    """The case of a task and the task itself, live or ended.

    Raises: NotFound as for a ticket.
    """
    parsed = parse_public_id(task_id)
    ticket_id, seq = parsed if parsed is not None else (None, None)
    loaded = _load(work, ticket_id, seq, lock=lock, noun="task")
    if loaded.task is None:
        raise NotFound("task")
    return loaded.case, loaded.task


def require_version(present: int, expected: int | None) -> None:
    """Compare an If-Match with the present version; None means that the client set none.

    Raises: PreconditionFailed.
    """
    if expected is not None and expected != present:
        raise PreconditionFailed("VERSION_CHANGED", {"expected": expected, "present": present})


def require_reason(reason: str | None) -> str:
    """The reason, trimmed.

    Raises: Invalid REASON_REQUIRED or TEXT_TOO_LONG.
    """
    text = (reason or "").strip()
    if not text:
        raise Invalid("REASON_REQUIRED", problems=[FieldProblem(path="reason", code="FIELD_REQUIRED")])
    if len(text) > REASON_LENGTH:
        problem = FieldProblem(
            path="reason", code="FIELD_TOO_LONG", params={"maximum": REASON_LENGTH, "actual": len(text)}
        )
        raise Invalid("TEXT_TOO_LONG", {"limit": REASON_LENGTH}, problems=[problem])
    return text


def unknown_user(name: str, *, path: str) -> Invalid:
    """The refusal of a name that no active user has, at the field that gives it."""
    facts = {"value": name}
    return Invalid("USER_UNKNOWN", facts, problems=[FieldProblem(path=path, code="USER_UNKNOWN", params=facts)])


def _load(work: Work, ticket_id: UUID | None, seq: int | None, *, lock: bool, noun: str) -> Loaded:
    if ticket_id is None:
        _ = work.actor  # An id that cannot be is answered only to someone signed in, like one that is not there.
        raise NotFound(noun)
    case = (work.cases.lock if lock else work.cases.view)(ticket_id, task=seq)
    actor = work.actor
    seen = Sight.NONE if case is None else sight(case, actor)
    if case is None or seen is Sight.NONE:
        raise NotFound(noun)
    return Loaded(case=case, sight=seen, task=None if seq is None else case.task(seq))
