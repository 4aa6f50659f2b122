"""R-02: the server kills itself at each numbered commit point of create, claim, complete, notify and close.

A point is a place of a commit: before each of its statements, before COMMIT, while COMMIT is on its way, and after it,
before the answer is sent. The state is then as before or as after the command, never between; the request, repeated, is
done once; each notification is told once; `faultdesk check` finds nothing.
"""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash.aftermath import check, finish_jobs, verdict_on
from tests.crash.ledger import Ledger
from tests.crash.orders import COMMIT, DONE
from tests.crash.points import REQUEST, STEPS, Point
from tests.crash.server import running
from tests.crash.walk import Walk

SEED = 2026
ROUNDS = 100


def test_a_sample_of_the_points(database_url: str, tmp_path: Path) -> None:
    """R-02, in short: the places after each commit and in the middle of it, and two of the jobs."""
    walk(database_url, tmp_path, sample)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_long_every_point(database_url: str, tmp_path: Path) -> None:
    """R-02: 100 rounds and more on each database, each point at least once."""
    walk(database_url, tmp_path, everything)


def walk(url: str, directory: Path, choose: Callable[[list[Point]], list[Point]]) -> None:
    """Find the points, walk past those that are chosen, and judge what is left."""
    walker = Walk.over(url, directory)
    with running(walker.server):
        points = walker.points()
        chosen = choose(points)
        for each in journeys(chosen):
            walker.past(each)
        walker.settle()
    ledger = Ledger(pages=[walker.client.page])
    print(
        f"{walker.database.engine.name}: {len(chosen)} kills at {len(set(chosen))} of {len(points)} points, "
        f"{walker.before} requests found as before and {walker.after} as after, "
        f"{len(ledger.changes)} changes acknowledged, {ledger.total('answers_lost')} answers lost after the commit"
    )
    walker.database.dispose()
    check(walker.server)
    finish_jobs(walker.server)
    assert verdict_on(walker.server, ledger) == []
    assert walker.before > 0
    assert walker.after > 0


def sample(points: list[Point]) -> list[Point]:
    """One point of each step's request, with one before COMMIT and one after among them; and two of the jobs."""
    chance = random.Random(SEED)
    requests = [chance.choice([each for each in points if is_of(each, step)]) for step in range(1, len(STEPS) - 1)]
    edges = [at(points, step=0, place=DONE), at(points, step=len(STEPS) - 1, place=COMMIT)]
    return [*edges, *requests, *chance.sample([each for each in points if each.order.who != REQUEST], 2)]


def everything(points: list[Point]) -> list[Point]:
    """Each point once, and so many once more that there are enough rounds."""
    more = random.Random(SEED).choices(points, k=max(ROUNDS - len(points), 0))
    return [*points, *more]


def is_of(point: Point, step: int) -> bool:
    """Whether it is in the request of this step."""
    return point.step == step and point.order.who == REQUEST


def at(points: list[Point], *, step: int, place: str) -> Point:
    """The point at this place of the step's request."""
    return next(each for each in points if is_of(each, step) and each.order.place == place)


def journeys(points: list[Point]) -> Iterator[list[Point]]:
    """The points, in as many walks as it takes: each step of a walk has one at most."""
    left = list(points)
    while left:
        first = {point.step: point for point in reversed(left)}
        yield list(first.values())
        for point in first.values():
            left.remove(point)
