"""Pairs of commands on one ticket."""

from collections.abc import Callable

from tests.race.calling import Reply
from tests.race.pairing import Race, Work, begin, both, one_wins, traced
from tests.race.stage import Stage


def _complete(stage: Stage, work: Work) -> Callable[[], Reply]:
    task = stage["auditor"].gets(f"tasks/{work.task}")
    body = {"answers": {task["element"].lower(): "done"}}
    return lambda: stage["ops1"].send("POST", f"tasks/{work.task}/complete", body)


def _by_admin(stage: Stage, work: Work, verb: str) -> Callable[[], Reply]:
    return lambda: stage["admin"].send("POST", f"tickets/{work.ticket}/{verb}", {"reason": "so"})


def complete_and_cancel(stage: Stage) -> tuple[str, ...]:
    """The last task is completed while an admin cancels."""
    work = begin(stage, held=True)
    replies = both(_complete(stage, work), _by_admin(stage, work, "cancel"))
    return one_wins(stage, work, replies, ("Ops1", "Admin"))


def complete_and_suspend(stage: Stage) -> tuple[str, ...]:
    """The last task is completed while an admin puts the ticket on hold."""
    work = begin(stage, held=True)
    replies = both(_complete(stage, work), _by_admin(stage, work, "suspend"))
    return one_wins(stage, work, replies, ("Ops1", "Admin"))


def cancel_and_withdraw(stage: Stage) -> tuple[str, ...]:
    """An admin and the requester both end it."""
    work = begin(stage)
    withdraw = lambda: stage["kefu"].send("POST", f"tickets/{work.ticket}/withdraw", {"reason": "so"})  # noqa: E731
    replies = both(_by_admin(stage, work, "cancel"), withdraw)
    return one_wins(stage, work, replies, ("Admin", "Kefu"))


def withdraw_and_claim(stage: Stage) -> tuple[str, ...]:
    """Whoever claims first makes it too late by the process's policy, which the refusal names instead of a person."""
    work = begin(stage)
    withdraw = lambda: stage["kefu"].send("POST", f"tickets/{work.ticket}/withdraw", {"reason": "so"})  # noqa: E731
    replies = both(withdraw, lambda: stage["ops1"].send("POST", f"tasks/{work.task}/claim"))
    assert sorted(reply.status for reply in replies) == [200, 409], [str(reply) for reply in replies]
    if replies[0].status == 200:
        assert replies[1].facts["by"] == "Kefu"
    else:
        assert replies[0].facts == {"policy": "before_first_claim", "element": None}
    return traced(stage, work, replies)


def claim_and_assign(stage: Stage) -> tuple[str, ...]:
    """To assign is to decide over whoever claimed: it always succeeds, and afterwards its receiver holds the task."""
    work = begin(stage)
    body = {"to": "ops2", "reason": "so"}
    replies = both(
        lambda: stage["ops1"].send("POST", f"tasks/{work.task}/claim"),
        lambda: stage["admin"].send("POST", f"tasks/{work.task}/assign", body),
    )
    assert replies[1].status == 200
    assert replies[0].status == 200 or replies[0].facts["by_name"] == "ops2"
    assert stage["auditor"].gets(f"tasks/{work.task}")["assignee"]["name"] == "ops2"
    return traced(stage, work, replies)


TICKET_PAIRS: tuple[Race, ...] = (
    complete_and_cancel,
    complete_and_suspend,
    cancel_and_withdraw,
    withdraw_and_claim,
    claim_and_assign,
)
