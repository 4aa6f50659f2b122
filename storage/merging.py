"""Several statements as one: what a statement costs by itself, on either side of the wire, is then paid once.

What is read becomes one SELECT with a column of JSON for each statement, what is written one WITH. Both are made of the
texts that the stores wrote, and are the same text for the same statements, so that they are prepared and planned once.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import orjson
import sqlalchemy as sa

from storage.tables import LARGE
from storage.texts import Text, row_type
from storage.types import Moment

_KEPT = 512
_MOST_COLUMNS = 100

Convert = Callable[[str], Any]


class Call(NamedTuple):
    """A text and the values of its parameters."""

    sql: str
    values: list[Any]


@dataclass(frozen=True, eq=False)
class Shape:
    """How the rows of one SELECT come back from JSON."""

    columns: tuple[sa.ColumnElement[Any], ...]

    @cached_property
    def row(self) -> Any:
        """The named tuple of a row."""
        return row_type(self.columns)

    @cached_property
    def conversions(self) -> tuple[tuple[int, Convert], ...]:
        """What JSON has no type for: the column's place, and what makes its value of a text."""
        found = ((place, _conversion(column.type)) for place, column in enumerate(self.columns))
        return tuple((place, convert) for place, convert in found if convert is not None)

    def rows(self, content: str | None) -> list[Any]:
        """The rows of one column of the merged SELECT."""
        if content is None:
            return []
        found = orjson.loads(content)
        for values in found:
            for place, convert in self.conversions:
                if values[place] is not None:
                    values[place] = convert(values[place])
        return [self.row(*values) for values in found]


def _conversion(kind: sa.types.TypeEngine[Any]) -> Convert | None:
    if isinstance(kind, sa.Uuid):
        return UUID
    if isinstance(kind, Moment):
        return datetime.fromisoformat
    if isinstance(kind, sa.LargeBinary):
        return lambda text: bytes.fromhex(text[2:])
    return None


_shapes: OrderedDict[Text, Shape] = OrderedDict()
_sqls: OrderedDict[tuple[Text, ...], str] = OrderedDict()
_lock = Lock()


def can_be_merged(clause: sa.Executable) -> bool:
    """See `_can_be_merged`, which is asked once for each statement."""
    known = _mergeable.get(clause)
    if known is None:
        known = _mergeable[clause] = _can_be_merged(clause)
    return known


_mergeable: "WeakKeyDictionary[sa.Executable, bool]" = WeakKeyDictionary()


def _can_be_merged(clause: sa.Executable) -> bool:
    """Whether the statement may stand inside a merged SELECT: it only reads, its rows have no more columns than a
    function may have arguments, and none of them is marked as large."""
    if not isinstance(clause, sa.Select | sa.CompoundSelect) or is_lock(clause):
        return False
    if len(clause.selected_columns) > _MOST_COLUMNS:
        return False
    # A label stands for the columns that it names.
    named = (base for column in clause.selected_columns for base in column.base_columns)
    return not any(isinstance(base, sa.Column) and base.info.get(LARGE) for base in named)


def only_reads(clause: sa.Executable) -> bool:
    """Whether the statement changes nothing."""
    return isinstance(clause, sa.Select | sa.CompoundSelect)


def is_lock(clause: sa.Executable) -> bool:
    """Whether the statement locks the rows that it reads."""
    return isinstance(clause, sa.Select) and clause._for_update_arg is not None


def merged_reads(texts: Sequence[Text], rows: Sequence[Any]) -> Call:
    """One SELECT for several, each with its row of parameters; it gives one row, for `rows_of`."""
    return Call(_kept(_sqls, tuple(texts), _select), _values(texts, rows))


def rows_of(texts: Sequence[Text], row: Sequence[str | None]) -> list[list[Any]]:
    """The rows of each statement, from the one row of the merged SELECT."""
    return [_shape(text).rows(content) for text, content in zip(texts, row, strict=True)]


def merged_writes(texts: Sequence[Text], rows: Sequence[Any]) -> Call:
    """One WITH for several writes, each with its row of parameters."""
    return Call(_kept(_sqls, tuple(texts), _with), _values(texts, rows))


def _values(texts: Sequence[Text], rows: Sequence[Any]) -> list[Any]:
    return [value for text, row in zip(texts, rows, strict=True) for value in text.values(row)]


def _select(texts: tuple[Text, ...]) -> str:
    columns = []
    for number, text in enumerate(_numbered(texts)):
        names = [f"c{place}" for place in range(len(_shape(texts[number]).columns))]
        values = ", ".join(f"q.{name}" for name in names)
        columns.append(
            # The text is a compiled statement, and the names are counted here.
            f"(SELECT json_agg(json_build_array({values}))::text FROM ({text}) AS q({', '.join(names)})) AS r{number}"  # noqa: S608
        )
    return f"SELECT {', '.join(columns)}"


def _with(texts: tuple[Text, ...]) -> str:
    parts = [f"w{number} AS ({text})" for number, text in enumerate(_numbered(texts))]
    return f"WITH {', '.join(parts)} SELECT 1 AS done"


def _numbered(texts: tuple[Text, ...]) -> list[str]:
    numbered, first = [], 1
    for text in texts:
        numbered.append(text.numbered_from(first))
        first += len(text.names)
    return numbered


def _shape(text: Text) -> Shape:
    def make(text: Text) -> Shape:
        assert isinstance(text.clause, sa.Select | sa.CompoundSelect)
        return Shape(tuple(text.clause.selected_columns))

    shape: Shape = _kept(_shapes, text, make)
    return shape


def _kept(kept: OrderedDict[Any, Any], key: Any, make: Callable[[Any], Any]) -> Any:
    """What was made of this key before, or is made now; the oldest of too many is forgotten."""
    found = kept.get(key)
    if found is None:
        made = make(key)
        with _lock:
            found = kept.setdefault(key, made)
            while len(kept) > _KEPT:
                kept.popitem(last=False)
    return found
