"""The text of a statement as PostgreSQL prepares it: numbered parameters, compiled once per statement object.

Module-level statements are therefore never compiled again, nor does the driver have to look for parameters in them.
"""

import re
from collections.abc import Sequence
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
            given = self.compiled.construct_params(dict(row))
            return [given[name] for name in self.names]
        return [row[key] if required or key in row else value for key, required, value in self._sources]

    @cached_property
    def _sources(self) -> tuple[tuple[str, bool, Any], ...]:
        """For each parameter: its key in a row, whether it has to be there, and the value it has otherwise."""
        binds = (self.compiled.binds[name] for name in self.names)
        return tuple((bind.key, bind.required, None if bind.required else bind.effective_value) for bind in binds)


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
