"""Several people at once on real databases: one wins, the others learn who, and nothing is done twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bpmn.errors import FaultdeskError
from engine.commands import tasks, tickets
from engine.queries import tickets as queries
from storage.checks import check
from storage.idempotency import IdempotencyKey
from storage.units import Answer, perform
from tests.support.desk import HANDLING, Desk

PEOPLE = 12


def _at_once(acts: list[Callable[[], object]]) -> list[object]:
    """What each act returned, or the refusal it met, when all begin together."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return act()
        except FaultdeskError as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_many_claims_at_once_one_wins(desk: Desk) -> None:
    """security-bar A-05."""
    [task] = desk.open().tasks
    names = [f"ops{index}" for index in range(PEOPLE)]
    for name in names:
        desk.add_person(name, grants=(("ops", "website"),))
    results = _at_once([lambda name=name: desk.claim(name, task.public_id) for name in names])
    won = [result for result in results if isinstance(result, tasks.Done)]
    lost = [result for result in results if isinstance(result, FaultdeskError)]
    assert len(won) == 1
    assert {each.code for each in lost} == {"ALREADY_CLAIMED"}
    assert won[0].task.assignee is not None
    assert {each.params["by_name"] for each in lost} == {won[0].task.assignee.name}
    events = desk.see("admin", lambda work: queries.timeline(work, str(task.ticket_id))).items
    assert [event.type.value for event in events].count("task_claimed") == 1


def test_one_completion_of_many_counts_and_a_repeated_key_gets_the_first_answer(desk: Desk) -> None:
    """security-bar A-06."""
    [task] = desk.open().tasks
    desk.claim("yunwei1", task.public_id)

    def complete(key: str) -> Answer:
        def act(work: object) -> Answer:
            done = tasks.complete(work, task.public_id, answers=HANDLING)  # type: ignore[arg-type]
            return Answer(status=200, body={"opened": [each.public_id for each in done.opened]})

        return perform(
            desk.database,
            act,
            credential=desk.tokens["yunwei1"],
            idempotency=IdempotencyKey(key=key, request_hash=b"same"),
            now=desk.clock(),
            on_refusal=lambda error: Answer(status=409, body={"code": error.code}),
        )

    keys = ["first"] * 5 + [f"other{index}" for index in range(5)]
    results = _at_once([lambda key=key: complete(key) for key in keys])
    answers = [result for result in results if isinstance(result, Answer)]
    assert len(answers) == len(keys), results
    same = {(answer.status, str(answer.body)) for answer in answers[:5]}
    assert len(same) == 1, "the same key always gets the same answer"
    statuses = sorted(answer.status for answer in answers)
    assert statuses.count(200) in (1, 5), "one completion, told to everyone who sent its key"
    events = desk.see("admin", lambda work: queries.timeline(work, str(task.ticket_id))).items
    assert [event.type.value for event in events].count("task_completed") == 1


_LOST = {"NOT_ACTIVE", "TICKET_ENDED", "NOT_CLAIMED"}


def _complete_release_and_cancel(desk: Desk) -> list[object]:
    [task] = desk.open().tasks
    desk.claim("yunwei1", task.public_id)
    ticket = str(task.ticket_id)
    return _at_once(
        [
            lambda: desk.complete("yunwei1", task.public_id, HANDLING),
            lambda: desk.do("admin", lambda work: tickets.cancel(work, ticket, reason="误报")),
            lambda: desk.do("admin", lambda work: tasks.release(work, task.public_id)),
        ]
    )


def test_complete_and_cancel_at_once_leave_one_winner_and_a_clean_desk(desk: Desk) -> None:
    """security-bar R-10, for the commands of one ticket."""
    for _ in range(5):
        for result in _complete_release_and_cancel(desk):
            assert not isinstance(result, FaultdeskError) or result.code in _LOST, result
    assert desk.see("admin", lambda work: list(check(work))) == []


def test_numbers_have_no_gap_when_many_open_at_once_and_some_are_refused(desk: Desk) -> None:
    acts: list[Callable[[], object]] = [lambda: desk.open() for _ in range(8)]
    acts += [lambda: desk.open(title="") for _ in range(4)]
    results = _at_once(acts)
    assert sum(isinstance(result, tickets.Opened) for result in results) == 8
    assert desk.see("admin", lambda work: list(check(work))) == []
