"""Where a request comes from: the peer, or what a proxy that we trust says of it."""

import ipaddress
from collections.abc import Sequence

from app.settings import Network


def client_address(peer: str | None, forwarded_for: str | None, trusted: Sequence[Network]) -> str | None:
    """The address of the client: the last one in X-Forwarded-For that is no trusted proxy, when a trusted proxy asks.

    Anybody may write that header, so from any other peer it means nothing.
    """
    if not forwarded_for or not within(peer, trusted):
        return peer
    for each in reversed([part.strip() for part in forwarded_for.split(",")]):
        if not within(each, trusted):
            return each if _parsed(each) is not None else peer
    return peer


def within(address: str | None, networks: Sequence[Network]) -> bool:
    """Whether the address lies in one of the networks."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)


def _parsed(address: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    mapped = getattr(parsed, "ipv4_mapped", None)
    return mapped if mapped is not None else parsed
