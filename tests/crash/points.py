"""The numbered points of a walk at which the server is killed."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.crash.orders import COMMIT, DONE, SENT, Order

STEPS = ("open", "claim", "complete", "claim the next", "complete the next", "claim the last", "close")
REQUEST = "request"
BY_CLOCK = {"sweep", "seal_audit"}
"""Jobs that no step of a walk causes."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """One place of one commit, in the step of this number."""

    step: int
    order: Order

    def __str__(self) -> str:
        order = self.order
        return f"{STEPS[self.step]}: {order.who}, commit {order.commit}, place {order.place}"


def traced(trace: str, *, step: int, sent: bool) -> Iterator[Point]:
    """The points of the commits that a step was seen to make. `sent`: the database lets COMMIT be on its way.

    Requests are walked at each step; jobs after the opening, where a notification is made and told.
    """
    counted: Counter[str] = Counter()
    for line in trace.splitlines():
        name, statements, alone = json.loads(line)
        who = REQUEST if name.startswith(REQUEST) else name
        if who == "faultdesk-worker" or who.removeprefix("job-") in BY_CLOCK or (who != REQUEST and step > 0):
            continue
        counted[who] += 1
        between = () if alone else (COMMIT, SENT) if sent else (COMMIT,)
        for place in (*map(str, range(statements)), *between, DONE):
            yield Point(step=step, order=Order(who=who, commit=counted[who], place=place))
