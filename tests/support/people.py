"""People, roles and ways to sign in, written straight into the tables."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from engine.ids import new_id
from storage import tables
from storage.credentials import SessionCredential, TokenCredential, hash_of, new_secret
from storage.database import Database

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""The moment at which these tests begin: 10 o'clock in Shanghai."""


def insert(database: Database, table: object, **values: object) -> None:
    """Write one row."""
    with database.engine.begin() as connection:
        connection.execute(table.insert().values(**values))  # type: ignore[attr-defined]


def add_role(database: Database, key: str, *, per_business: bool = False) -> None:
    """A role named like its key."""
    insert(database, tables.role, key=key, name_zh=key, per_business=per_business)


def add_business(database: Database, key: str) -> None:
    """A business named like its key."""
    insert(database, tables.business, key=key, name_zh=key)


def add_user(
    database: Database, name: str, *, permissions: str = "", grants: Iterable[tuple[str, str]] = (), **more: object
) -> UUID:
    """An active user without a password; grants are (role, business or '')."""
    user_id = new_id()
    row = {"display_name": name.title(), "created_at": NOW, "permissions": permissions, **more}
    insert(database, tables.user, id=user_id, name=name, **row)
    for role, business in grants:
        insert(database, tables.role_member, role=role, business=business, user_id=user_id)
    return user_id


def open_session(database: Database, user_id: UUID, *, at: datetime = NOW) -> SessionCredential:
    """A session begun at this moment."""
    credential = SessionCredential(hash_of(new_secret()))
    row = {"created_at": at, "seen_at": at, "expires_at": at + timedelta(hours=12)}
    insert(database, tables.session, hash=credential.hash, user_id=user_id, **row)
    return credential


def issue_token(database: Database, user_id: UUID, scopes: str = "read write admin", **more: object) -> TokenCredential:
    """A token that is valid for a day."""
    credential = TokenCredential(hash_of(new_secret()))
    row = {"created_at": NOW, "expires_at": NOW + timedelta(days=1), **more}
    insert(database, tables.token, id=new_id(), hash=credential.hash, user_id=user_id, name="t", scopes=scopes, **row)
    return credential
