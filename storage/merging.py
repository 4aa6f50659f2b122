"""Several statements as one: what a statement costs by itself, on either side of the wire, is then paid once.

What is read becomes one SELECT with a column of JSON for each statement, what is written one WITH. Both are made of the
texts that the stores wrote, and are the same text for the same statements, so that a connection prepares them once for
each combination of types that their parameters have.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import orjson
import sqlalchemy as sa

from storage.tables import LARGE
from storage.texts import Text
from storage.types import Moment

_KEPT = 256
_MOST_COLUMNS = 100

Convert = Callable[[str], Any]


class Call(NamedTuple):
    """A text and the values of its parameters."""

    sql: str
    values: list[Any]


def only_reads(clause: sa.Executable) -> bool:
    """Whether the statement changes nothing."""
    return isinstance(clause, sa.Select | sa.CompoundSelect)


def is_lock(clause: sa.Executable) -> bool:
    """Whether the statement locks the rows that it reads."""
    return isinstance(clause, sa.Select) and clause._for_update_arg is not None


def can_be_merged(clause: sa.Executable) -> bool:
    """Whether the statement may stand inside a merged SELECT.

    It only reads, its rows have no more columns than a function may have arguments, none of them is marked as large,
    and JSON gives back the type of each, or `merging` knows how to.
    """
    known = _mergeable.get(clause)
    if known is None:
        known = _mergeable[clause] = _can_be_merged(clause)
    return known


_mergeable: "WeakKeyDictionary[sa.Executable, bool]" = WeakKeyDictionary()


def _can_be_merged(clause: sa.Executable) -> bool:
    if not isinstance(clause, sa.Select | sa.CompoundSelect) or is_lock(clause):
        return False
    columns = clause.selected_columns
    # A label stands for the columns that it names.
    named = (base for column in columns for base in column.base_columns)
    large = any(isinstance(base, sa.Column) and base.info.get(LARGE) for base in named)
    return not large and len(columns) <= _MOST_COLUMNS and all(_survives(column.type) for column in columns)


def _survives(kind: sa.types.TypeEngine[Any]) -> bool:
    return _conversion(kind) is not None or isinstance(kind, sa.String | sa.Integer | sa.Boolean)


def _conversion(kind: sa.types.TypeEngine[Any]) -> Convert | None:
    """What makes the value of the text that stands for it in JSON; None where JSON has the type."""
    if isinstance(kind, sa.Uuid):
        return UUID
    if isinstance(kind, Moment):
        return datetime.fromisoformat
    if isinstance(kind, sa.LargeBinary):
        return lambda text: bytes.fromhex(text[2:])
    return None


def merged_reads(texts: Sequence[Text], rows: Sequence[Any]) -> Call:
    """One SELECT for several, each with its row of parameters; it gives one row, for `rows_of`."""
    return Call(_kept(tuple(texts), _select), _values(texts, rows))


def rows_of(texts: Sequence[Text], row: Sequence[str | None]) -> list[list[Any]]:
    """The rows of each statement, from the one row of the merged SELECT."""
    return [_rows(text, content) for text, content in zip(texts, row, strict=True)]


def _rows(text: Text, content: str | None) -> list[Any]:
    if content is None:
        return []
    found, conversions = orjson.loads(content), _conversions_of(text)
    for values in found:
        for place, convert in conversions:
            if values[place] is not None:
                values[place] = convert(values[place])
    return [text.row(*values) for values in found]


def _conversions_of(text: Text) -> tuple[tuple[int, Convert], ...]:
    found = _known.get(text)
    if found is None:
        converts = ((place, _conversion(kind)) for place, (_, kind) in enumerate(text.columns))
        found = _known[text] = tuple((place, convert) for place, convert in converts if convert is not None)
    return found


_known: "WeakKeyDictionary[Text, tuple[tuple[int, Convert], ...]]" = WeakKeyDictionary()


def merged_writes(texts: Sequence[Text], rows: Sequence[Any]) -> Call:
    """One WITH for several writes, each with its row of parameters. The first is carried out before all others.

    Whatever two such statements may both want to change has to come first in both, so that one waits for the other
    before it holds anything.
    """
    return Call(_kept(tuple(texts), _with), _values(texts, rows))


def _values(texts: Sequence[Text], rows: Sequence[Any]) -> list[Any]:
    return [value for text, row in zip(texts, rows, strict=True) for value in text.values(row)]


def _select(texts: tuple[Text, ...]) -> str:
    columns = []
    for number, text in enumerate(_numbered(texts)):
        names = [f"c{place}" for place in range(len(texts[number].columns))]
        values = ", ".join(f"q.{name}" for name in names)
        columns.append(
            # The text is a compiled statement, and the names are counted here.
            f"(SELECT json_agg(json_build_array({values}))::text FROM ({text}) AS q({', '.join(names)})) AS r{number}"  # noqa: S608
        )
    return f"SELECT {', '.join(columns)}"


def _with(texts: tuple[Text, ...]) -> str:
    # The main query reads what the first part returns, so it is carried out at once; parts that nobody reads are
    # carried out when the main query has ended (PostgreSQL, 7.8.4).
    first, *others = _numbered(texts)
    parts = [f"w0 AS ({first} RETURNING 1)", *(f"w{number} AS ({text})" for number, text in enumerate(others, 1))]
    return f"WITH {', '.join(parts)} SELECT count(*) AS done FROM w0"  # noqa: S608 - compiled statements


def _numbered(texts: tuple[Text, ...]) -> list[str]:
    numbered, first = [], 1
    for text in texts:
        numbered.append(text.numbered_from(first))
        first += len(text.sources)
    return numbered


_sqls: OrderedDict[tuple[Text, ...], str] = OrderedDict()
_lock = Lock()


def _kept(texts: tuple[Text, ...], make: Callable[[tuple[Text, ...]], str]) -> str:
    """What was made of these texts before, or is made now; the one that was not asked for longest is forgotten."""
    with _lock:
        found = _sqls.get(texts)
        if found is not None:
            _sqls.move_to_end(texts)
            return found
    made = make(texts)
    with _lock:
        _sqls[texts] = made
        while len(_sqls) > _KEPT:
            _sqls.popitem(last=False)
    return made
