"""What is accepted as a password, and how it is kept (security bar W-11, W-12)."""

import subprocess
import sys

import pytest

from engine.checking import Checks
from engine.passwords import check_password, hash_password, is_outdated, verify


def codes(password: str, *about: str) -> list[str]:
    checks = Checks()
    check_password(checks, "password", password, about=about)
    return [problem.code for problem in checks.problems]


@pytest.mark.parametrize(
    "password",
    [
        "password1",
        "Passw0rd!",
        "P@$$w0rd2024",
        "admin123456",
        "letmein!!",
        "qwertyuiop",
        "1q2w3e4r",
        "12345678",
        "87654321",
        "abcdefgh",
        "aaaaaaaa",
        "abababab",
        "asdfghjkl1",
        "iloveyou2",
        "welcome2026",
        "20261123",
        "!!!!!!!!!!",
        "ｐａｓｓｗｏｒｄ１",
        "!Shanghai2026!",
    ],
)
def test_w_12_what_is_tried_first_is_refused(password: str) -> None:
    assert codes(password) == ["PASSWORD_COMMON"]


@pytest.mark.parametrize("password", ["yunwei2026", "Yun.Wei!"])
def test_ones_own_name_is_refused(password: str) -> None:
    assert codes(password, "yunwei", "Yun.Wei") == ["PASSWORD_COMMON"]


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "a7 gNx-20",
        "x" + "故障受理部门的口令" * 7,
        "字典里没有的一百二十八个汉字" * 9 + "恰好",
        "🙂 smile more often",
    ],
)
def test_w_12_whatever_else_of_8_to_128_characters_is_accepted(password: str) -> None:
    assert 8 <= len(password) <= 128
    assert codes(password) == []


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("a7 gNx-", "PASSWORD_TOO_SHORT"),
        ("a7 gNx-2" * 25, "PASSWORD_TOO_LONG"),
        ("a7 gNx\x00-20", "FIELD_NOT_TEXT"),
        ("", "PASSWORD_TOO_SHORT"),
    ],
)
def test_w_12_too_short_too_long_or_no_text_is_refused(password: str, code: str) -> None:
    assert codes(password) == [code]


def test_w_12_a_password_is_kept_as_argon2id_and_never_cut_short() -> None:
    long = "字" * 127 + "a"
    stored = hash_password(long)
    assert stored.startswith("$argon2id$")
    assert verify(stored, long)
    assert not verify(stored, "字" * 127 + "b")


def test_a_password_is_the_same_from_any_keyboard() -> None:
    assert verify(hash_password("caf\u00e9 x ﬁsh"), "cafe\u0301 x fish")


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA"])
def test_without_a_usable_hash_the_answer_is_no(stored: str | None) -> None:
    assert not verify(stored, "a password that nobody has")


def test_the_cost_is_low_only_where_the_setting_says_so() -> None:
    asked = "from engine.passwords import hash_password; print(hash_password('x'))"
    made = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, env={"PYTHONPATH": "."}
    ).stdout.strip()
    assert "m=65536,t=3,p=4" in made
    assert is_outdated(made)
