"""Who is asking is read by the first statement of every request, never remembered from an earlier one."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.errors import Forbidden, Unauthenticated
from engine.values.actors import Actor, Grant, Permission, Scope
from storage import tables
from storage.credentials import Credential, LocalCredential, SessionCredential, TokenCredential
from storage.database import Database
from storage.units import look
from tests.support.people import NOW, add_role, add_user, issue_token, open_session


def who(database: Database, credential: Credential | None, *, after: timedelta = timedelta(0), **asks: object) -> Actor:
    return look(database, lambda work: work.actor, credential=credential, now=NOW + after, **asks)  # type: ignore[arg-type]


@pytest.fixture
def bob(database: Database) -> UUID:
    add_role(database, "ops", per_business=True)
    add_role(database, "qc")
    return add_user(database, "bob", permissions="auditor designer", grants=[("ops", "web"), ("qc", "")])


def test_a_session_gives_the_person_with_permissions_and_roles(database: Database, bob: UUID) -> None:
    credential = open_session(database, bob)
    assert who(database, credential) == Actor(
        id=bob,
        name="bob",
        display_name="Bob",
        permissions=frozenset({Permission.AUDITOR, Permission.DESIGNER}),
        grants=frozenset({Grant(role="ops", business="web"), Grant(role="qc")}),
        session=credential.hash,
    )


def test_a_person_without_roles_is_known_all_the_same(database: Database) -> None:
    eve = add_user(database, "eve")
    assert who(database, open_session(database, eve)).grants == frozenset()


def test_a_token_carries_its_scopes_only(database: Database, bob: UUID) -> None:
    credential = issue_token(database, bob, "read")
    assert who(database, credential).scopes == {Scope.READ}
    with pytest.raises(Forbidden) as refused:
        who(database, credential, scope=Scope.WRITE)
    assert refused.value.code == "SCOPE_REQUIRED"


def test_the_command_line_is_known_by_name(database: Database, bob: UUID) -> None:
    assert who(database, LocalCredential("bob")).id == bob
    with pytest.raises(Unauthenticated):
        who(database, LocalCredential("nobody"))


@pytest.mark.parametrize(
    ("credential", "code"),
    [
        (None, "NOT_SIGNED_IN"),
        (SessionCredential(b"\0" * 32), "SESSION_ENDED"),
        (TokenCredential(b"\0" * 32), "TOKEN_INVALID"),
        (LocalCredential("bob'--"), "NOT_SIGNED_IN"),
    ],
)
def test_an_unknown_credential_is_nobody(database: Database, credential: Credential | None, code: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        who(database, credential)
    assert refused.value.code == code


def test_a_session_ends_after_thirty_idle_minutes(database: Database, bob: UUID) -> None:
    credential = open_session(database, bob)
    assert who(database, credential, after=timedelta(minutes=29)).id == bob
    assert who(database, credential, after=timedelta(minutes=58)).id == bob
    with pytest.raises(Unauthenticated, match="SESSION_ENDED"):
        who(database, credential, after=timedelta(minutes=58 + 31))


def test_a_session_ends_after_twelve_hours_however_busy(database: Database, bob: UUID) -> None:
    credential = open_session(database, bob)
    for minutes in range(20, 12 * 60, 20):
        who(database, credential, after=timedelta(minutes=minutes))
    with pytest.raises(Unauthenticated, match="SESSION_ENDED"):
        who(database, credential, after=timedelta(hours=12, minutes=1))


def test_that_a_session_is_in_use_is_written_at_most_once_a_minute(database: Database, bob: UUID) -> None:
    credential = open_session(database, bob)
    seen = []
    for seconds in (59, 60, 119, 120):
        who(database, credential, after=timedelta(seconds=seconds))
        with database.engine.connect() as connection:
            seen.append(connection.scalar(sa.select(tables.session.c.seen_at)) - NOW)
    assert [each.total_seconds() for each in seen] == [0, 60, 60, 120]


@pytest.mark.parametrize("change", [{"revoked_at": NOW}, {"expires_at": NOW}])
def test_a_revoked_or_expired_token_is_nobody(database: Database, bob: UUID, change: dict[str, object]) -> None:
    with pytest.raises(Unauthenticated, match="TOKEN_INVALID"):
        who(database, issue_token(database, bob, **change))


def test_a_deactivated_person_is_nobody_at_once(database: Database, bob: UUID) -> None:
    credentials = [open_session(database, bob), issue_token(database, bob), LocalCredential("bob")]
    with database.engine.begin() as connection:
        connection.execute(sa.update(tables.user).values(active=False))
    for credential in credentials:
        with pytest.raises(Unauthenticated):
            who(database, credential)


def test_a_role_taken_away_is_gone_with_the_next_request(database: Database, bob: UUID) -> None:
    credential = open_session(database, bob)
    with database.engine.begin() as connection:
        connection.execute(sa.delete(tables.role_member).where(tables.role_member.c.role == "ops"))
    assert who(database, credential).grants == {Grant(role="qc")}


def test_a_route_may_require_any_of_several_permissions(database: Database, bob: UUID) -> None:
    credential = open_session(database, bob)
    assert who(database, credential, require=frozenset({Permission.ADMIN, Permission.AUDITOR})).id == bob
    with pytest.raises(Forbidden) as refused:
        who(database, credential, require=frozenset({Permission.ADMIN}))
    assert refused.value.code == "PERMISSION_REQUIRED"
    assert refused.value.params == {"permissions": ["admin"]}
    with pytest.raises(Unauthenticated, match="NOT_SIGNED_IN"):
        who(database, None, require=frozenset({Permission.ADMIN}))


def test_the_query_of_a_refused_person_gives_nothing(database: Database, bob: UUID) -> None:
    def query(work: object) -> str:
        return "no read, no gate so far"

    with pytest.raises(Unauthenticated):
        look(database, query, credential=SessionCredential(b"x"), now=NOW)
