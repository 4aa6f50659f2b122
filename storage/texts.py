"""The text of a statement for a driver, compiled once per statement object.

Module-level statements are therefore never compiled again; and in the text as PostgreSQL prepares it, with numbered
parameters, its driver has none to look for.
"""

import re
from collections import namedtuple
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

from storage.channel import Parameters

_MARK = re.compile(r"%\((\w+)\)s|%%")


@dataclass(frozen=True, kw_only=True, eq=False)
class Text:
    """A statement's text, with parameters `$1` to `$n`, and where their values come from."""

    clause: sa.Executable
    compiled: SQLCompiler
    dynamic: bool
    """Whether IN lists were written out, for a statement that was made for one request."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters in the compiled text, in the order of their numbers."""
        found = (mark[1] for mark in _MARK.finditer(self.compiled.string) if mark[1])
        return tuple(dict.fromkeys(found))

    @cached_property
    def sql(self) -> str:
        """The text by itself."""
        return self.numbered_from(1)

    def numbered_from(self, first: int) -> str:
        """The text with its parameters numbered from here on, as a part of a longer one."""
        numbers = {name: f"${number}" for number, name in enumerate(self.names, start=first)}
        return _MARK.sub(lambda mark: numbers[mark[1]] if mark[1] else "%", self.compiled.string)

    def values(self, row: Parameters) -> list[Any]:
        """The parameters' values, in the order of their numbers.

        Raises: KeyError for one that the statement needs and the row lacks.
        """
        if self.dynamic:
            given = self.named(row)
            return [given[name] for name in self.names]
        return [_value(source, row) for source in self._sources]

    def named(self, row: Parameters) -> dict[str, Any]:
        """The parameters' values by their names in the compiled text.

        Raises: KeyError as `values`.
        """
        if self.dynamic:
            return dict(self.compiled.construct_params(dict(row)))
        return {name: _value(source, row) for name, source in self._named_sources}

    @cached_property
    def _sources(self) -> tuple["_Source", ...]:
        return tuple(_source(self.compiled.binds[name]) for name in self.names)

    @cached_property
    def _named_sources(self) -> tuple[tuple[str, "_Source"], ...]:
        return tuple((name, _source(bind)) for name, bind in self.compiled.binds.items())


_Source = tuple[str, bool, Any]
"""Where a parameter's value comes from: its key in a row, whether it has to be there, and what it is otherwise."""


def _source(bind: sa.BindParameter[Any]) -> _Source:
    return bind.key, bind.required, None if bind.required else bind.effective_value


def _value(source: _Source, row: Parameters) -> Any:
    key, required, value = source
    return row[key] if required or key in row else value


def row_type(columns: Iterable[sa.ColumnElement[Any]]) -> Any:
    """The named tuple of a row with these columns; one that was given no name has its place's."""
    return namedtuple("Row", [str(getattr(column, "name", "")) for column in columns], rename=True)


_cache: "WeakKeyDictionary[sa.Executable, dict[frozenset[str], Text]]" = WeakKeyDictionary()


def text_of(clause: sa.Executable, dialect: sa.Dialect, rows: Sequence[Parameters]) -> Text:
    """The statement's text for rows of these columns: an INSERT or UPDATE writes those that the first row names."""
    keys = frozenset(rows[0])
    variants = _cache.setdefault(clause, {})
    if keys not in variants:
        variants[keys] = _text(clause, dialect, keys)
    return variants[keys]


def _text(clause: sa.Executable, dialect: sa.Dialect, keys: frozenset[str]) -> Text:
    compiled = _compile(clause, dialect, keys, expanded=False)
    dynamic = "POSTCOMPILE" in compiled.string
    if dynamic:
        compiled = _compile(clause, dialect, keys, expanded=True)
    return Text(clause=clause, compiled=compiled, dynamic=dynamic)


def _compile(clause: sa.Executable, dialect: sa.Dialect, keys: frozenset[str], *, expanded: bool) -> SQLCompiler:
    """`expanded` writes out IN lists, whose length only a statement made for one request knows."""
    writes = isinstance(clause, sa.Insert | sa.Update) and keys
    made = clause.compile(  # type: ignore[attr-defined]
        dialect=dialect,
        column_keys=sorted(keys) if writes else None,
        compile_kwargs={"render_postcompile": expanded},
    )
    assert isinstance(made, SQLCompiler)
    return made
