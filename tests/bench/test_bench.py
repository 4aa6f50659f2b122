"""The benchmark itself works: product and floors do the same tickets, and every figure is there."""

import tempfile
from pathlib import Path

from tests.bench.desk import desk
from tests.bench.floor_steps import EngineSteps, LibrarySteps, Steps
from tests.bench.incident import take
from tests.bench.inside import itemised
from tests.bench.servers import database, floor


def test_the_product_and_its_floor_do_the_same_tickets() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        database("sqlite", Path(folder)) as place,
        desk(place.url, Path(folder)) as bench,
        floor(place, Path(folder), steps="library") as lowest,
    ):
        plan = bench.plan(clients=2, tickets=4)
        ours = take("product", plan, bench.pid, place, settle=0.1)
        below = take("floor", plan.at(lowest.port), lowest.pid, place, settle=0.1)
    for row in (ours, below):
        assert (len(row.result.open), len(row.result.claim), len(row.result.complete)) == (4, 16, 16)
        assert row.server > 0
        assert "tickets/s" in str(row)


def test_both_kinds_of_steps_walk_the_same_way() -> None:
    answers = {"service_restored": "no"}
    walked = [_walk(steps, answers) for steps in (EngineSteps(), LibrarySteps())]
    assert walked == [["Task_Handle", "Task_Handle", "Task_Review", "Task_Assess", None]] * 2


def _walk(steps: Steps, answers: dict[str, str]) -> list[str | None]:
    moved = steps.start(answers)
    way = [moved.element]
    for variables, outcome in (("no", None), ("yes", None), ("yes", None), ("yes", "pass")):
        assert moved.element is not None
        moved = steps.complete(
            moved.state,
            token=moved.token,
            element=moved.element,
            variables={"service_restored": variables, "root_cause_known": "yes", "need_problem": False},
            outcome=outcome,
        )
        way.append(moved.element)
    return way


def test_the_parts_of_a_request_add_up() -> None:
    lines = itemised("sqlite", 4).splitlines()
    shares = [float(line.split("%")[0].split()[-1]) for line in lines[1:]]
    assert len(shares) > 10
    assert abs(sum(shares) - 100) < 2
