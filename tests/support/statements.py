"""What is sent to SQLite while somebody watches: the text of each statement, without its values."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from storage.channel import Statement
from storage.plain import PlainChannel
from storage.texts import text_of


@contextmanager
def watching() -> Iterator[list[str]]:
    """The texts of the statements of all SQLite databases in this process, in order, as they are run."""
    texts: list[str] = []
    run = PlainChannel._run

    def noted(channel: PlainChannel, statement: Statement) -> list[Any]:
        texts.append(text_of(statement.clause, channel._dialect, statement.rows).string)
        return run(channel, statement)

    with patch.object(PlainChannel, "_run", noted):
        yield texts
