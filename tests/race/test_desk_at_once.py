"""Several people at one desk, one after the other and at once: a state machine over HTTP, held against a model."""

import itertools
from collections import Counter

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.race.calling import Reply
from tests.race.stage import Stage
from tests.race.tracking import Tracked, together
from tests.race.world import ACTORS, ADMIN, OPS, QC, REQUESTER, TASK_VERBS, TICKET_VERBS, Request

_MOST_RUNNING = 3
_TEXTS = itertools.count(1)

actors = st.sampled_from(ACTORS)
receivers = st.sampled_from((*OPS, QC))
picks = st.integers(0, 7)

Draw = tuple[int, str, int, str, str, bool]
"""Which ticket, verb, which of its tasks, actor, receiver, and whether to ask for what can be done."""
draws = st.tuples(
    picks,
    st.sampled_from((*TASK_VERBS * 3, *TICKET_VERBS)),
    picks,
    actors,
    receivers,
    st.sampled_from((True, True, False)),
)


class DeskAtOnce(RuleBasedStateMachine):
    """A few tickets; after each step everything is read back and compared."""

    counted: Counter[str]

    def __init__(self, stage: Stage, counted: Counter[str]) -> None:
        super().__init__()
        self.stage, self.counted = stage, counted
        self.tickets: list[Tracked] = []

    @initialize()
    def begin(self) -> None:
        self.tickets.append(Tracked.open(self.stage))

    @rule()
    def open(self) -> None:
        """No precondition: what the rules draw must not depend on who won a race."""
        if sum(each.world.phase == "running" for each in self.tickets) < _MOST_RUNNING:
            self.tickets.append(Tracked.open(self.stage))

    @rule(draw=draws)
    def one(self, draw: Draw) -> None:
        """Anybody tries anything."""
        self._together([self._made(draw)])

    @rule(
        which=picks,
        moves=st.lists(st.tuples(picks, st.sampled_from(("claim", "claim", "save"))), min_size=1, max_size=6),
    )
    def forward(self, which: int, moves: list[tuple[int, str]]) -> None:
        """Those who may take tasks and complete the ones they hold, so that tickets get far."""
        for task, verb in moves:
            tracked = self._ticket(which)
            self._together([(tracked, self._fitting(tracked, verb, task))])

    @rule(first=draws, second=draws, same=st.booleans())
    def two(self, first: Draw, second: Draw, same: bool) -> None:
        """Two requests at once, on one ticket or on any two."""
        self._together(self._several([first, second], same=same))

    @rule(each=st.tuples(draws, draws, draws))
    def three(self, each: tuple[Draw, ...]) -> None:
        """Three at once on one ticket."""
        self._together(self._several(each, same=True))

    @rule(which=picks, redo=st.booleans(), draw=draws)
    def two_branches(self, which: int, redo: bool, draw: Draw) -> None:
        """Whoever holds the live tasks completes all of them at once, while somebody else does anything."""
        tracked = self._ticket(which)
        sent = [
            (tracked, self._completing(tracked, visit, holder, redo))
            for visit, holder in tracked.world.live.items()
            if holder is not None
        ]
        self._together([*sent, (tracked, self._made(draw, tracked)[1])])

    def teardown(self) -> None:
        for tracked in self.tickets:
            tracked.compare_saved()
            self.counted[tracked.world.phase] += 1
        self.stage.sound(*(tracked.ticket for tracked in self.tickets))

    def _ticket(self, which: int) -> Tracked:
        """Mostly one that still runs."""
        running = [each for each in self.tickets if each.world.phase == "running"]
        chosen = running if running and which < 7 else self.tickets
        return chosen[which % len(chosen)]

    def _together(self, sent: list[tuple[Tracked, Request]]) -> None:
        for reply in together(sent):
            self.counted[_kind(reply)] += 1
        self.counted[f"at once: {len(sent)}"] += 1

    def _several(self, each: "list[Draw] | tuple[Draw, ...]", *, same: bool) -> list[tuple[Tracked, Request]]:
        first = self._ticket(each[0][0])
        return [self._made(draw, first if same else None) for draw in each]

    def _made(self, draw: Draw, tracked: Tracked | None = None) -> tuple[Tracked, Request]:
        which, verb, task, actor, to, fits = draw
        tracked = tracked or self._ticket(which)
        if fits:
            return tracked, self._fitting(tracked, verb, task)
        if verb in TICKET_VERBS:
            return tracked, Request(verb=verb, actor=actor)
        visits = [*tracked.world.live, *sorted(tracked.world.ended)]
        visit = visits[task % len(visits)]
        if verb == "complete":
            return tracked, self._completing(tracked, visit, actor, redo=task % 2 == 0)
        return tracked, Request(verb=verb, actor=actor, visit=visit, to=to, text=str(next(_TEXTS)))

    def _fitting(self, tracked: Tracked, verb: str, task: int) -> Request:
        """A request by somebody who may, for a live task where there is one."""
        if tracked.world.suspended or not tracked.world.live:
            return Request(verb="resume" if verb in TASK_VERBS else verb, actor=ADMIN)
        live = list(tracked.world.live.items())
        visit, holder = live[task % len(live)]
        to = QC if visit[0] == "C" else OPS[task % 2]
        if verb in TICKET_VERBS:
            return Request(verb=verb, actor=ADMIN if verb != "withdraw" else REQUESTER)
        if verb in ("claim", "complete", "release", "transfer") and holder is None:
            return Request(verb="claim", actor=QC if visit[0] == "C" else OPS[task % 2], visit=visit)
        if verb in ("claim", "complete") and holder is not None:
            return self._completing(tracked, visit, holder, redo=task % 3 > 0)
        who = ADMIN if verb == "assign" or holder is None else holder
        return Request(verb=verb, actor=who, visit=visit, to=to, text=str(next(_TEXTS)))

    def _completing(self, tracked: Tracked, visit: tuple[str, int], actor: str, redo: bool) -> Request:
        outcome = ("redo" if redo else "accept") if visit[0] == "C" else None
        return Request(verb="complete", actor=actor, visit=visit, text=str(next(_TEXTS)), outcome=outcome)


