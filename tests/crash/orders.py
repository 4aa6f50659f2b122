"""Orders to die: channels that follow an order which stands in the file that the environment names.

The order is taken away before it is followed, so that the process which replaces the dead one lives.
"""

import json
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg

from storage import database
from storage.channel import Statement, Together
from storage.pipeline import PipelinedChannel
from storage.plain import PlainChannel

ORDER, TRACE = "FAULTDESK_TEST_ORDER", "FAULTDESK_TEST_TRACE"
CLAIM = "claim"
COMMIT, SENT, DONE, LIE = "commit", "sent", "done", "lie"


Write = Statement | Together


@dataclass(frozen=True, kw_only=True)
class Order:
    """Die in a commit: in the `commit`th from now on that a thread named like `who` makes (or `CLAIM`), at this place.

    A place is the number of a statement, before which it dies; or `commit`, when all statements are sent and COMMIT is
    not; `sent`, when COMMIT is on its way and its answer not yet read (PostgreSQL); `done`, when the commit is over and
    nobody was told. With `lie` it lives on, and says that it committed what it rolled back.
    """

    who: str
    commit: int
    place: str

    def put(self, path: Path) -> None:
        """Give the order, whole."""
        path.with_suffix(".new").write_text(json.dumps(asdict(self)))
        path.with_suffix(".new").rename(path)


class _Following(threading.local):
    """The place at which this thread's present commit ends; None outside, and in a commit that ends well."""

    place: str | None = None


_following = _Following()
_counted: dict[str, int] = {}


def _begin(statements: Sequence[Write], *, alone: bool) -> None:
    """A commit begins: find out whether it is the one. `alone` is a statement that is its own transaction."""
    name = _name_of(statements)
    if TRACE in os.environ:
        with Path(os.environ[TRACE]).open("a") as trace:
            trace.write(json.dumps([name, len(statements), alone]) + "\n")
    path = Path(os.environ[ORDER])
    try:
        text = path.read_text()
    except FileNotFoundError:
        _counted.clear()
        return
    order = Order(**json.loads(text))
    if not name.startswith(order.who):
        return
    _counted[text] = _counted.get(text, 0) + 1
    if _counted[text] == order.commit:
        path.unlink()
        _following.place = order.place


def _name_of(statements: Sequence[Write]) -> str:
    """The thread's name; what the worker's own thread commits has another when it is a claim, which gives rows."""
    name = threading.current_thread().name
    first = statements[0]
    claims = isinstance(first, Statement) and "RETURNING" in str(first.clause)
    return CLAIM if name == "faultdesk-worker" and claims else name


def _flat(writes: Sequence[Write]) -> list[Statement]:
    return [each for write in writes for each in (write.statements if isinstance(write, Together) else [write])]


def _reached(place: str) -> None:
    if _following.place == place:
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class _Watched(Sequence[Write]):
    """The statements of a commit. Whoever takes the next one out has sent those before."""

    statements: Sequence[Write]

    def __len__(self) -> int:
        return len(self.statements)

    def __getitem__(self, index: Any) -> Any:
        return self.statements[index]

    def __iter__(self) -> Iterator[Write]:
        for number, statement in enumerate(self.statements):
            _reached(str(number))
            yield statement
        _reached(COMMIT)


class _Failing:
    """A channel that follows orders, mixed into either of the product's."""

    @staticmethod
    def parts(writes: Sequence[Write]) -> Sequence[Write]:
        """What is sent for these writes, one after the other."""
        return writes

    def is_alone(self, _statements: Sequence[Write]) -> bool:
        """Whether what is sent is committed by itself."""
        return False

    def commit(self, writes: Sequence[Write]) -> list[list[Any]]:
        """See Channel."""
        statements = self.parts(writes)
        _begin(statements, alone=self.is_alone(statements))
        if _following.place == LIE:
            _following.place = None
            rows: list[list[Any]] = self.ask(_flat(statements))  # type: ignore[attr-defined]
            self.close()  # type: ignore[attr-defined]
            return rows
        rows = super().commit(_Watched(statements))  # type: ignore[misc]
        _reached(DONE)
        return rows


class _Plain(_Failing, PlainChannel):
    """What is written together goes one by one here, so that each is a place to die at."""

    @staticmethod
    def parts(writes: Sequence[Write]) -> Sequence[Write]:
        return _flat(writes)


class _Pipelined(_Failing, PipelinedChannel):
    """A statement that is its own transaction is committed when it has been run: there is nothing between."""

    def is_alone(self, statements: Sequence[Write]) -> bool:
        return not self._begun and len(statements) == 1 and self._is_one(statements[0])


_pipeline = psycopg.Connection.pipeline


@contextmanager
def _watched_pipeline(connection: psycopg.Connection[Any]) -> Iterator[psycopg.Pipeline]:
    with _pipeline(connection) as made:
        yield made
        _reached(SENT)


def obey() -> None:
    """From now on the channels of this process follow orders."""
    vars(database).update(PlainChannel=_Plain, PipelinedChannel=_Pipelined)
    psycopg.Connection.pipeline = _watched_pipeline  # type: ignore[method-assign,assignment]
