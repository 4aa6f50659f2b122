"""Two parallel tasks of one ticket, completed at once: both count, the join fires once, nobody waits long."""

from collections import Counter
from functools import partial
from statistics import median
from typing import Any

import pytest

from tests.race.calling import Reply, at_once
from tests.race.drawings import FORK
from tests.race.stage import Stage

_HOLDERS = {"A": "ops1", "B": "ops2"}
_ROUNDS = 10
"""Rounds that one ticket takes before a new one is opened."""


class Pair:
    """Two tickets of `fork` side by side, each at its parallel tasks at the beginning of a round."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.tickets = [stage.opened(FORK)["id"] for _ in range(2)]
        self.tasks: list[dict[str, str]] = [{}, {}]
        for index, ticket in enumerate(self.tickets):
            for task in stage["auditor"].gets(f"tickets/{ticket}")["tasks"]:
                stage[_HOLDERS[task["element"]]].posts(f"tasks/{task['id']}/claim")
                self.tasks[index][task["element"]] = task["id"]

    def complete(self, index: int, element: str, text: str) -> Reply:
        """One of the parallel tasks is completed by whoever holds it."""
        path = f"tasks/{self.tasks[index][element]}/complete"
        return self.stage[_HOLDERS[element]].send("POST", path, {"answers": {element.lower(): text}})

    def both(self, chosen: tuple[tuple[int, str], tuple[int, str]], text: str) -> list[Reply]:
        """Two at once; both succeed."""
        replies = at_once([partial(self.complete, index, element, text) for index, element in chosen])
        assert [reply.status for reply in replies] == [200, 200], [str(reply) for reply in replies]
        return replies

    def joined(self, index: int, replies: list[Reply], text: str) -> str:
        """The task after the join, which exactly one of these answers shows; both branches' answers are there."""
        opened = [task for reply in replies for task in reply.body["opened"]]
        assert [task["element"] for task in opened] == ["C"], "the join fires once"
        shown = self.stage["auditor"].gets(f"tickets/{self.tickets[index]}")
        assert [task["id"] for task in shown["tasks"]] == [opened[0]["id"]]
        assert {key: shown["answers"][key] for key in ("a", "b")} == {"a": text, "b": text}
        return str(opened[0]["id"])

    def send_back(self, index: int, task: str, *, key: str | None) -> None:
        """QC submits the same form twice at once; the parallel tasks are then held by whoever did them before."""
        qc, body = self.stage["qc"], {"answers": {"c": "no"}, "outcome": "redo", "reason": "so"}
        qc.posts(f"tasks/{task}/claim")
        replies = at_once([lambda: qc.send("POST", f"tasks/{task}/complete", body, key=key)] * 2)
        won = [reply.body for reply in replies if reply.status == 200]
        if key is None:
            [lost] = [reply for reply in replies if reply.status != 200]
            assert (str(lost), lost.facts["by"]) == ("409 NOT_ACTIVE", "Qc")
        else:
            assert won[0] == won[-1], [str(reply) for reply in replies]
        self.tasks[index] = {each["element"]: each["id"] for each in won[0]["opened"]}
        holders = {each["element"]: each["assignee"]["name"] for each in won[0]["opened"]}
        assert holders == _HOLDERS, "sent back once, to both branches"

    def round(self, number: int) -> tuple[list[float], list[float]]:
        """Seconds of the slower of two at once: on two tickets each, and on the same ticket each."""
        text = str(number)
        first = self.both(((0, "A"), (1, "A")), text)
        second = self.both(((0, "B"), (1, "B")), text)
        for index in (0, 1):
            self.send_back(index, self.joined(index, [first[index], second[index]], text), key=None)
        text, same = f"again {number}", []
        for index in (0, 1):
            replies = self.both(((index, "A"), (index, "B")), text)
            same.append(_slower(replies))
            key = f"{self.tickets[index]}-{number}"
            self.send_back(index, self.joined(index, replies, text), key=key)
        return [_slower(first), _slower(second)], same


def _slower(replies: list[Reply]) -> float:
    return max(reply.seconds for reply in replies)


def _race(stage: Stage, repetitions: int) -> None:
    """Half the repetitions on each of two tickets. The yardstick runs between them, under the same load."""
    apart: list[float] = []
    same: list[float] = []
    tickets: list[str] = []
    for number in range(repetitions // 2):
        if number % _ROUNDS == 0:
            pair = Pair(stage)
            tickets += pair.tickets
        for found, more in zip((apart, same), pair.round(number), strict=True):
            found += more
    print(f"{len(same)} pairs: {_figures('two tickets', apart)}; {_figures('one ticket', same)}")
    assert median(same) <= 3 * median(apart) + 0.01, "the second waits for one transaction of the first at most"
    stage.sound(*tickets)
    _count(stage, tickets)


def _figures(name: str, seconds: list[float]) -> str:
    found = sorted(seconds)
    middle, high, worst = (1000 * each for each in (median(found), found[int(len(found) * 0.99)], found[-1]))
    return f"{name} median {middle:.1f} ms, p99 {high:.1f} ms, most {worst:.1f} ms"


def _count(stage: Stage, tickets: list[str]) -> None:
    """Each round left exactly its events, and each visit of each task exactly one row."""
    for ticket in tickets:
        events: Counter[Any] = Counter(event["type"] for event in stage.timeline(ticket))
        rounds = events["task_sent_back"]
        assert (events["task_completed"], events["task_claimed"]) == (2 * rounds, 2 + rounds)


def test_two_branches_completed_at_once_both_count_and_join_once(stage: Stage) -> None:
    """security-bar R-09, A-06; the second waits about as long as the first takes, not for seconds."""
    _race(stage, 20)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_two_branches_completed_at_once_a_thousand_times(stage: Stage) -> None:
    """security-bar R-09, the long form."""
    _race(stage, 1000)
    stage.sound()
