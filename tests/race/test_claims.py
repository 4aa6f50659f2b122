"""Many hands reach for one task: one gets it, the others learn who has it."""

from collections import Counter
from functools import partial

from tests.race.calling import Reply, at_once
from tests.race.drawings import FORK
from tests.race.stage import OPS, Stage


def test_of_32_claims_at_once_one_wins_and_31_are_told_who(stage: Stage) -> None:
    """security-bar A-05."""
    ticket = stage.opened(FORK)["id"]
    task = stage.task(ticket, "A")["id"]
    people = [stage[f"ops{number}"] for number in range(1, OPS + 1)]
    replies = at_once([partial(person.send, "POST", f"tasks/{task}/claim") for person in people])
    assert Counter(map(str, replies)) == {"200 ": 1, "409 ALREADY_CLAIMED": OPS - 1}
    [won] = [reply.body["assignee"]["name"] for reply in replies if reply.status == 200]
    assert {reply.facts["by_name"] for reply in replies if reply.status == 409} == {won}
    assert all(reply.facts["at"] for reply in replies if reply.status == 409)
    claims = [event["actor"]["name"] for event in stage.timeline(ticket) if event["type"] == "task_claimed"]
    assert claims == [won]
    stage.sound(ticket)


def test_of_10_completes_with_one_key_and_with_others_one_counts(stage: Stage) -> None:
    """security-bar A-06, A-10: the same key gets the same stored answer, another key learns that it came too late."""
    ticket = stage.opened(FORK)["id"]
    task, person = stage.task(ticket, "A")["id"], stage["ops1"]
    person.posts(f"tasks/{task}/claim")
    keys = [f"{ticket}-first"] * 5 + [f"{ticket}-{number}" for number in range(5)]

    def complete(key: str) -> Reply:
        return person.send("POST", f"tasks/{task}/complete", {"answers": {"a": "done"}}, key=key)

    replies = at_once([partial(complete, key) for key in keys])
    same, others = replies[:5], replies[5:]
    assert len({(reply.status, repr(reply.body)) for reply in same}) == 1, "one key, one answer"
    won = [reply for reply in (same[0], *others) if reply.status == 200]
    lost = [reply for reply in (same[0], *others) if reply.status != 200]
    assert (len(won), {str(reply) for reply in lost}) == (1, {"409 NOT_ACTIVE"})
    assert all(reply.facts["by"] == "Ops1" for reply in lost)
    assert [complete(key).body for key in keys] == [reply.body for reply in replies], "each key keeps its answer"
    assert str(complete(f"{ticket}-late")) == "409 NOT_ACTIVE"
    assert [event["type"] for event in stage.timeline(ticket)].count("task_completed") == 1
    stage.sound(ticket)


def test_a_completion_races_the_loss_of_its_role(stage: Stage) -> None:
    """security-bar A-11: it succeeds only if it came before the removal, and never after it was acknowledged."""
    ticket = stage.opened(FORK)["id"]
    task, person, admin = stage.task(ticket, "A")["id"], stage["ops32"], stage["admin"]
    person.posts(f"tasks/{task}/claim")
    member = "roles/ops/members"

    def complete() -> Reply:
        return person.send("POST", f"tasks/{task}/complete", {"answers": {"a": "done"}})

    removed, done = at_once([lambda: admin.send("DELETE", f"{member}/{person.name}?business=website"), complete])
    assert removed.status == 204, removed
    assert str(done) in {"200 ", "403 NOT_CANDIDATE"}
    assert str(complete()) == ("409 NOT_ACTIVE" if done.status == 200 else "403 NOT_CANDIDATE")
    admin.posts(member, {"users": [person.name], "business": "website"})
    stage.sound(ticket)
