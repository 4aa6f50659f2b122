"""Two commands from one barrier: where they exclude one another one wins, and the loser learns who did what."""

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.race.calling import Reply, at_once
from tests.race.drawings import LINE, line
from tests.race.stage import Stage, bind, put_in_service

Race = Callable[[Stage], tuple[str, ...]]
"""Run it once; the answers, in words, and the ids of its tickets checked on the way."""

_RUNS = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Work:
    """A new ticket with its one task."""

    ticket: str
    task: str


@pytest.fixture(scope="module")
def lined(stage: Stage) -> Stage:
    """The stage with the process `line`: version 1 has the task V1, version 2 the task V2."""
    put_in_service(stage, LINE, LINE, line("V1"))
    stage["designer"].posts("versions", line("V2"))
    return stage


def _begin(stage: Stage, *, held: bool = False) -> Work:
    ticket = stage.opened(LINE)
    [task] = ticket["tasks"]
    if held:
        stage["ops1"].posts(f"tasks/{task['id']}/claim")
    return Work(ticket=ticket["id"], task=task["id"])


def _both(first: Callable[[], Reply], second: Callable[[], Reply]) -> list[Reply]:
    """Both at once, the one and the other in front in turn: threads leave a barrier in the order of their making."""
    if next(_RUNS) % 2:
        return at_once([first, second])
    return at_once([second, first])[::-1]


def _complete(stage: Stage, work: Work) -> Callable[[], Reply]:
    task = stage["auditor"].gets(f"tasks/{work.task}")
    body = {"answers": {task["element"].lower(): "done"}}
    return lambda: stage["ops1"].send("POST", f"tasks/{work.task}/complete", body)


def _by_admin(stage: Stage, work: Work, verb: str) -> Callable[[], Reply]:
    return lambda: stage["admin"].send("POST", f"tickets/{work.ticket}/{verb}", {"reason": "so"})


def _one_wins(stage: Stage, work: Work, replies: list[Reply], names: tuple[str, str]) -> tuple[str, ...]:
    """Exactly one succeeded; the other's 409 names the winner and the moment. `names`: who would win, by position."""
    assert sorted(reply.status for reply in replies) == [200, 409], [str(reply) for reply in replies]
    winner = next(index for index, reply in enumerate(replies) if reply.status == 200)
    lost = replies[1 - winner]
    assert (lost.facts["by"], bool(lost.facts["at"])) == (names[winner], True)
    return _traced(stage, work, replies)


def _traced(stage: Stage, work: Work, replies: list[Reply]) -> tuple[str, ...]:
    """One event for each change, none for a refusal, and the invariants hold."""
    changes = sum(reply.status == 200 for reply in replies)
    before = {"ticket_opened", "task_claimed"}
    events = [event["type"] for event in stage.timeline(work.ticket)]
    assert len([each for each in events if each not in before]) + (events.count("task_claimed") > 0) >= changes
    stage.sound(work.ticket)
    return tuple(str(reply).strip() for reply in replies)


def complete_and_cancel(stage: Stage) -> tuple[str, ...]:
    work = _begin(stage, held=True)
    replies = _both(_complete(stage, work), _by_admin(stage, work, "cancel"))
    return _one_wins(stage, work, replies, ("Ops1", "Admin"))


def complete_and_suspend(stage: Stage) -> tuple[str, ...]:
    work = _begin(stage, held=True)
    replies = _both(_complete(stage, work), _by_admin(stage, work, "suspend"))
    return _one_wins(stage, work, replies, ("Ops1", "Admin"))


def cancel_and_withdraw(stage: Stage) -> tuple[str, ...]:
    work = _begin(stage)
    withdraw = lambda: stage["kefu"].send("POST", f"tickets/{work.ticket}/withdraw", {"reason": "so"})  # noqa: E731
    replies = _both(_by_admin(stage, work, "cancel"), withdraw)
    return _one_wins(stage, work, replies, ("Admin", "Kefu"))


def withdraw_and_claim(stage: Stage) -> tuple[str, ...]:
    """Whoever claims first makes it too late by the process's policy, which the refusal names instead of a person."""
    work = _begin(stage)
    withdraw = lambda: stage["kefu"].send("POST", f"tickets/{work.ticket}/withdraw", {"reason": "so"})  # noqa: E731
    replies = _both(withdraw, lambda: stage["ops1"].send("POST", f"tasks/{work.task}/claim"))
    assert sorted(reply.status for reply in replies) == [200, 409], [str(reply) for reply in replies]
    if replies[0].status == 200:
        assert replies[1].facts["by"] == "Kefu"
    else:
        assert replies[0].facts == {"policy": "before_first_claim", "element": None}
    return _traced(stage, work, replies)


def claim_and_assign(stage: Stage) -> tuple[str, ...]:
    """To assign is to decide over whoever claimed: it always succeeds, and afterwards its receiver holds the task."""
    work = _begin(stage)
    body = {"to": "ops2", "reason": "so"}
    replies = _both(
        lambda: stage["ops1"].send("POST", f"tasks/{work.task}/claim"),
        lambda: stage["admin"].send("POST", f"tasks/{work.task}/assign", body),
    )
    assert replies[1].status == 200
    assert replies[0].status == 200 or replies[0].facts["by_name"] == "ops2"
    assert stage["auditor"].gets(f"tasks/{work.task}")["assignee"]["name"] == "ops2"
    return _traced(stage, work, replies)


def _deployed(stage: Stage, version: int) -> int:
    made = stage["admin"].posts(f"processes/{LINE}/deployments", {"version": version})
    return int(made["number"])


