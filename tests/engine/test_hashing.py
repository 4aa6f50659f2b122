"""Passwords are hashed while no transaction is open, and only when everything else allows it."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from engine import passwords
from engine.commands import links, people
from engine.commands.people import Profile
from engine.errors import Forbidden, Gone, Invalid, TooMany
from engine.passwords import hash_password
from engine.values.actors import Permission
from storage import tables
from storage.background import in_background
from storage.database import Database
from storage.sign_in import sign_in
from tests.support.acting import do, recorded
from tests.support.people import NOW, add_user

RIGHT = "correct horse battery"
OTHER = "another horse entirely"


@pytest.fixture
def desk(sqlite_database: Database) -> Database:
    add_user(sqlite_database, "bob", password_hash=hash_password(RIGHT))
    add_user(sqlite_database, "root", permissions="admin")
    return sqlite_database


@pytest.fixture
def hashed(desk: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was hashed or verified, each time while another connection could take the write lock at once."""
    done: list[str] = []

    def watched(name: str) -> Callable[..., Any]:
        original = getattr(PasswordHasher, name)

        def act(self: PasswordHasher, *arguments: Any) -> Any:
            other = sqlite3.connect(str(desk.url.database), timeout=0, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            other.rollback()
            other.close()
            done.append(name)
            return original(self, *arguments)

        return act

    passwords._decoy()
    for name in ("hash", "verify"):
        monkeypatch.setattr(PasswordHasher, name, watched(name))
    return done


def change(work: Any, password: str = RIGHT) -> Any:
    return people.change_own_password(work, password=password, new_password=OTHER)


def test_no_lock_is_held_while_a_new_account_gets_its_password(desk: Database, hashed: list[str]) -> None:
    do(desk, "root", lambda work: people.create(work, name="zhang", profile=Profile(), password=RIGHT))
    in_background(desk, lambda work: people.add(work, name="li", profile=Profile(), password=RIGHT), now=NOW)
    assert hashed == ["hash", "hash"]
    assert [each[0] for each in recorded(desk)] == ["user_created"] * 2


def test_no_lock_is_held_while_a_link_sets_a_password(desk: Database, hashed: list[str]) -> None:
    bob = do(desk, "root", lambda work: work.people.by_name("bob"))
    assert bob is not None
    _, secret = do(desk, "root", lambda work: links.make_reset_link(work, str(bob.id)))
    do(desk, None, lambda work: links.reset_password(work, secret, password=OTHER))
    assert hashed == ["hash"]
    with pytest.raises(Gone):
        do(desk, None, lambda work: links.reset_password(work, secret, password=RIGHT))
    assert hashed == ["hash"], "nothing is hashed for a link that is no good"


def test_no_lock_is_held_while_the_first_admin_is_made(sqlite_database: Database, hashed: list[str]) -> None:
    with sqlite_database.engine.begin() as connection:
        connection.execute(sa.update(tables.user).values(permissions=""))
    code = do(sqlite_database, None, links.make_setup_code)
    made = do(
        sqlite_database,
        None,
        lambda work: links.complete_setup(work, code, name="chief", profile=Profile(), password=RIGHT),
    )
    assert (made.permissions, hashed) == ({Permission.ADMIN}, ["hash"])


def test_no_lock_is_held_while_ones_own_password_is_changed(desk: Database, hashed: list[str]) -> None:
    assert isinstance(do(desk, "bob", change), people.PasswordChanged)
    assert hashed == ["verify", "hash"]
    assert isinstance(do(desk, "bob", change), Forbidden)
    assert hashed == ["verify", "hash", "verify"]


def test_no_lock_is_held_while_the_password_for_a_new_address_is_verified(desk: Database, hashed: list[str]) -> None:
    profile = Profile(email="bob@example.com")
    changed = do(desk, "bob", lambda work: people.change_own_profile(work, profile, password=RIGHT))
    assert isinstance(changed, people.User)
    assert (changed.email, hashed) == ("bob@example.com", ["verify"])


def test_no_lock_is_held_while_an_outdated_hash_is_made_anew(desk: Database, hashed: list[str]) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash(RIGHT)
    with desk.engine.begin() as connection:
        connection.execute(sa.update(tables.user).where(tables.user.c.name == "bob").values(password_hash=old))
    hashed.clear()
    sign_in(desk, name="bob", password=RIGHT, address=None, agent=None, now=NOW)
    assert hashed == ["verify", "hash"]
    assert [each[0] for each in recorded(desk)] == ["signed_in"]


def test_who_is_throttled_or_chose_a_bad_password_costs_no_hash(desk: Database, hashed: list[str]) -> None:
    for _ in range(10):
        assert isinstance(do(desk, "bob", lambda work: change(work, "wrong")), Forbidden)
    assert hashed == ["verify"] * 10
    assert isinstance(do(desk, "bob", change), TooMany)
    with pytest.raises(Invalid):
        do(desk, "root", lambda work: people.create(work, name="zhang", profile=Profile(), password="short"))
    assert hashed == ["verify"] * 10