def _kind(reply: Reply) -> str:
    return f"{reply.status} {reply.code}".strip()


def _run(stage: Stage, *, examples: int, steps: int, derandomize: bool) -> Counter[str]:
    counted: Counter[str] = Counter()
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=derandomize,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate] if derandomize else [Phase.generate, Phase.shrink],
    )

    def machine() -> DeskAtOnce:
        return DeskAtOnce(stage, counted)

    run_state_machine_as_test(machine, settings=chosen)  # type: ignore[arg-type]  # any callable that makes one
    print(dict(sorted(counted.items())))
    return counted


def test_people_at_once_get_the_answers_of_one_order_and_leave_its_traces(stage: Stage) -> None:
    """security-bar A-10, R-10; one assignee, no task after the end, one event for each change, no answer lost."""
    counted = _run(stage, examples=5, steps=12, derandomize=True)
    assert counted["200"] > 15, "it came to something"


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_people_at_once_get_the_answers_of_one_order_in_many_runs(stage: Stage) -> None:
    """security-bar A-10, R-10, the long form: every refusal of the model and every end of a ticket occurs."""
    counted = _run(stage, examples=100, steps=30, derandomize=False)
    refusals = {"409 ALREADY_CLAIMED", "409 NOT_ACTIVE", "409 NOT_CLAIMED", "409 TICKET_ENDED", "409 TICKET_SUSPENDED"}
    refusals |= {"409 ALREADY_SUSPENDED", "409 NOT_SUSPENDED", "409 TOO_LATE_TO_WITHDRAW", "404 NOT_FOUND"}
    refusals |= {f"403 {code}" for code in ("NOT_CANDIDATE", "NOT_ASSIGNEE", "ADMIN_ONLY", "REQUESTER_ONLY")}
    refusals |= {"403 HOLDER_OR_ADMIN_ONLY", "403 RECEIVER_NOT_CANDIDATE"}
    ends = {"running", "closed", "cancelled", "withdrawn"}
    assert refusals | ends <= set(counted)
    stage.sound()
