"""What a ticket of the process `fork` must answer: the rules written once more, for one request after another.

Nothing here is taken from the product. `apply` gives the answer that a request must get and the ticket after it, so
that requests at once can be held against every order in which they may have come.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

REQUESTER = "kefu"
ADMIN = "admin"
OPS = ("ops1", "ops2")
QC = "qc"
OUTSIDER = "eve"
ACTORS = (REQUESTER, *OPS, QC, ADMIN, OUTSIDER)

Visit = tuple[str, int]
"""An element and how often it was entered: what a task is called here."""

_CANDIDATES = {"A": OPS, "B": OPS, "C": (QC,)}


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody asks for. `visit` is the task it is about, if any; `to` a receiver, `text` an answer."""

    verb: str
    actor: str
    visit: Visit = ("", 0)
    to: str = ""
    text: str = ""
    outcome: str | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The status and code that a request must get, and the event that it must leave, if any."""

    status: int
    code: str = ""
    event: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class World:
    """A ticket: its live tasks with their holders, and all that later answers depend on."""

    live: Mapping[Visit, str | None]
    visits: Mapping[str, int]
    phase: str = "running"
    suspended: bool = False
    ended: frozenset[Visit] = frozenset()
    parties: frozenset[str] = frozenset()
    last: Mapping[str, str] = field(default_factory=dict)
    """Element -> who did it last."""
    answers: Mapping[str, str] = field(default_factory=dict)
    saved: Mapping[tuple[str, Visit], str] = field(default_factory=dict)


Applied = tuple[Outcome, World]


def opened() -> World:
    """A ticket as it is opened."""
    return World(live={("A", 1): None, ("B", 1): None}, visits={"A": 1, "B": 1, "C": 0})


def apply(world: World, request: Request) -> Applied:
    """The answer to a request that comes alone, and the ticket after it."""
    if request.actor == OUTSIDER:
        return Outcome(status=404, code="NOT_FOUND"), world
    if request.verb in _TASK:
        refused = _closed(world, request.visit)
        return (refused, world) if refused else _TASK[request.verb](world, request)
    if request.verb in _TICKET:
        if world.phase != "running":
            return _no(409, "TICKET_ENDED"), world
        return _TICKET[request.verb](world, request)
    return _OTHER[request.verb](world, request)


def _no(status: int, code: str) -> Outcome:
    return Outcome(status=status, code=code)


def _yes(request: Request, event: str, status: int = 200) -> Outcome:
    return Outcome(status=status, event=(event, request.actor))


def _closed(world: World, visit: Visit) -> Outcome | None:
    if visit not in world.live:
        return _no(409, "NOT_ACTIVE")
    return _no(409, "TICKET_SUSPENDED") if world.suspended else None


def _held(world: World, visit: Visit, holder: str | None, *parties: str) -> World:
    return replace(world, live={**world.live, visit: holder}, parties=world.parties | set(parties))


def _claim(world: World, request: Request) -> Applied:
    if request.actor not in _CANDIDATES[request.visit[0]]:
        return _no(403, "NOT_CANDIDATE"), world
    if world.live[request.visit] is not None:
        return _no(409, "ALREADY_CLAIMED"), world
    return _yes(request, "task_claimed"), _held(world, request.visit, request.actor, request.actor)


def _not_mine(world: World, request: Request) -> Outcome | None:
    """For whoever wants to let go of a task."""
    holder = world.live[request.visit]
    if holder is None:
        return _no(409, "NOT_CLAIMED")
    return None if request.actor in (holder, ADMIN) else _no(403, "NOT_ASSIGNEE")


def _release(world: World, request: Request) -> Applied:
    refused = _not_mine(world, request)
    return (refused, world) if refused else (_yes(request, "task_released"), _held(world, request.visit, None))


def _receive(world: World, request: Request, event: str) -> Applied:
    if request.to not in _CANDIDATES[request.visit[0]]:
        return _no(403, "RECEIVER_NOT_CANDIDATE"), world
    return _yes(request, event), _held(world, request.visit, request.to, request.to)


def _assign(world: World, request: Request) -> Applied:
    if request.actor != ADMIN:
        return _no(403, "ADMIN_ONLY"), world
    return _receive(world, request, "task_assigned")


def _transfer(world: World, request: Request) -> Applied:
    refused = _not_mine(world, request)
    return (refused, world) if refused else _receive(world, request, "task_transferred")


def _complete(world: World, request: Request) -> Applied:
    holder = world.live[request.visit]
    if holder is None:
        return _no(409, "NOT_CLAIMED"), world
    if holder != request.actor:
        return _no(403, "NOT_ASSIGNEE"), world
    element = request.visit[0]
    after = replace(
        world,
        live={visit: who for visit, who in world.live.items() if visit != request.visit},
        ended=world.ended | {request.visit},
        last={**world.last, element: request.actor},
        answers={**world.answers, element.lower(): request.text},
        saved={key: text for key, text in world.saved.items() if key != (request.actor, request.visit)},
    )
    if request.outcome == "redo":
        return _yes(request, "task_sent_back"), _again(after)
    if request.outcome == "accept":
        return _yes(request, "task_completed"), replace(after, phase="closed")
    return _yes(request, "task_completed"), after if after.live else _enter(after, {"C": None})


def _enter(world: World, holders: Mapping[str, str | None]) -> World:
    visits = {**world.visits, **{element: world.visits[element] + 1 for element in holders}}
    opened = {(element, visits[element]): holder for element, holder in holders.items()}
    parties = world.parties | {holder for holder in holders.values() if holder is not None}
    return replace(world, live={**world.live, **opened}, visits=visits, parties=parties)


def _again(world: World) -> World:
    """What was sent back is offered to whoever did it last."""
    return _enter(world, {element: world.last[element] for element in ("A", "B")})


def _ended(phase: str) -> Callable[[World], World]:
    def end(world: World) -> World:
        return replace(world, phase=phase, suspended=False, live={}, ended=world.ended | set(world.live))

    return end


def _cancel(world: World, request: Request) -> Applied:
    if request.actor != ADMIN:
        return _no(403, "ADMIN_ONLY"), world
    return _yes(request, "ticket_cancelled"), _ended("cancelled")(world)


def _withdraw(world: World, request: Request) -> Applied:
    if request.actor != REQUESTER:
        return _no(403, "REQUESTER_ONLY"), world
    if world.parties:
        return _no(409, "TOO_LATE_TO_WITHDRAW"), world
    return _yes(request, "ticket_withdrawn"), _ended("withdrawn")(world)


def _may_halt(world: World, request: Request) -> bool:
    return request.actor == ADMIN or request.actor in world.live.values()


def _suspend(world: World, request: Request) -> Applied:
    if world.suspended:
        return _no(409, "ALREADY_SUSPENDED"), world
    if not _may_halt(world, request):
        return _no(403, "HOLDER_OR_ADMIN_ONLY"), world
    return _yes(request, "ticket_suspended"), replace(world, suspended=True)


def _resume(world: World, request: Request) -> Applied:
    if not world.suspended:
        return _no(409, "NOT_SUSPENDED"), world
    if not _may_halt(world, request):
        return _no(403, "HOLDER_OR_ADMIN_ONLY"), world
    return _yes(request, "ticket_resumed"), replace(world, suspended=False)


def _comment(world: World, request: Request) -> Applied:
    return _yes(request, "comment_added", 201), world


def _save(world: World, request: Request) -> Applied:
    saved = {**world.saved, (request.actor, request.visit): request.text}
    return Outcome(status=204), replace(world, saved=saved)


Rule = Callable[[World, Request], Applied]
_TASK: dict[str, Rule] = {
    "claim": _claim,
    "release": _release,
    "assign": _assign,
    "transfer": _transfer,
    "complete": _complete,
}
_TICKET: dict[str, Rule] = {"withdraw": _withdraw, "cancel": _cancel, "suspend": _suspend, "resume": _resume}
_OTHER: dict[str, Rule] = {"comment": _comment, "save": _save}

TASK_VERBS = (*_TASK, "save")
TICKET_VERBS = (*_TICKET, "comment")
