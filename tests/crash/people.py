"""Who works while processes die: each client has a business of its own, so that each knows all that happened to it."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from engine.ids import new_id
from storage import migrations, tables
from storage.credentials import hash_of
from storage.database import Database
from tests.support.desk import Desk, furnish
from tests.support.people import add_business, add_user, insert


@dataclass(frozen=True, kw_only=True)
class Worker:
    """Somebody with a bearer token."""

    id: UUID
    token: str


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The three people of one client, and the business whose tickets are theirs."""

    business: str
    customer_service: Worker
    ops: Worker
    qc: Worker


def prepare(url: str, *, clients: int) -> list[Cast]:
    """Make an empty database ready for work: its schema, the fault process in service, and a cast for each client."""
    database = Database(url)
    try:
        migrations.upgrade(database)
        furnish(Desk(database=database))
        # One for all: what several people do at once to one account must survive a crash too.
        qc = _worker(database, "judge", [("qc", "")])
        return [_cast(database, number, qc) for number in range(clients)]
    finally:
        database.dispose()


def _cast(database: Database, number: int, qc: Worker) -> Cast:
    business = f"line{number}"
    add_business(database, business)
    return Cast(
        business=business,
        customer_service=_worker(database, f"desk{number}", [("customer_service", "")]),
        ops=_worker(database, f"ops{number}", [("ops", business)]),
        qc=qc,
    )


def _worker(database: Database, name: str, grants: list[tuple[str, str]]) -> Worker:
    user_id = add_user(database, name, grants=grants, email=f"{name}@example.org", language="en")
    secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
    row = {"created_at": now, "expires_at": now + timedelta(days=1), "name": "crash", "scopes": "read write"}
    insert(database, tables.token, id=new_id(), hash=hash_of(secret), user_id=user_id, **row)
    return Worker(id=user_id, token=secret)
