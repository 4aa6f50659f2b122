"""Hashing beside the transaction: argon2id takes long on purpose, and nobody's lock waits for it.

A command asks for a hash or a verification where it needs one, after everything that may refuse it. When the answer is
not known yet, `HashingDue` undoes the unit of work; the answer is computed while no transaction is open, and the
command runs again from the start with it.
"""

from collections.abc import Callable
from typing import TypeVar

from engine import passwords

K = TypeVar("K")
T = TypeVar("T")


class HashingDue(Exception):
    """The command needs an answer that takes long; `settle` finds it."""

    def __init__(self, settle: Callable[[], None]) -> None:
        super().__init__()
        self.settle = settle


class Hashing:
    """The answers that one command has been given so far."""

    def __init__(self) -> None:
        self._hashes: dict[str, str] = {}
        self._verified: dict[tuple[str | None, str], bool] = {}

    def hash(self, password: str) -> str:
        """See `engine.passwords.hash_password`.

        Raises: HashingDue at the first asking.
        """
        return _known(self._hashes, password, lambda: passwords.hash_password(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """See `engine.passwords.verify`.

        Raises: HashingDue at the first asking.
        """
        return _known(self._verified, (stored, password), lambda: passwords.verify(stored, password))


def settling(run: Callable[[], T]) -> T:
    """What `run` gives once every hash that it asks for is known; it runs once more for each.

    Raises: what `run` raises.
    """
    while True:
        try:
            return run()
        except HashingDue as due:
            due.settle()


def _known(answers: dict[K, T], key: K, compute: Callable[[], T]) -> T:
    if key not in answers:
        raise HashingDue(lambda: answers.__setitem__(key, compute()))
    return answers[key]
