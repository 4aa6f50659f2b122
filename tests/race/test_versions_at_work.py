"""A new version comes into service while tickets run on the old one: each ends on the version it was opened with."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import pytest
import requests

from tests.race.calling import PATIENCE_S, at_once
from tests.race.drawings import line
from tests.race.stage import Stage, bind, put_in_service

T = TypeVar("T")

_HANDS = 8
_WAYS = {1: ("Old1", "Old2"), 2: ("New",)}
"""Version -> its tasks in order."""


def _process(stage: Stage, key: str) -> None:
    put_in_service(stage, key, key, line(*_WAYS[1], key=key))
    stage["designer"].posts("versions", line(*_WAYS[2], key=key))


def _by_many(count: int, act: Callable[[int], T]) -> list[T]:
    """`act` for each number below `count`, by eight hands at once."""

    def share(hand: int) -> list[T]:
        return [act(number) for number in range(hand, count, _HANDS)]

    made = at_once([partial(share, hand) for hand in range(_HANDS)])
    return [each for some in made for each in some]


def _work(stage: Stage, task: Any, number: int) -> Any:
    """Claim and complete a task; what was answered."""
    person = stage[f"ops{number % _HANDS + 1}"]
    person.posts(f"tasks/{task['id']}/claim")
    return person.posts(f"tasks/{task['id']}/complete", {"answers": {task["element"].lower(): str(number)}})


def _to_the_end(stage: Stage, tickets: list[Any], number: int) -> tuple[int, tuple[str, ...], str]:
    """Work on a ticket until it ends: its version, the tasks it went through from here on, its phase."""
    ticket, way = tickets[number], []
    version, tasks = ticket["process"]["version"], list(ticket["tasks"])
    while tasks:
        [task] = tasks
        way.append(task["element"])
        done = _work(stage, task, number)
        tasks = done["opened"]
    return version, tuple(way), done["ticket"]["phase"]


def _deploy_while_open(stage: Stage, key: str, count: int) -> list[Any]:
    """More tickets while version 2 is deployed and bound; each is of one version, and the last of the second."""

    def change() -> list[Any]:
        made = stage["admin"].posts(f"processes/{key}/deployments", {"version": 2})
        bind(stage, key, key, made["number"])
        return []

    def many() -> list[Any]:
        return [stage.opened(key) for _ in range(count)]

    found = [each for made in at_once([change, many, many, many]) for each in made]
    found.append(stage.opened(key))
    assert found[-1]["process"]["version"] == 2
    return found


def _refuse_removal(stage: Stage, key: str) -> None:
    """A version in use cannot be deleted, and the refusal names its deployments; nothing else can be removed at all."""
    refused = stage["designer"].send("DELETE", f"processes/{key}/versions/1")
    assert (str(refused), refused.facts["deployments"]) == ("409 VERSION_IN_USE", [1])
    paths = requests.get(f"{stage.service.url}/api/openapi.json", timeout=PATIENCE_S).json()["paths"]
    removing = {path for path, acts in paths.items() if "delete" in acts and "/processes" in path}
    assert removing == {"/api/v1/processes/{key}/versions/{number}"}


def _change_under(stage: Stage, key: str, running: int) -> None:
    _process(stage, key)
    old = _by_many(running, lambda number: stage.opened(key))
    for number, ticket in enumerate(old[: running // 2]):
        ticket["tasks"] = _work(stage, ticket["tasks"][0], number)["opened"]
    mixed = _deploy_while_open(stage, key, max(running // 20, 2))
    stage["admin"].posts(f"processes/{key}/deployments/1/retire")
    _refuse_removal(stage, key)
    for tickets, begun in ((old[: running // 2], 1), (old[running // 2 :], 0), (mixed, 0)):
        ends = Counter(_by_many(len(tickets), partial(_to_the_end, stage, tickets)))
        print({f"version {version} by {way}": count for (version, way, _), count in ends.items()})
        assert all((way, phase) == (_WAYS[version][begun:], "closed") for version, way, phase in ends)
    stage.sound(*(ticket["id"] for ticket in [*old[-20:], *mixed[-20:]]))


def test_r14_running_tickets_end_on_their_version_and_nothing_removes_it(stage: Stage) -> None:
    """security-bar R-14."""
    _change_under(stage, "few", 8)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_r14_a_thousand_running_tickets_end_on_their_version(stage: Stage) -> None:
    """security-bar R-14, the long form."""
    _change_under(stage, "thousand", 1000)
    stage.sound()
