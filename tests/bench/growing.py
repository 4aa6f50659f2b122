"""Growing a desk: many copies of a few tickets, spread over businesses, people and a year, written with COPY."""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import psycopg

from engine.ids import new_id
from storage import tables
from storage.credentials import hash_of, new_secret
from storage.database import Database
from tests.bench.stencils import TABLES, Stencil
from tests.support.people import add_business, add_user, insert

_YEAR_MS = 365 * 86_400_000
_BATCH = 5_000
BUSINESSES = 20
_CUSTOMERS, _HANDS = 100, 200
FEW = 30
"""Tickets of whoever sees few."""
POSITIONS: Mapping[str, int] = {"handling": 60, "review": 15, "assessment": 10, "held": 5, "closed": 10}
"""Where the tickets stand, of a hundred."""
OPEN_SHARE = 1 - POSITIONS["closed"] / sum(POSITIONS.values())


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """The people of a grown desk: their ids, and what the tickets' texts name them by."""

    customers: Sequence[str]
    hands: Sequence[str]
    originals: Mapping[str, str]
    businesses: Sequence[str]


def enter_crowd(database: Database, driver: psycopg.Connection[Any], tokens: dict[str, str]) -> Crowd:
    """More businesses and people. Into `tokens`: `wide` holds operations everywhere, `rare` in a business of few
    tickets, `few` holds nothing and is party to some, `nobody` to none."""
    businesses = [f"b{number:02}" for number in range(BUSINESSES)]
    for key in (*businesses, "seldom"):
        add_business(database, key)
    everywhere = [("ops", key) for key in businesses]
    cast = {"wide": everywhere, "rare": [("ops", "seldom")], "few": [], "nobody": []}
    originals = dict(driver.execute("SELECT name, id::text FROM user_account").fetchall())
    for name, grants in cast.items():
        originals[name] = str(add_user(database, name, grants=grants))
        tokens[name] = _token(database, originals[name])
    chance = random.Random(1)
    hands = [add_user(database, f"hand{n}", grants=[("ops", chance.choice(businesses))]) for n in range(_HANDS)]
    customers = [add_user(database, f"customer{n}", grants=[("customer_service", "")]) for n in range(_CUSTOMERS)]
    return Crowd(
        customers=[str(each) for each in customers],
        hands=[str(each) for each in hands],
        originals=originals,
        businesses=businesses,
    )


def _token(database: Database, user_id: str) -> str:
    secret, now = new_secret(), datetime.now(UTC)
    row = {"name": "bench", "scopes": "read", "created_at": now, "expires_at": now + timedelta(days=1)}
    insert(database, tables.token, id=new_id(), hash=hash_of(secret), user_id=UUID(user_id), **row)
    return secret


def grow(
    driver: psycopg.Connection[Any], made: Mapping[str, Stencil], crowd: Crowd, *, first: int, tickets: int
) -> None:
    """Write so many tickets, numbered from `first`, and gather the statistics that autovacuum would."""
    # A superuser's own session may leave out the check of each foreign key: the rows are copies of sound ones.
    driver.execute("SET session_replication_role = replica")
    driver.execute("SET synchronous_commit = off")
    copies = _tickets(made, crowd, first, tickets)
    while batch := list(islice(copies, _BATCH)):
        for place, table in enumerate(TABLES):
            with driver.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copied:
                copied.write("".join(lines[place] for lines in batch))
    driver.execute("RESET session_replication_role")
    driver.execute("RESET synchronous_commit")
    driver.execute("VACUUM (ANALYZE)")
    driver.execute("CHECKPOINT")


def _tickets(made: Mapping[str, Stencil], crowd: Crowd, first: int, tickets: int) -> Iterator[list[str]]:
    """The lines of each ticket; the oldest first, so that ids rise."""
    chance, names, weights = random.Random(first), list(POSITIONS), list(POSITIONS.values())
    now = time.time_ns() // 1_000_000
    begin = now - _YEAR_MS
    seldom = set(chance.sample(range(tickets), min(FEW, tickets))) if first == 0 else set()
    for number in range(tickets):
        at = begin + (_YEAR_MS - 3_600_000) * number // tickets
        stencil = made[chance.choices(names, weights)[0]]
        business = "seldom" if number in seldom else chance.choice(crowd.businesses)
        hand = crowd.originals["few"] if number in seldom else chance.choice(crowd.hands)
        others = [
            ("website", business),
            (crowd.originals["li"], hand),
            (crowd.originals["kefu"], chance.choice(crowd.customers)),
        ]
        moment = datetime.fromtimestamp(at / 1000, UTC).isoformat(" ")
        yield stencil.copied(_id(at, chance), f"INC{first + number:014}", moment, others)


def _id(milliseconds: int, chance: random.Random) -> str:
    """A UUIDv7 of that moment (RFC 9562, section 5.7)."""
    value = milliseconds << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62)
    return str(UUID(int=value))
