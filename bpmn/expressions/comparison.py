"""Equality, order and membership in three-valued logic (DMN 1.4 tables 42, 43 and 53 to 55)."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from bpmn import limits
from bpmn.expressions.eras import Far, has_zone, moment
from bpmn.expressions.errors import BudgetExhausted
from bpmn.expressions.iso import YearsMonths
from bpmn.expressions.runtime import Runtime
from bpmn.expressions.time_arithmetic import since_midnight
from bpmn.expressions.values import Range, type_name

_PLAIN = frozenset({bool, Decimal, str, date, YearsMonths, timedelta})
_TEMPORAL = frozenset({date, time, datetime, Far})
_ORDERED = frozenset({Decimal, str, date, YearsMonths, timedelta})


def equal(rt: Runtime, left: object, right: object, depth: int = 0) -> bool | None:
    """Whether the values are equal; None when their types cannot be compared.

    Raises:
        BudgetExhausted: for values nested deeper than DATA_DEPTH, or too large for the budget.
    """
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is type(right) and kind in _PLAIN:
        if kind is str:
            rt.spend(len(left) // 256)  # type: ignore[arg-type]
        return left == right
    if kind in _TEMPORAL:
        return _equal_moments(left, right)
    if kind is not type(right):
        return None
    if depth > limits.DATA_DEPTH:
        raise BudgetExhausted("depth")
    rt.spend(1)
    return left is right or _equal_parts(rt, left, right, depth + 1)


def _equal_moments(left: object, right: object) -> bool | None:
    if type_name(left) != type_name(right):
        return None
    if isinstance(left, time) and isinstance(right, time):
        return _same_time(left, right)
    assert isinstance(left, date | Far)
    assert isinstance(right, date | Far)
    return has_zone(left) == has_zone(right) and moment(left) == moment(right)


def _same_time(left: time, right: time) -> bool:
    if (left.tzinfo is None) != (right.tzinfo is None):
        return False
    if left.utcoffset() is None:
        return left.replace(tzinfo=None) == right.replace(tzinfo=None) and str(left.tzinfo) == str(right.tzinfo)
    return right.utcoffset() is not None and since_midnight(left) == since_midnight(right)


def _equal_parts(rt: Runtime, left: object, right: object, depth: int) -> bool | None:
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return False
        return _all(rt, zip(left, right, strict=True), depth)
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return False
        return _all(rt, ((left[key], right[key]) for key in left), depth)
    if isinstance(left, Range) and isinstance(right, Range):
        flags = (left.start_included, left.end_included) == (right.start_included, right.end_included)
        return flags and _all(rt, ((left.start, right.start), (left.end, right.end)), depth)
    return None


def _all(rt: Runtime, pairs: Iterable[tuple[object, object]], depth: int) -> bool:
    for left, right in pairs:
        rt.spend(1)
        if equal(rt, left, right, depth) is not True:
            return False
    return True


def order(left: object, right: object) -> int | None:
    """-1, 0 or 1 as left lies before, at or after right; None when they have no order."""
    kind = type(left)
    if kind is type(right):
        if kind in _ORDERED:
            return (left > right) - (left < right)  # type: ignore[operator, no-any-return]
        if isinstance(left, time) and isinstance(right, time):
            return _time_order(left, right)
        if isinstance(left, datetime) and isinstance(right, datetime):
            return _moment_order(left, right)
    return _moment_order(left, right) if _far_pair(left, right) else None  # type: ignore[arg-type]


def _far_pair(left: object, right: object) -> bool:
    """Whether both are dates, or both dates and times, and one of them is far."""
    return (isinstance(left, Far) or isinstance(right, Far)) and type_name(left) == type_name(right)


def _moment_order(left: date | Far, right: date | Far) -> int | None:
    if has_zone(left) != has_zone(right):
        return None
    first, second = moment(left), moment(right)
    return (first > second) - (first < second)


def _time_order(left: time, right: time) -> int | None:
    if (left.tzinfo is None) != (right.tzinfo is None):
        return None
    first, second = since_midnight(left), since_midnight(right)
    return (first > second) - (first < second)


_ORDER: dict[str, Callable[[int], bool]] = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


def compare(rt: Runtime, position: int, op: str, left: object, right: object) -> bool | None:
    """``left op right``; null with a warning when the types do not allow the question."""
    if op in ("=", "!="):
        same = equal(rt, left, right)
        if same is not None:
            return same if op == "=" else not same
    else:
        if type(left) is str and type(right) is str:
            rt.spend(len(left) // 256)
        sign = order(left, right)
        if sign is not None:
            return _ORDER[op](sign)
    rt.null("NOT_COMPARABLE", position, operator=op, left=type_name(left), right=type_name(right))
    return None


def in_range(rt: Runtime, position: int, value: object, span: Range) -> bool | None:
    """Whether the value lies in the range; null when it cannot be compared with its ends."""
    if not span.half and (span.start is None or span.end is None):
        return None
    low = high = True
    if span.start is not None:
        op = ">=" if span.start_included else ">"
        started = compare(rt, position, op, value, span.start)
        if started is None:
            return None
        low = started
    if span.end is not None:
        op = "<=" if span.end_included else "<"
        ended = compare(rt, position, op, value, span.end)
        if ended is None:
            return None
        high = ended
    return low and high


def passes(rt: Runtime, position: int, value: object, test: object) -> bool | None:
    """Whether the value passes a test that is a value: equal to it, in its range or in its list."""
    if isinstance(test, Range) and not isinstance(value, Range):
        return in_range(rt, position, value, test)
    if isinstance(test, list):
        return _in_list(rt, position, value, test)
    return compare(rt, position, "=", value, test)


def _in_list(rt: Runtime, position: int, value: object, tests: list[object]) -> bool | None:
    if isinstance(value, list) and equal(rt, value, tests):
        return True
    for test in tests:
        rt.spend(1)
        if isinstance(test, Range) and not isinstance(value, Range):
            found = in_range(rt, position, value, test)
        else:
            found = equal(rt, value, test)
        if found:
            return True
    return False
