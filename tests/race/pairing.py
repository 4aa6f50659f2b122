"""Two commands from one barrier, and what must be true of the answers."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from tests.race.calling import Reply, at_once
from tests.race.drawings import LINE
from tests.race.stage import Stage

Race = Callable[[Stage], tuple[str, ...]]
"""Run it once; the answers, in words. Its tickets are checked on the way."""

RUNS = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Work:
    """A new ticket with its one task."""

    ticket: str
    task: str
    events: int
    """What its timeline held before the race."""


def begin(stage: Stage, *, held: bool = False) -> Work:
    """A new ticket of `line`, its task held by ops1 if asked."""
    ticket = stage.opened(LINE)
    [task] = ticket["tasks"]
    if held:
        stage["ops1"].posts(f"tasks/{task['id']}/claim")
    return Work(ticket=ticket["id"], task=task["id"], events=2 if held else 1)


def both(first: Callable[[], Reply], second: Callable[[], Reply]) -> list[Reply]:
    """Both at once, the one and the other in front in turn: threads leave a barrier in the order of their making."""
    if next(RUNS) % 2:
        return at_once([first, second])
    return at_once([second, first])[::-1]


def one_wins(stage: Stage, work: Work, replies: list[Reply], names: tuple[str, str]) -> tuple[str, ...]:
    """Exactly one succeeded; the other's 409 names the winner and the moment. `names`: who would win, by position."""
    assert sorted(reply.status for reply in replies) == [200, 409], [str(reply) for reply in replies]
    winner = next(index for index, reply in enumerate(replies) if reply.status == 200)
    lost = replies[1 - winner]
    assert (lost.facts["by"], bool(lost.facts["at"])) == (names[winner], True)
    return traced(stage, work, replies)


def traced(stage: Stage, work: Work, replies: list[Reply]) -> tuple[str, ...]:
    """One event for each change, none for a refusal, and the invariants hold."""
    changes = sum(reply.status == 200 for reply in replies)
    assert len(stage.timeline(work.ticket)) == work.events + changes
    stage.sound(work.ticket)
    return tuple(str(reply).strip() for reply in replies)
