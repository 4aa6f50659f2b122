"""Canonical JSON of a ProcessDefinition: one text per value, the value back from it, and its hash.

The rules, so that a later release gives an old text the same hash: object keys sorted, no white space,
UTF-8; a field at its default is left out; a field that takes no part in equality (line numbers) is left
out; a whole number is written without a fraction; enumeration members are their values, tuples are arrays.
"""

import hashlib
import json
import types
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from bpmn.model import ProcessDefinition


def to_json(definition: ProcessDefinition) -> bytes:
    """The canonical JSON of a definition."""
    text = json.dumps(_plain(definition), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # A half of a surrogate pair, which JSON can name but UTF-8 cannot hold, goes out as the escape it came
    # in as.
    return text.encode("utf-8", "backslashreplace")


def from_json(content: bytes) -> ProcessDefinition:
    """The definition that `to_json` wrote; equal to the original, with line numbers 0.

    Raises: ValueError, TypeError or KeyError when the bytes were not written by `to_json`.
    """
    value = _reader(ProcessDefinition)(json.loads(content))
    if not isinstance(value, ProcessDefinition):
        raise TypeError("the top of canonical JSON is one process definition")
    return value


def version_hash(definition: ProcessDefinition) -> str:
    """SHA-256 of the canonical JSON as 64 hexadecimal digits: the identity of a version."""
    return hashlib.sha256(to_json(definition)).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {
            each.name: _plain(held)
            for each in fields(value)
            if each.compare and not _is_default(each, held := getattr(value, each.name))
        }
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _is_default(each: Field[Any], held: Any) -> bool:
    if each.default is not MISSING:
        # 0, 0.0 and False are equal in Python, so the type decides whether a field of type `object` holds
        # its default.
        return type(held) is type(each.default) and bool(held == each.default)
    return each.default_factory is not MISSING and bool(held == each.default_factory())


_Reader = Callable[[Any], Any]


@cache
def _reader(kind: Any) -> _Reader:
    """A function that makes a value of this type from plain JSON."""
    if is_dataclass(kind):
        return _dataclass_reader(kind)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _optional_reader(kind)
    if origin is tuple:
        return _tuple_reader(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum | float):
        return kind
    return _same


def _same(value: Any) -> Any:
    return value


def _dataclass_reader(kind: Any) -> _Reader:
    hints = get_type_hints(kind)

    def read(value: Any) -> Any:
        # Looked up when read, because a type may contain itself (a group of fields in a group).
        return kind(**{name: _reader(hints[name])(held) for name, held in value.items()})

    return read


def _optional_reader(kind: Any) -> _Reader:
    inner = next(each for each in get_args(kind) if each is not types.NoneType)
    return lambda value: None if value is None else _reader(inner)(value)


def _tuple_reader(arguments: tuple[Any, ...]) -> _Reader:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return lambda value: tuple(_reader(arguments[0])(each) for each in value)
    return lambda value: tuple(_reader(kind)(each) for kind, each in zip(arguments, value, strict=True))
