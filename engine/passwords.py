"""Passwords: what is accepted (OWASP ASVS 5.0.0, 6.2), and how they are hashed (argon2id, RFC 9106).

A password is normalised to NFKC first, so that it is the same from any keyboard, and is never cut short. The setting
FAULTDESK_PASSWORD_COST=low makes hashing cheap for tests; a hash made under another cost is made anew at
the next sign-in.
"""

import os
import re
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.checking import Checks
from engine.secret import new_secret

SHORTEST = 8
LONGEST = 128
"""Characters."""

_COMMON = """
password passwort passw pass passwd admin administrator root welcome letmein login master monkey dragon sunshine
princess football baseball basketball superman batman iloveyou trustno hello freedom whatever michael jordan
shadow ashley bailey michelle jessica charlie jennifer thomas hunter ranger buster soccer hockey killer george
summer winter spring autumn secret changeme default guest test testing tester temp temporary demo user access
qwerty qwertz azerty qazwsx asdfgh asdf zxcvbn zxcv qwer abc abcd abcdef computer internet service system server
network security company office money love lovely angel flower cookie cheese banana chocolate orange apple google
facebook microsoft windows linux oracle mysql samsung pokemon starwars matrix ninja mustang ferrari mercedes
porsche corvette harley yankees liverpool arsenal chelsea barcelona manchester america london china beijing
shanghai nihao woaini woaiwojia wodemima mima aini zhongguo faultdesk helpdesk servicedesk incident support monday
tuesday wednesday thursday friday saturday sunday january february march april june july august september october
november december blink onlyone lovelove fuckyou asshole pussy maggie ginger pepper tigger snoopy hannah daniel
joshua andrew matthew robert william anthony amanda nicole samantha elizabeth taylor martin jackson yankee phoenix
thunder diamond silver golden purple yellow biteme testpass mypass mypassword newpassword oldpassword yourpassword
nopassword thepassword passwordadmin adminadmin rootroot useruser testtest qwertyqwerty passpass abcabc xxxx
letmeinnow welcomeback qwertyuiop asdfghjkl zxcvbnm poiuytrewq mnbvcxz qazwsxedc zaqwsx
"""
_ZIGZAGS = "1q2w3e4r 1q2w3e4r5t 1q2w3e 1qaz2wsx 1qaz2wsx3edc q1w2e3r4 q1w2e3r4t5 zaq12wsx zaq1xsw2 a1b2c3d4 1a2b3c4d"
_WORDS = frozenset(_ZIGZAGS.split()) | frozenset(_COMMON.split())
_LEET = str.maketrans("013457@$!|", "oieastasii")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujm",
)


@cache
def _hasher() -> PasswordHasher:
    if os.environ.get("FAULTDESK_PASSWORD_COST") == "low":
        return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    return PasswordHasher()


@cache
def _decoy() -> str:
    return _hasher().hash(new_secret())


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its parameters and salt."""
    return _hasher().hash(_normal(password))


def verify(stored: str | None, password: str) -> bool:
    """Whether this is the password. Without a stored hash the answer is no, after as much work."""
    try:
        _hasher().verify(stored or _decoy(), _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def is_outdated(stored: str) -> bool:
    """Whether the hash was made under another cost than today's."""
    return _hasher().check_needs_rehash(stored)


def check_password(checks: Checks, path: str, password: str, *, about: tuple[str, ...] = ()) -> None:
    """Note what is wrong with a new password; `about` are words it may not consist of, such as the user's name."""
    text = _normal(password)
    if len(text) < SHORTEST:
        checks.refuse(path, "PASSWORD_TOO_SHORT", limit=SHORTEST)
    elif len(text) > LONGEST:
        checks.refuse(path, "PASSWORD_TOO_LONG", limit=LONGEST)
    elif any(unicodedata.category(each) in {"Cc", "Cs"} for each in text):
        checks.refuse(path, "FIELD_NOT_TEXT")
    elif is_common(text, about):
        checks.refuse(path, "PASSWORD_COMMON")


def is_common(password: str, about: tuple[str, ...] = ()) -> bool:
    """Whether a password is of the kind that is tried first.

    That is: a common word, or one of `about`, with its letters swapped for digits or signs and with digits or signs
    around it; a run along the alphabet, the digits or the keyboard; one group of characters over and over.
    """
    text = _normal(password).casefold()
    words = _WORDS | {each.casefold() for each in about if each}
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    swapped = text.translate(_LEET)
    candidates = {text, bare, swapped, bare.translate(_LEET), re.sub(r"^[\W\d_]+|[\W\d_]+$", "", swapped)}
    return bool(candidates & words) or _repeats(text) or _runs(text) or _bare_number(text)


def _bare_number(text: str) -> bool:
    """Whether it is a date, a telephone number or the like: short, and without any letter."""
    return len(text) < 16 and not any(each.isalpha() for each in text)


def _repeats(text: str) -> bool:
    return re.fullmatch(r"(.{1,4}?)\1+.{0,3}", text, re.DOTALL) is not None


def _runs(text: str) -> bool:
    """Whether the text is put together from at most two runs of four or more neighbours, and little else."""
    left = text
    for _ in range(2):
        left = _without_longest_run(left)
    return len(left) <= 2


def _without_longest_run(text: str) -> str:
    rows = (*_ROWS, *(row[::-1] for row in _ROWS))
    for length in range(len(text), 3, -1):
        for start in range(len(text) - length + 1):
            if any(text[start : start + length] in row for row in rows):
                return text[:start] + text[start + length :]
    return text


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
