"""Throttling of attempts to sign in: they are counted before the password is looked at, so no flood slips past."""

import ipaddress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.values.people import Attempts

LONGEST_BLOCK = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
_FIRST_BLOCK = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """So many failures within this time are free; each further one blocks for twice as long as the one before."""

    failures: int
    window: timedelta


PER_ACCOUNT = Limit(failures=10, window=timedelta(minutes=1))
"""For one account from one address: somebody else's guessing never locks a person out."""
PER_ADDRESS = Limit(failures=50, window=timedelta(minutes=10))
"""For one address, whatever names are tried."""


def account_key(name: str, address: str | None) -> str:
    """The key under which one account's failures from one address are counted."""
    return f"account:{name}|{_network(address)}"


def address_key(address: str | None) -> str:
    """The key under which one address's failures are counted."""
    return f"address:{_network(address)}"


def wait(attempts: Attempts | None, now: datetime) -> int:
    """Seconds until the next attempt is looked at; 0 when it is at once."""
    if attempts is None or attempts.blocked_until is None or attempts.blocked_until <= now:
        return 0
    return max(1, -int(-(attempts.blocked_until - now).total_seconds() // 1))


def count(attempts: Attempts, limit: Limit, now: datetime) -> Attempts:
    """The counts with one more failure. After the limit one attempt is free whenever a block has ended."""
    current = attempts if _stands(attempts, limit, now) else Attempts(key=attempts.key, window_started_at=now)
    failures = current.failures + 1
    over = failures - limit.failures
    if over < 0:
        return replace(current, failures=failures)
    block = min(_FIRST_BLOCK * 2 ** min(over, 10), LONGEST_BLOCK)
    return replace(current, failures=failures, blocked_until=now + block)


def uncount(attempts: Attempts, now: datetime) -> Attempts:
    """The counts without the latest attempt, which was none; the block that it began is over.

    That there was a block is kept: whoever has an account of their own would otherwise begin a new window with it.
    """
    over = None if attempts.blocked_until is None else now
    return replace(attempts, failures=max(0, attempts.failures - 1), blocked_until=over)


def _stands(attempts: Attempts, limit: Limit, now: datetime) -> bool:
    if attempts.failures >= limit.failures:
        return now - (attempts.blocked_until or attempts.window_started_at) < FORGOTTEN_AFTER
    return now - attempts.window_started_at < limit.window


def _network(address: str | None) -> str:
    """An IPv4 address as it is; of an IPv6 address the /64, which one household or host has to itself."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((parsed, 64), strict=False))
