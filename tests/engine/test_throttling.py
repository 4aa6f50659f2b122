"""Guessing gets slower and slower, for the guesser alone (security bar W-10)."""

from datetime import timedelta

from engine.throttling import PER_ACCOUNT, PER_ADDRESS, account_key, address_key, count, uncount, wait
from engine.values.people import Attempts
from tests.support.people import NOW


def fresh() -> Attempts:
    return Attempts(key="k", window_started_at=NOW)


def failing(times: int, attempts: Attempts | None = None) -> Attempts:
    found = attempts or fresh()
    for _ in range(times):
        found = count(found, PER_ACCOUNT, NOW)
    return found


def test_ten_failures_in_a_minute_block_for_a_minute() -> None:
    assert wait(failing(9), NOW) == 0
    assert wait(failing(10), NOW) == 60
    assert wait(failing(10), NOW + timedelta(seconds=59.5)) == 1
    assert wait(failing(10), NOW + timedelta(seconds=60)) == 0


def test_w_10_each_failure_after_a_block_blocks_twice_as_long_up_to_a_quarter_of_an_hour() -> None:
    found, now, waits = failing(10), NOW, []
    for _ in range(6):
        waits.append(wait(found, now))
        now += timedelta(seconds=waits[-1])
        found = count(found, PER_ACCOUNT, now)
    assert waits == [60, 120, 240, 480, 900, 900]


def test_slow_failures_are_forgotten() -> None:
    found = failing(9)
    later = count(found, PER_ACCOUNT, NOW + timedelta(seconds=61))
    assert (later.failures, later.blocked_until) == (1, None)
    blocked = failing(10)
    rested = count(blocked, PER_ACCOUNT, NOW + timedelta(minutes=1) + timedelta(hours=1, seconds=1))
    assert (rested.failures, rested.blocked_until) == (1, None)


def test_an_attempt_that_was_right_is_none() -> None:
    assert uncount(failing(3), NOW).failures == 2
    assert uncount(fresh(), NOW).failures == 0
    assert wait(uncount(failing(10), NOW), NOW) == 0


def test_signing_in_with_an_account_of_ones_own_forgets_nothing() -> None:
    found, now = failing(10), NOW
    while now < NOW + timedelta(hours=1):
        now += timedelta(seconds=wait(found, now))
        found = count(found, PER_ACCOUNT, now)
    now += timedelta(seconds=wait(found, now))
    lifted = uncount(count(found, PER_ACCOUNT, now), now)
    assert wait(lifted, now) == 0
    guessed = count(lifted, PER_ACCOUNT, now)
    assert wait(guessed, now) == 900


def test_a_host_with_many_ipv6_addresses_is_one() -> None:
    assert address_key("2001:db8::1") == address_key("2001:db8::ffff:2") != address_key("2001:db8:0:1::1")
    assert address_key("::ffff:192.0.2.7") == address_key("192.0.2.7") != address_key("192.0.2.8")
    assert address_key(None) == address_key("nonsense")
    assert account_key("bob", "192.0.2.7") != account_key("bob", "192.0.2.8")


def test_more_names_are_free_per_address_than_failures_per_account() -> None:
    assert PER_ACCOUNT.failures < PER_ADDRESS.failures < 100
