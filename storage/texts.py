"""The text of a statement for a driver, compiled once per statement object.

Module-level statements are therefore never compiled again; and in the text as PostgreSQL prepares it, with numbered
parameters, its driver has none to look for. A text holds on to nothing of its statement: what is known of one that was
made for a single request goes with it.
"""

import re
from collections import namedtuple
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

from storage.channel import Parameters

_MARK = re.compile(r"%\((\w+)\)s|%%")

Column = tuple[str, sa.types.TypeEngine[Any]]
"""A column of the rows that a statement gives: its name, empty where it was given none, and its type."""


@dataclass(frozen=True, slots=True)
class Source:
    """A parameter: its `name` in the text, its `key` in a row, and its `value` where the row lacks the key."""

    name: str
    key: str
    required: bool
    value: Any

    def of(self, row: Parameters) -> Any:
        """The value for this row.

        Raises: KeyError for one that the statement needs and the row lacks.
        """
        return row[self.key] if self.required or self.key in row else self.value


@dataclass(frozen=True, kw_only=True, eq=False)
class Text:
    """A statement's text as its dialect has it, its parameters, and the columns of its rows."""

    string: str
    sources: tuple[Source, ...]
    """In the order in which they first stand in the text."""
    columns: tuple[Column, ...]

    @cached_property
    def sql(self) -> str:
        """The text with parameters `$1` to `$n`."""
        return self.numbered_from(1)

    def numbered_from(self, first: int) -> str:
        """The text with its parameters numbered from here on, as a part of a longer one."""
        numbers = {source.name: f"${number}" for number, source in enumerate(self.sources, start=first)}
        return _MARK.sub(lambda mark: numbers[mark[1]] if mark[1] else "%", self.string)

    def values(self, row: Parameters) -> list[Any]:
        """The parameters' values, in the order of their numbers.

        Raises: KeyError as Source.
        """
        return [source.of(row) for source in self.sources]

    @cached_property
    def row(self) -> Any:
        """The named tuple of a row; a column that was given no name has its place's."""
        return namedtuple("Row", [name for name, _ in self.columns], rename=True)


_cache: "WeakKeyDictionary[sa.Executable, dict[tuple[str, frozenset[str]], Text]]" = WeakKeyDictionary()


def text_of(clause: sa.Executable, dialect: sa.Dialect, rows: Sequence[Parameters]) -> Text:
    """The statement's text for rows of these columns: an INSERT or UPDATE writes those that the first row names."""
    key = dialect.name, frozenset(rows[0])
    variants = _cache.get(clause)
    if variants is None:
        variants = _cache.setdefault(clause, {})
    found = variants.get(key)
    if found is None:
        found = variants[key] = _text(clause, dialect, key[1])
    return found


def columns_of(clause: Any) -> tuple[Column, ...]:
    """The columns of the rows that a statement gives."""
    if not isinstance(clause, sa.Select | sa.CompoundSelect | sa.Insert | sa.Update | sa.Delete):
        return ()
    return tuple((str(getattr(column, "name", "")), column.type) for column in clause.exported_columns)


def _text(clause: sa.Executable, dialect: sa.Dialect, keys: frozenset[str]) -> Text:
    compiled = _compile(clause, dialect, keys, expanded=False)
    if "POSTCOMPILE" in compiled.string:
        # IN lists are written out: they stand in the statement itself, which was made for one request.
        compiled = _compile(clause, dialect, keys, expanded=True)
    return Text(string=compiled.string, sources=tuple(_sources(compiled)), columns=columns_of(clause))


def _sources(compiled: SQLCompiler) -> Iterator[Source]:
    listed = compiled.construct_params(_check=False)
    for name in _names(compiled):
        bind = compiled.binds.get(name)
        if bind is None:
            yield Source(name, name, required=False, value=listed[name])
        else:
            yield Source(name, bind.key, bind.required, None if bind.required else bind.effective_value)


def _names(compiled: SQLCompiler) -> list[str]:
    """The parameters that stand in the text, each once."""
    if compiled.dialect.paramstyle == "pyformat":
        return list(dict.fromkeys(mark[1] for mark in _MARK.finditer(compiled.string) if mark[1]))
    return list(compiled.construct_params(_check=False))


def _compile(clause: sa.Executable, dialect: sa.Dialect, keys: frozenset[str], *, expanded: bool) -> SQLCompiler:
    writes = isinstance(clause, sa.Insert | sa.Update) and keys
    made = clause.compile(  # type: ignore[attr-defined]
        dialect=dialect,
        column_keys=sorted(keys) if writes else None,
        compile_kwargs={"render_postcompile": expanded},
    )
    assert isinstance(made, SQLCompiler)
    return made
