"""Accounts, permissions, roles, businesses, tokens and links: who may change them, and what ends at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.commands import businesses, links, people, roles, tokens
from engine.commands.people import Profile
from engine.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    TooMany,
    Unauthenticated,
)
from engine.passwords import verify
from engine.queries import people as reading
from engine.values.actors import Grant, Permission, Scope
from engine.values.people import User
from engine.values.processes import Names
from storage.answer import Answer
from storage.credentials import SessionCredential, TokenCredential, hash_of
from storage.database import Database
from storage.idempotency import IdempotencyKey
from storage.units import look, perform
from tests.support.acting import contents, do, recorded, see, staff
from tests.support.people import NOW, open_session

RIGHT = "correct horse battery"
OTHER = "another horse entirely"


@pytest.fixture
def desk(database: Database) -> Database:
    staff(database)
    return database


def user(database: Database, name: str) -> User:
    found = see(database, "root", lambda work: work.people.by_name(name))
    assert found is not None
    return found


def change(database: Database, name: str, by: str = "root", **facts: Any) -> User:
    found = user(database, name)
    return do(database, by, lambda work: people.change(work, str(found.id), Profile(**facts), revision=found.revision))


def with_password(database: Database, name: str, password: str = RIGHT) -> User:
    found = user(database, name)
    secret = do(database, "root", lambda work: links.make_reset_link(work, str(found.id)))[1]
    do(database, None, lambda work: links.reset_password(work, secret, password=password))
    return found


def has_password(database: Database, name: str, password: str) -> bool:
    found = user(database, name)
    return verify(see(database, "root", lambda work: work.people.password_hash(found.id)), password)


def problems(refused: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    return {(each.path, each.code) for each in refused.value.problems}


# Accounts


def test_an_admin_makes_an_account(desk: Database) -> None:
    profile = Profile(display_name="张三", email="zhang@example.com", language="zh-CN", time_zone="Asia/Shanghai")
    made = do(
        desk,
        "root",
        lambda work: people.create(
            work, name="zhangsan", profile=profile, permissions=[Permission.AUDITOR], password=RIGHT
        ),
    )
    assert user(desk, "zhangsan") == made
    assert has_password(desk, "zhangsan", RIGHT)
    kind, subject, payload = recorded(desk)[-1]
    assert (kind, subject) == ("user_created", "user:zhangsan")
    assert RIGHT not in repr(payload)
    with pytest.raises(Conflict, match="NAME_TAKEN"):
        do(desk, "root", lambda work: people.create(work, name="zhangsan", profile=Profile()))


def test_every_mistake_in_a_new_account_is_named(desk: Database) -> None:
    profile = Profile(display_name="\x1b[31m", email="a@b@c", language="tlh", time_zone="Mars/Base")
    with pytest.raises(Invalid) as refused:
        do(desk, "root", lambda work: people.create(work, name="A\nroot", profile=profile, password="short"))
    assert problems(refused) == {
        ("name", "USER_NAME_INVALID"),
        ("display_name", "FIELD_NOT_TEXT"),
        ("email", "EMAIL_INVALID"),
        ("language", "FIELD_NOT_ONE_OF"),
        ("time_zone", "TIME_ZONE_UNKNOWN"),
        ("password", "PASSWORD_TOO_SHORT"),
    }


@pytest.mark.parametrize("name", ["dave", "audrey", "alice", "eve"])
def test_only_admins_administer(desk: Database, name: str) -> None:
    bob = user(desk, "bob")
    before = contents(desk)
    acts: list[Callable[[Any], Any]] = [
        lambda work: people.create(work, name="x", profile=Profile()),
        lambda work: people.change(work, str(bob.id), Profile(display_name="x"), revision=1),
        lambda work: people.set_permissions(work, str(bob.id), [Permission.ADMIN], revision=1),
        lambda work: people.deactivate(work, str(bob.id), revision=1),
        lambda work: people.reactivate(work, str(bob.id), revision=1),
        lambda work: links.make_reset_link(work, str(bob.id)),
        lambda work: roles.create(work, key="x", names=Names(zh="x")),
        lambda work: roles.change(work, "ops", names=Names(zh="x"), revision=1),
        lambda work: roles.delete(work, "qc", revision=1),
        lambda work: roles.add_members(work, "qc", ["eve"]),
        lambda work: roles.remove_member(work, "qc", "carol"),
        lambda work: businesses.create(work, key="x", names=Names(zh="x")),
        lambda work: businesses.change(work, "web", active=False, revision=1),
    ]
    for act in acts:
        with pytest.raises(Forbidden, match="PERMISSION_REQUIRED"):
            do(desk, name, act)
    assert contents(desk) == before


def test_a_change_needs_the_revision_that_was_read(desk: Database) -> None:
    bob = user(desk, "bob")
    changed = change(desk, "bob", display_name="Bob B.", email="bob@example.com")
    assert (changed.revision, changed.email) == (2, "bob@example.com")
    again = Profile(display_name="late")
    with pytest.raises(PreconditionFailed):
        do(desk, "root", lambda work: people.change(work, str(bob.id), again, revision=1))
    with pytest.raises(PreconditionRequired):
        do(desk, "root", lambda work: people.change(work, str(bob.id), again, revision=None))
    assert change(desk, "bob", email="").email is None


def test_permissions_hold_with_the_next_request(desk: Database) -> None:
    eve = user(desk, "eve")
    do(desk, "root", lambda work: people.set_permissions(work, str(eve.id), [Permission.ADMIN], revision=1))
    do(desk, "eve", lambda work: businesses.create(work, key="new", names=Names(zh="新")))
    do(desk, "root", lambda work: people.set_permissions(work, str(eve.id), [], revision=2))
    with pytest.raises(Forbidden):
        do(desk, "eve", lambda work: businesses.create(work, key="newer", names=Names(zh="新")))


def test_deactivating_ends_sessions_and_tokens_at_once(desk: Database) -> None:
    bob = user(desk, "bob")
    session = open_session(desk, bob.id)
    _, secret = do(
        desk,
        "bob",
        lambda work: tokens.create(work, name="t", scopes=[Scope.READ], expires_at=NOW + timedelta(days=1)),
    )
    do(desk, "root", lambda work: people.deactivate(work, str(bob.id), revision=1))
    do(desk, "root", lambda work: people.reactivate(work, str(bob.id), revision=2))
    for credential in (session, TokenCredential(hash_of(secret))):
        with pytest.raises(Unauthenticated):
            look(desk, lambda work: work.actor, credential=credential, now=NOW)
    assert [each[0] for each in recorded(desk)][-2:] == ["user_deactivated", "user_reactivated"]


def test_the_last_admin_stays(desk: Database) -> None:
    root = user(desk, "root")
    with pytest.raises(Conflict, match="LAST_ADMIN"):
        do(desk, "root", lambda work: people.deactivate(work, str(root.id), revision=1))
    with pytest.raises(Conflict, match="LAST_ADMIN"):
        do(desk, "root", lambda work: people.set_permissions(work, str(root.id), [], revision=1))
    eve = user(desk, "eve")
    do(desk, "root", lambda work: people.set_permissions(work, str(eve.id), [Permission.ADMIN], revision=1))
    do(desk, "root", lambda work: people.deactivate(work, str(root.id), revision=1))
    with pytest.raises(Conflict, match="LAST_ADMIN"):
        do(desk, "eve", lambda work: people.deactivate(work, str(eve.id), revision=2))


# One's own profile


def test_ones_own_address_needs_ones_password(desk: Database) -> None:
    with_password(desk, "bob")
    address = Profile(email="bob@example.com")
    with pytest.raises(Invalid) as refused:
        do(desk, "bob", lambda work: people.change_own_profile(work, address))
    assert problems(refused) == {("password", "PASSWORD_REQUIRED")}
    wrong = do(desk, "bob", lambda work: people.change_own_profile(work, address, password="wrong"))
    assert isinstance(wrong, Forbidden)
    assert wrong.code == "PASSWORD_WRONG"
    right = do(desk, "bob", lambda work: people.change_own_profile(work, address, password=RIGHT))
    assert isinstance(right, User)
    assert user(desk, "bob").email == "bob@example.com"


def test_guessing_ones_own_password_is_throttled_too(desk: Database) -> None:
    with_password(desk, "bob")

    def guess(work: Any) -> Any:
        return people.change_own_password(work, password="wrong", new_password=OTHER)

    found = [do(desk, "bob", guess) for _ in range(11)]
    assert [type(each) for each in found] == [Forbidden] * 10 + [TooMany]
    blocked = do(desk, "bob", lambda work: people.change_own_password(work, password=RIGHT, new_password=OTHER))
    assert isinstance(blocked, TooMany)
    assert has_password(desk, "bob", RIGHT)


def test_a_new_password_ends_every_session_and_token(desk: Database) -> None:
    bob = with_password(desk, "bob")
    sessions = [open_session(desk, bob.id), open_session(desk, bob.id)]
    answer = perform(
        desk,
        lambda work: Answer(
            status=200,
            body=[people.change_own_password(work, password=RIGHT, new_password=OTHER).secret],  # type: ignore[union-attr]
            secret=True,
        ),
        credential=sessions[0],
        now=NOW,
    )
    for session in sessions:
        with pytest.raises(Unauthenticated):
            look(desk, lambda work: work.actor, credential=session, now=NOW)
    assert isinstance(answer.body, list)
    fresh = SessionCredential(hash_of(str(answer.body[0])))
    assert look(desk, lambda work: work.actor.name, credential=fresh, now=NOW) == "bob"


def test_a_new_password_must_be_a_good_one(desk: Database) -> None:
    with_password(desk, "bob")
    with pytest.raises(Invalid) as refused:
        do(desk, "bob", lambda work: people.change_own_password(work, password=RIGHT, new_password="bob12345"))
    assert problems(refused) == {("new_password", "PASSWORD_COMMON")}


# Links


def test_w_13_a_reset_link_works_once_and_for_half_an_hour(desk: Database) -> None:
    bob = user(desk, "bob")
    session = open_session(desk, bob.id)

    def make() -> str:
        return do(desk, "root", lambda work: links.make_reset_link(work, str(bob.id)))[1]

    def use(secret: str, *, minutes: int = 0, password: str = RIGHT) -> User:
        return do(
            desk,
            None,
            lambda work: links.reset_password(work, secret, password=password),
            now=NOW + timedelta(minutes=minutes),
        )

    secret = make()
    with pytest.raises(Invalid):
        use(secret, password="short")
    assert see(desk, None, lambda work: links.read_reset(work, secret)).name == "bob"
    assert use(secret, minutes=29).name == "bob"
    with pytest.raises(Gone, match="LINK_USED"):
        use(secret)
    with pytest.raises(Unauthenticated):
        look(desk, lambda work: work.actor, credential=session, now=NOW)
    late = make()
    with pytest.raises(Gone, match="LINK_EXPIRED"):
        use(late, minutes=31)
    with pytest.raises(NotFound):
        use("no such link")
    earlier, _ = make(), make()
    with pytest.raises(Gone):
        use(earlier)
    assert secret not in repr(contents(desk))


def test_nobody_resets_the_password_of_a_deactivated_person(desk: Database) -> None:
    bob = user(desk, "bob")
    secret = do(desk, "root", lambda work: links.make_reset_link(work, str(bob.id)))[1]
    do(desk, "root", lambda work: people.deactivate(work, str(bob.id), revision=1))
    with pytest.raises(NotFound):
        do(desk, None, lambda work: links.reset_password(work, secret, password=RIGHT))
    with pytest.raises(Conflict, match="USER_INACTIVE"):
        do(desk, "root", lambda work: links.make_reset_link(work, str(bob.id)))


def set_up(database: Database, secret: str, *, name: str = "chief", minutes: int = 0) -> User:
    return do(
        database,
        None,
        lambda work: links.complete_setup(work, secret, name=name, profile=Profile(), password=RIGHT),
        now=NOW + timedelta(minutes=minutes),
    )


def test_the_first_admin_comes_by_a_code_that_works_once_and_for_an_hour(database: Database) -> None:
    late = do(database, None, links.make_setup_code)
    with pytest.raises(Gone, match="LINK_EXPIRED"):
        set_up(database, late, minutes=60)
    code = do(database, None, links.make_setup_code)
    with pytest.raises(Gone, match="LINK_USED"):
        set_up(database, late)
    see(database, None, lambda work: links.read_setup(work, code))
    chief = set_up(database, code, minutes=59)
    assert (chief.permissions, chief.active) == ({Permission.ADMIN}, True)
    with pytest.raises(NotFound):
        set_up(database, code, name="second")
    with pytest.raises(NotFound):
        see(database, None, lambda work: links.read_setup(work, code))


def test_a_link_works_for_its_own_purpose_only(database: Database) -> None:
    code = do(database, None, links.make_setup_code)
    with pytest.raises(NotFound):
        see(database, None, lambda work: links.read_reset(work, code))
    with pytest.raises(NotFound):
        do(database, None, lambda work: links.reset_password(work, code, password=RIGHT))


def test_a_16_there_is_no_set_up_after_an_admin_ever_was(database: Database) -> None:
    unused = do(database, None, links.make_setup_code)
    do(database, None, lambda work: people.add(work, name="a", profile=Profile(), permissions=[Permission.ADMIN]))
    chief = user_of(database, "a")
    from sqlalchemy import update

    from storage import tables

    with database.engine.begin() as connection:
        connection.execute(update(tables.user).where(tables.user.c.id == chief.id).values(active=False, permissions=""))
    with pytest.raises(Conflict, match="SETUP_DONE"):
        do(database, None, links.make_setup_code)
    with pytest.raises(NotFound):
        set_up(database, unused)


def user_of(database: Database, name: str) -> User:
    found = see(database, None, lambda work: work.people.by_name(name))
    assert found is not None
    return found


# Tokens


def make_token(database: Database, **changes: Any) -> Any:
    facts: dict[str, Any] = {"name": "ci", "scopes": [Scope.READ], "expires_at": NOW + timedelta(days=1), **changes}
    return do(database, "bob", lambda work: tokens.create(work, **facts))


def test_a_token_is_shown_once_and_stored_as_a_hash(desk: Database) -> None:
    token, secret = make_token(desk, scopes=[Scope.READ, Scope.WRITE])
    actor = look(desk, lambda work: work.actor, credential=TokenCredential(hash_of(secret)), now=NOW)
    assert (actor.name, actor.scopes) == ("bob", {Scope.READ, Scope.WRITE})
    assert see(desk, "bob", reading.list_tokens) == (token,)
    assert secret not in repr(contents(desk))
    assert secret not in repr(recorded(desk))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": " "}, ("name", "FIELD_REQUIRED")),
        ({"scopes": []}, ("scopes", "FIELD_REQUIRED")),
        ({"expires_at": NOW}, ("expires_at", "EXPIRY_OUT_OF_RANGE")),
        ({"expires_at": NOW + timedelta(days=367)}, ("expires_at", "EXPIRY_OUT_OF_RANGE")),
    ],
)
def test_a_token_has_a_name_a_scope_and_an_end(
    desk: Database, changes: dict[str, Any], problem: tuple[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        make_token(desk, **changes)
    assert problems(refused) == {problem}


def test_a_token_makes_none_that_may_more(desk: Database) -> None:
    _, secret = make_token(desk, scopes=[Scope.WRITE])

    def act(work: Any) -> Answer:
        tokens.create(work, name="x", scopes=[Scope.ADMIN], expires_at=NOW + timedelta(days=1))
        return Answer(status=201)

    with pytest.raises(Invalid) as refused:
        perform(desk, act, credential=TokenCredential(hash_of(secret)), now=NOW)
    assert problems(refused) == {("scopes", "SCOPE_NOT_HELD")}


def test_a_revoked_token_ends_at_once_and_only_its_owner_or_an_admin_revokes_it(desk: Database) -> None:
    token, secret = make_token(desk)
    with pytest.raises(NotFound):
        do(desk, "carol", lambda work: tokens.revoke(work, str(token.id)))
    do(desk, "root", lambda work: tokens.revoke(work, str(token.id)))
    do(desk, "bob", lambda work: tokens.revoke(work, str(token.id)))
    with pytest.raises(Unauthenticated, match="TOKEN_INVALID"):
        look(desk, lambda work: work.actor, credential=TokenCredential(hash_of(secret)), now=NOW)
    with pytest.raises(NotFound):
        see(desk, "carol", lambda work: reading.list_tokens(work, str(user(desk, "bob").id)))


def test_nobody_collects_tokens(desk: Database) -> None:
    for _ in range(tokens.LIVE):
        make_token(desk)
    with pytest.raises(Conflict, match="TOKEN_LIMIT"):
        make_token(desk)


def test_an_answer_with_a_secret_is_not_kept_for_its_key(desk: Database) -> None:
    bob = user(desk, "bob")
    session = open_session(desk, bob.id)
    key = IdempotencyKey(key="k", request_hash=b"h")

    def act(work: Any) -> Answer:
        _, secret = tokens.create(work, name="x", scopes=[Scope.READ], expires_at=NOW + timedelta(days=1))
        return Answer(status=201, body={"secret": secret}, secret=True)

    answer = perform(desk, act, credential=session, idempotency=key, now=NOW)
    assert isinstance(answer.body, dict)
    assert str(answer.body["secret"]) not in repr(contents(desk))


# Roles and businesses


def test_a_role_is_held_from_the_next_request_on(desk: Database) -> None:
    add = ["eve", "bob", "eve"]
    added = do(desk, "root", lambda work: roles.add_members(work, "ops", add, business="web"))
    assert [each.name for each in added] == ["eve", "bob"]
    assert see(desk, "eve", lambda work: work.actor.grants) == {Grant(role="ops", business="web")}
    do(desk, "root", lambda work: roles.remove_member(work, "ops", "eve", business="web"))
    assert see(desk, "eve", lambda work: work.actor.grants) == set()
    with pytest.raises(NotFound):
        do(desk, "root", lambda work: roles.remove_member(work, "ops", "eve", business="web"))
    events = [each for each in recorded(desk) if each[0].startswith("member")]
    assert events == [
        ("member_added", "role:ops", {"user": "eve", "business": "web"}),
        ("member_removed", "role:ops", {"user": "eve", "business": "web"}),
    ]


@pytest.mark.parametrize(
    ("role", "business", "name", "problem"),
    [
        ("ops", None, "eve", ("business", "FIELD_REQUIRED")),
        ("ops", "nowhere", "eve", ("business", "BUSINESS_UNKNOWN")),
        ("qc", "web", "eve", ("business", "ROLE_IS_GENERAL")),
        ("qc", None, "nobody", ("users.0", "USER_UNKNOWN")),
    ],
)
def test_a_membership_must_make_sense(
    desk: Database, role: str, business: str | None, name: str, problem: tuple[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        do(desk, "root", lambda work: roles.add_members(work, role, [name], business=business))
    assert problems(refused) == {problem}


def test_a_role_in_use_stays_what_it_is(desk: Database) -> None:
    with pytest.raises(Conflict, match="ROLE_IN_USE"):
        do(desk, "root", lambda work: roles.delete(work, "qc", revision=1))
    with pytest.raises(Conflict, match="ROLE_IN_USE"):
        do(desk, "root", lambda work: roles.change(work, "qc", per_business=True, revision=1))
    do(desk, "root", lambda work: roles.remove_member(work, "qc", "carol"))
    changed = do(desk, "root", lambda work: roles.change(work, "qc", per_business=True, revision=1))
    assert (changed.per_business, changed.revision) == (True, 2)
    with pytest.raises(PreconditionFailed):
        do(desk, "root", lambda work: roles.delete(work, "qc", revision=1))
    do(desk, "root", lambda work: roles.delete(work, "qc", revision=2))
    with pytest.raises(NotFound):
        see(desk, "root", lambda work: reading.read_role(work, "qc"))


def test_roles_say_how_many_active_people_hold_them(desk: Database) -> None:
    do(desk, "root", lambda work: roles.add_members(work, "ops", ["eve"], business="web"))
    do(desk, "root", lambda work: people.deactivate(work, str(user(desk, "bob").id), revision=1))
    found = see(desk, "eve", lambda work: reading.read_role(work, "ops"))
    assert (found.role.per_business, found.members) == (True, {"web": 1})


def test_members_are_listed_page_by_page(desk: Database) -> None:
    do(desk, "root", lambda work: businesses.create(work, key="app", names=Names(zh="应用")))
    do(desk, "root", lambda work: roles.add_members(work, "ops", ["eve", "alice"], business="app"))
    page = see(desk, "dave", lambda work: reading.list_members(work, "ops", limit=2))
    assert [(each.business, each.person.name) for each in page.items] == [("app", "alice"), ("app", "eve")]
    last = see(desk, "dave", lambda work: reading.list_members(work, "ops", after=page.after, limit=2))
    assert [(each.business, each.person.name) for each in last.items] == [("web", "bob")]
    assert last.after is None
    with pytest.raises(Forbidden):
        see(desk, "carol", lambda work: reading.list_members(work, "ops"))


def test_a_business_out_of_use_is_not_offered(desk: Database) -> None:
    changed = do(desk, "root", lambda work: businesses.change(work, "web", active=False, revision=1))
    assert (changed.active, changed.revision) == (False, 2)
    assert see(desk, "eve", reading.list_businesses) == ()
    assert [each.key for each in see(desk, "root", reading.list_businesses)] == ["web"]
    with pytest.raises(Invalid):
        do(desk, "root", lambda work: roles.add_members(work, "ops", ["eve"], business="web"))
    with pytest.raises(Conflict, match="BUSINESS_EXISTS"):
        do(desk, "root", lambda work: businesses.create(work, key="web", names=Names(zh="x")))
    with pytest.raises(Invalid) as refused:
        do(desk, "root", lambda work: businesses.create(work, key="A B", names=Names(zh="")))
    assert problems(refused) == {("key", "KEY_MALFORMED"), ("names.zh", "FIELD_REQUIRED")}


# Reading


def test_users_are_read_by_admins_and_auditors_and_by_themselves(desk: Database) -> None:
    bob = str(user(desk, "bob").id)
    for name in ("root", "audrey", "bob"):
        assert see(desk, name, lambda work: reading.read_user(work, bob)).name == "bob"
    for name in ("dave", "eve"):
        with pytest.raises(NotFound):
            see(desk, name, lambda work: reading.read_user(work, bob))
    with pytest.raises(Forbidden):
        see(desk, "dave", reading.list_users)
    first = see(desk, "audrey", lambda work: reading.list_users(work, limit=3))
    rest = see(desk, "audrey", lambda work: reading.list_users(work, after=first.after))
    assert [each.name for each in (*first.items, *rest.items)] == [
        "alice",
        "audrey",
        "bob",
        "carol",
        "dave",
        "eve",
        "root",
    ]
    assert rest.after is None
    assert see(desk, "bob", reading.read_me).grants == {Grant(role="ops", business="web")}


def test_the_audit_is_read_by_admins_and_auditors_the_newest_first(desk: Database) -> None:
    for key in ("a", "b", "c"):
        do(desk, "root", lambda work: businesses.create(work, key=key, names=Names(zh=key)))  # noqa: B023
    page = see(desk, "audrey", lambda work: reading.list_audit(work, limit=2))
    assert [each.subject for each in page.items] == ["business:c", "business:b"]
    assert {(each.actor.name if each.actor else None, each.address, each.at) for each in page.items} == {
        ("root", "192.0.2.7", NOW)
    }
    rest = see(desk, "audrey", lambda work: reading.list_audit(work, before=page.after))
    assert [each.subject for each in rest.items] == ["business:a"]
    one = see(desk, "root", lambda work: reading.list_audit(work, subject="business:b"))
    assert [each.payload["after"] for each in one.items] == [{"name_zh": "b", "name_en": "", "active": True}]
    with pytest.raises(Forbidden):
        see(desk, "dave", reading.list_audit)
