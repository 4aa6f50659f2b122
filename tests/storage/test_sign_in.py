"""Signing in: throttled, recorded, under a new session id, and the same work for whoever is unknown."""

import threading
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

import pytest
import sqlalchemy as sa

from engine.commands import people
from engine.commands import sign_in as commands
from engine.commands.people import Profile
from engine.commands.sign_in import SignedIn, sign_out
from engine.errors import TooMany, Unauthenticated
from engine.passwords import hash_password
from engine.values.actors import Actor
from storage import tables
from storage.answer import Answer
from storage.credentials import SessionCredential, hash_of
from storage.database import Database
from storage.sign_in import sign_in
from storage.units import look, perform
from tests.support.acting import contents, do, recorded
from tests.support.people import NOW, add_user

RIGHT = "correct horse battery"


@pytest.fixture
def desk(database: Database) -> Database:
    for name in ("bob", "carol"):
        add_user(database, name, password_hash=hash_password(RIGHT))
    add_user(database, "root", permissions="admin")
    return database


def enter(
    database: Database,
    name: str = "bob",
    password: str = RIGHT,
    *,
    address: str = "192.0.2.1",
    now: datetime = NOW,
    previous: bytes | None = None,
) -> SignedIn:
    return sign_in(
        database, name=name, password=password, address=address, agent="Firefox\n\x1b[31m", now=now, previous=previous
    )


def who(database: Database, signed: SignedIn, *, now: datetime = NOW) -> Actor:
    return look(database, lambda work: work.actor, credential=SessionCredential(hash_of(signed.secret)), now=now)


def outcome(database: Database, *arguments: Any, **options: Any) -> str:
    try:
        enter(database, *arguments, **options)
    except (TooMany, Unauthenticated) as refused:
        return refused.code
    return "in"


def test_the_right_password_opens_a_session(desk: Database) -> None:
    signed = enter(desk)
    assert who(desk, signed).name == "bob"
    assert recorded(desk) == [("signed_in", "user:bob", {})]


def test_a_name_is_the_same_in_capitals(desk: Database) -> None:
    assert enter(desk, " Bob ").user.name == "bob"


def test_the_database_holds_neither_password_nor_session_id(desk: Database) -> None:
    signed = enter(desk)
    everything = repr(contents(desk))
    assert len(signed.secret) >= 43
    assert signed.secret not in everything
    assert RIGHT not in everything
    assert repr(hash_of(signed.secret)) in everything


def test_what_the_browser_says_of_itself_is_kept_as_one_line(desk: Database) -> None:
    enter(desk)
    with desk.engine.connect() as connection:
        assert connection.scalar(sa.select(tables.session.c.agent)) == "Firefox[31m"


def test_signing_in_gives_a_new_session_id_and_ends_the_one_before(desk: Database) -> None:
    first = enter(desk)
    second = enter(desk, previous=hash_of(first.secret))
    assert first.secret != second.secret
    with pytest.raises(Unauthenticated):
        who(desk, first)
    assert who(desk, second).name == "bob"


@pytest.mark.parametrize(
    ("name", "password"), [("bob", "wrong"), ("nobody", RIGHT), ("root", ""), ("", ""), ("b" * 500, RIGHT)]
)
def test_wrong_unknown_and_without_a_password_are_the_same(desk: Database, name: str, password: str) -> None:
    assert outcome(desk, name, password) == "CREDENTIALS_WRONG"
    assert [each[0] for each in recorded(desk)] == ["sign_in_failed"]


def test_a_name_that_nobody_has_is_not_recorded(desk: Database) -> None:
    outcome(desk, RIGHT, "x")
    assert recorded(desk) == [("sign_in_failed", "user:?", {})]
    outcome(desk, "bob", "x")
    assert recorded(desk)[1] == ("sign_in_failed", "user:bob", {})


def test_a_deactivated_person_does_not_get_in(desk: Database) -> None:
    with desk.engine.begin() as connection:
        connection.execute(sa.update(tables.user).where(tables.user.c.name == "bob").values(active=False))
    assert outcome(desk) == "CREDENTIALS_WRONG"


def test_w_10_ten_wrong_passwords_in_a_minute_close_the_door_for_this_address_only(desk: Database) -> None:
    assert [outcome(desk, "bob", "wrong") for _ in range(10)] == ["CREDENTIALS_WRONG"] * 10
    with pytest.raises(TooMany) as refused:
        enter(desk)
    assert (refused.value.code, refused.value.params) == ("SIGN_IN_THROTTLED", {"retry_after": 60})
    assert outcome(desk, "carol") == "in"
    assert outcome(desk, address="192.0.2.2") == "in"
    assert outcome(desk, now=NOW + timedelta(seconds=61)) == "in"
    assert [each[0] for each in recorded(desk)].count("sign_in_failed") == 10
    assert [each[0] for each in recorded(desk)].count("sign_in_throttled") == 1


