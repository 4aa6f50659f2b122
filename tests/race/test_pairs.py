"""Two commands from one barrier: where they exclude one another one wins, and the loser learns who did what."""

from collections import Counter

import pytest

from tests.race.drawings import LINE, line
from tests.race.pairing import Race
from tests.race.service_pairs import SERVICE_PAIRS, deployed
from tests.race.stage import Stage, bind, put_in_service
from tests.race.ticket_pairs import TICKET_PAIRS

RACES: dict[str, Race] = {race.__name__: race for race in (*TICKET_PAIRS, *SERVICE_PAIRS)}
_BOTH_ORDERS = {"complete_and_cancel", "complete_and_suspend", "cancel_and_withdraw", "withdraw_and_claim"}


@pytest.fixture(scope="module")
def lined(stage: Stage) -> Stage:
    """The stage with the process `line`: version 1 has the task V1, version 2 the task V2."""
    put_in_service(stage, LINE, LINE, line("V1"))
    stage["designer"].posts("versions", line("V2"))
    return stage


def _run(stage: Stage, race: Race, times: int) -> Counter[tuple[str, ...]]:
    counted = Counter(race(stage) for _ in range(times))
    print(race.__name__, {" | ".join(key): count for key, count in counted.items()})
    return counted


def test_of_two_commands_at_once_one_wins_and_the_loser_knows(lined: Stage) -> None:
    """security-bar R-10."""
    for race in RACES.values():
        bind(lined, LINE, LINE, deployed(lined, 1))
        _run(lined, race, 2)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", RACES)
def test_of_two_commands_at_once_one_wins_many_times(lined: Stage, name: str) -> None:
    """security-bar R-10, the long form; both orders of those that exclude one another occur."""
    bind(lined, LINE, LINE, deployed(lined, 1))
    counted = _run(lined, RACES[name], 150)
    if name in _BOTH_ORDERS:
        assert len(counted) > 1, "only one order was seen"
    lined.sound()
