"""FEEL's values as Python objects, and the way in and out of JSON.

number = Decimal, string = str, boolean = bool, date / time / date and time = the classes of ``datetime`` (Far for
years they cannot hold), days and time duration = timedelta, years and months duration = YearsMonths, range = Range,
context = dict, list = list. Values are never changed once made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from bpmn import limits
from bpmn.expressions import numbers
from bpmn.expressions.eras import Far
from bpmn.expressions.errors import BudgetExhausted
from bpmn.expressions.iso import YearsMonths, iso_text


@dataclass(frozen=True, slots=True)
class Range:
    """A range of comparable values.

    A side that is None is unknown, so nothing is known to lie inside; with ``half`` it is absent, as in (< 5).
    """

    start: object
    end: object
    start_included: bool
    end_included: bool
    half: bool = False


_TYPES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    date: "date",
    time: "time",
    datetime: "date and time",
    timedelta: "days and time duration",
    YearsMonths: "years and months duration",
    Range: "range",
    list: "list",
    dict: "context",
}


def type_name(value: object) -> str:
    """FEEL's name of the value's type; ``function`` for what is nothing else."""
    if isinstance(value, Far):
        return type_name(value.inside)
    return _TYPES.get(type(value), "function")


def is_scalar(value: object) -> bool:
    """Whether the value has no parts that could be JSON numbers."""
    return type(value) in _SCALARS


_SCALARS = frozenset({type(None), bool, Decimal, str, date, time, datetime, timedelta, YearsMonths, Range, Far})


_AS_IS = frozenset({type(None), bool, str})


def to_feel(value: object, depth: int = 0) -> object:
    """JSON-like Python as FEEL: int and float become Decimal, tuples lists, mappings dicts, all the way down.

    A number that FEEL cannot hold (infinity, not a number, beyond 34 digits and 10^6144) becomes null.

    Raises:
        BudgetExhausted: for data nested deeper than DATA_DEPTH.
    """
    kind = type(value)
    if kind in _SCALARS:
        return value
    if depth > limits.DATA_DEPTH:
        raise BudgetExhausted("depth")
    if kind is int or kind is float:
        return numbers.from_python(value)  # type: ignore[arg-type]
    if isinstance(value, Mapping):
        return {str(key): to_feel(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_feel(item, depth + 1) for item in value]
    return _subclass(value)


def _subclass(value: object) -> object:
    """A value of a subclass (StrEnum, IntEnum) as the plain type it stands for; functions stay."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int | float):
        return numbers.from_python(value)
    return value


def to_json(value: object) -> object:
    """The value as JSON-like Python, the opposite of ``to_feel``.

    A number is an int where it is integral and fits 64 bits, otherwise the nearest float, and a decimal string
    only beyond a float's range (so a number stays a number when it comes back). Dates, times and durations
    become ISO 8601 text, a range a context of its parts; a function has no JSON form and becomes null.

    Raises:
        BudgetExhausted: for a value that writes out to more than JSON_NODES or deeper than DATA_DEPTH.
    """
    return _Writer().write(value, 0)


class _Writer:
    """Writes one value, counting: shared parts of a value could write out to any size."""

    def __init__(self) -> None:
        self.left = limits.JSON_NODES

    def write(self, value: object, depth: int) -> object:
        if isinstance(value, Range):
            value = range_parts(value)
        if isinstance(value, list):
            self._enter(len(value), depth)
            return [item if type(item) in _AS_IS else self.write(item, depth + 1) for item in value]
        if isinstance(value, dict):
            self._enter(len(value), depth)
            pairs = value.items()
            return {key: item if type(item) in _AS_IS else self.write(item, depth + 1) for key, item in pairs}
        return _scalar_json(value)

    def _enter(self, size: int, depth: int) -> None:
        self.left -= size + 1
        if self.left < 0:
            raise BudgetExhausted("size")
        if depth > limits.DATA_DEPTH:
            raise BudgetExhausted("depth")


def range_parts(value: Range) -> dict[str, object]:
    """The parts of a range under the names FEEL gives them (DMN 1.4 table 54)."""
    return {
        "start included": value.start_included,
        "start": value.start,
        "end": value.end,
        "end included": value.end_included,
    }


def _scalar_json(value: object) -> object:
    if value is None or isinstance(value, bool | str | int | float):
        return value
    if isinstance(value, Decimal):
        return numbers.to_python(value)
    return iso_text(value)