def test_w_10_a_hundred_names_from_one_address_are_too_many(desk: Database) -> None:
    found = [outcome(desk, f"name{number}", "one password") for number in range(100)]
    assert found[:50] == ["CREDENTIALS_WRONG"] * 50
    assert found[50:] == ["SIGN_IN_THROTTLED"] * 50
    assert outcome(desk, address="192.0.2.2") == "in"


def test_signing_in_rightly_counts_against_nobody(desk: Database) -> None:
    assert {outcome(desk) for _ in range(60)} == {"in"}


def test_guesses_at_one_time_are_all_counted(desk: Database) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(outcome(desk, "bob", "wrong"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["CREDENTIALS_WRONG"] * 10 + ["SIGN_IN_THROTTLED"] * 6


def test_a_hash_of_another_cost_is_made_anew(desk: Database) -> None:
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash(RIGHT)
    with desk.engine.begin() as connection:
        connection.execute(sa.update(tables.user).where(tables.user.c.name == "bob").values(password_hash=old))
    enter(desk)
    with desk.engine.connect() as connection:
        stored = connection.scalar(sa.select(tables.user.c.password_hash).where(tables.user.c.name == "bob"))
    assert stored != old
    assert outcome(desk) == "in"


def test_a_password_changed_meanwhile_does_not_let_the_old_one_in(desk: Database) -> None:
    bob = do(desk, "root", lambda work: work.people.by_name("bob"))
    assert bob is not None
    signed = enter(desk)

    def change(work: Any) -> Any:
        return people.change_own_password(work, password=RIGHT, new_password="another horse entirely")

    def act(work: Any) -> Answer:
        changed = change(work)
        return Answer(status=200, body={"secret": changed.secret}, secret=True)

    credential = SessionCredential(hash_of(signed.secret))
    answer = perform(desk, act, credential=credential, now=NOW)
    with pytest.raises(Unauthenticated):
        who(desk, signed)
    assert isinstance(answer.body, dict)
    replaced = SignedIn(user=bob, secret=str(answer.body["secret"]))
    assert who(desk, replaced).name == "bob"
    assert outcome(desk) == "CREDENTIALS_WRONG"
    assert outcome(desk, "bob", "another horse entirely") == "in"


@pytest.mark.parametrize("change", [{"active": False}, {"password_hash": "set anew"}])
def test_what_changes_while_a_password_is_verified_counts(desk: Database, change: dict[str, object]) -> None:
    attempt = do(desk, None, lambda work: commands.begin(work, name="bob"))
    assert isinstance(attempt, commands.Attempt)
    with desk.engine.begin() as connection:
        connection.execute(sa.update(tables.user).where(tables.user.c.name == "bob").values(**change))
    refused = do(desk, None, lambda work: commands.finish(work, attempt, password=RIGHT, verified=True, agent=None))
    assert isinstance(refused, Unauthenticated)
    assert contents(desk)["session"] == []


def test_signing_out_ends_the_session_at_once(desk: Database) -> None:
    signed, other = enter(desk), enter(desk)

    def act(work: Any) -> Answer:
        sign_out(work)
        return Answer(status=204)

    perform(desk, act, credential=SessionCredential(hash_of(signed.secret)), now=NOW)
    with pytest.raises(Unauthenticated):
        who(desk, signed)
    assert who(desk, other).name == "bob"


def _compared(desk: Database, monkeypatch: pytest.MonkeyPatch, tries: int) -> str:
    """Try this often with a wrong password and with a name that nobody has; the medians, for people to read."""
    from engine import passwords

    verified: list[str] = []
    hasher = passwords._hasher()
    original = type(hasher).verify
    monkeypatch.setattr(
        type(hasher), "verify", lambda self, stored, text: (verified.append(stored), original(self, stored, text))[1]
    )
    times: dict[str, list[float]] = {"bob": [], "nobody": []}
    for number in range(tries):
        for name, taken in times.items():
            start, before = perf_counter(), len(verified)
            assert outcome(desk, name, "wrong", address=f"10.0.{number // 250}.{number % 250}") == "CREDENTIALS_WRONG"
            taken.append(perf_counter() - start)
            assert len(verified) == before + 1
    return f"W-11, medians of {tries} tries: " + ", ".join(f"{n} {median(t) * 1000:.2f} ms" for n, t in times.items())


def test_w_11_unknown_and_wrong_take_the_same_work(desk: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    print(_compared(desk, monkeypatch, 9))


@pytest.mark.long
def test_w_11_unknown_and_wrong_take_the_same_work_a_thousand_times(
    desk: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _compared(desk, monkeypatch, 1_000)
    with capsys.disabled():
        print(f"\n{said}")


def test_a_profile_of_ones_own_needs_no_admin(desk: Database) -> None:
    changed = do(desk, "bob", lambda work: people.change_own_profile(work, Profile(display_name="鲍勃", language="en")))
    assert isinstance(changed, people.User)
    assert (changed.display_name, changed.language) == ("鲍勃", "en")