def _open_beside(stage: Stage, act: Callable[[], Reply], versions: set[int]) -> tuple[str, ...]:
    """Open a ticket while the admin acts: it is refused, or runs wholly on one of these versions."""
    opened, acted = _both(lambda: stage.open(LINE), act)
    assert acted.status in (200, 201), (acted.status, acted.body)
    if opened.status == 201:
        version = opened.body["process"]["version"]
        assert version in versions
        assert [task["element"] for task in opened.body["tasks"]] == [f"V{version}"]
        stage.sound(opened.body["id"])
        return str(opened), f"version {version}"
    return str(opened), str(acted)


def deploy_and_open(stage: Stage) -> tuple[str, ...]:
    bind(stage, LINE, LINE, _deployed(stage, 1))
    deployment = {"version": 2}
    deploy = lambda: stage["admin"].send("POST", f"processes/{LINE}/deployments", deployment)  # noqa: E731
    return _open_beside(stage, deploy, {1})


def _service(stage: Stage, act: str, body: object) -> Callable[[], Reply]:
    etag = stage["admin"].send("GET", f"services/{LINE}").headers["etag"]
    return lambda: stage["admin"].send("POST", f"services/{LINE}/{act}", body, If_Match=etag)


def bind_and_open(stage: Stage) -> tuple[str, ...]:
    bind(stage, LINE, LINE, _deployed(stage, 1))
    body = {"process": LINE, "deployment": _deployed(stage, 2)}
    said = _open_beside(stage, _service(stage, "bind", body), {1, 2})
    assert stage.opened(LINE)["process"]["version"] == 2, "what was acknowledged holds"
    return said


def _closed_for(stage: Stage, act: Callable[[], Reply], code: str) -> tuple[str, ...]:
    said = _open_beside(stage, act, {1})
    assert said[0] in ("201 ", f"409 {code}")
    assert str(stage.open(LINE)) == f"409 {code}", "what was acknowledged holds"
    return said


def retire_and_open(stage: Stage) -> tuple[str, ...]:
    number = _deployed(stage, 1)
    bind(stage, LINE, LINE, number)
    retire = lambda: stage["admin"].send("POST", f"processes/{LINE}/deployments/{number}/retire")  # noqa: E731
    return _closed_for(stage, retire, "SERVICE_CLOSED")


def unbind_and_open(stage: Stage) -> tuple[str, ...]:
    bind(stage, LINE, LINE, _deployed(stage, 1))
    return _closed_for(stage, _service(stage, "unbind", {}), "SERVICE_NOT_BOUND")


def bind_and_bind(stage: Stage) -> tuple[str, ...]:
    """Two admins who have read the same: one is told that it has changed meanwhile."""
    chosen = [_deployed(stage, version) for version in (1, 2)]
    acts = [_service(stage, "bind", {"process": LINE, "deployment": number}) for number in chosen]
    replies = _both(*acts)
    assert sorted(str(reply).strip() for reply in replies) == ["200", "412 VERSION_CHANGED"]
    won = next(number for number, reply in zip(chosen, replies, strict=True) if reply.status == 200)
    assert stage.opened(LINE)["process"]["deployment"] == won
    return tuple(str(reply).strip() for reply in replies)


def deploy_and_deploy(stage: Stage) -> tuple[str, ...]:
    """Deployments are numbered without a gap, also when made at once."""
    first = _deployed(stage, 1)
    deploy = lambda: stage["admin"].send("POST", f"processes/{LINE}/deployments", {"version": 2})  # noqa: E731
    replies = _both(deploy, deploy)
    assert sorted(reply.body["number"] for reply in replies) == [first + 1, first + 2]
    return tuple(str(reply).strip() for reply in replies)


def delete_and_deploy(stage: Stage) -> tuple[str, ...]:
    """security-bar R-14: a version is deleted or deployed, never both."""
    content = line("V1", f"Once{next(_RUNS)}")
    number = stage["designer"].posts("versions", content)["version"]["number"]
    replies = _both(
        lambda: stage["designer"].send("DELETE", f"processes/{LINE}/versions/{number}"),
        lambda: stage["admin"].send("POST", f"processes/{LINE}/deployments", {"version": number}),
    )
    said = tuple(str(reply).strip() for reply in replies)
    assert said in {("204", "404 NOT_FOUND"), ("409 VERSION_IN_USE", "201")}
    return said


RACES: dict[str, Race] = {
    race.__name__: race
    for race in (
        complete_and_cancel,
        complete_and_suspend,
        cancel_and_withdraw,
        withdraw_and_claim,
        claim_and_assign,
        deploy_and_open,
        bind_and_open,
        retire_and_open,
        unbind_and_open,
        bind_and_bind,
        deploy_and_deploy,
        delete_and_deploy,
    )
}


def _run(stage: Stage, race: Race, times: int) -> Counter[tuple[str, ...]]:
    counted = Counter(race(stage) for _ in range(times))
    print(race.__name__, {" | ".join(key): count for key, count in counted.items()})
    return counted


def test_of_two_commands_at_once_one_wins_and_the_loser_knows(lined: Stage) -> None:
    """security-bar R-10."""
    for race in RACES.values():
        bind(lined, LINE, LINE, _deployed(lined, 1))
        _run(lined, race, 2)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", RACES)
def test_of_two_commands_at_once_one_wins_many_times(lined: Stage, name: str) -> None:
    """security-bar R-10, the long form; both orders of those that exclude one another occur."""
    bind(lined, LINE, LINE, _deployed(lined, 1))
    counted = _run(lined, RACES[name], 150)
    if name in _BOTH_ORDERS:
        assert len(counted) > 1, "only one order was seen"
    lined.sound()


_BOTH_ORDERS = {"complete_and_cancel", "complete_and_suspend", "cancel_and_withdraw", "withdraw_and_claim"}
