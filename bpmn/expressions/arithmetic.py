"""The operators + - * / ** and the sign, by the types of their sides (DMN 1.4 tables 44 to 46, 56, 57)."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal, DecimalException

from bpmn.expressions import numbers, time_arithmetic
from bpmn.expressions.eras import Far
from bpmn.expressions.iso import YearsMonths
from bpmn.expressions.runtime import Runtime
from bpmn.expressions.values import type_name

Operator = Callable[[Runtime, int, object, object], object]
_CONTEXT = numbers.CONTEXT


def _mismatch(rt: Runtime, position: int, op: str, left: object, right: object) -> object:
    return rt.null("TYPE_MISMATCH", position, operator=op, left=type_name(left), right=type_name(right))


def _beyond(rt: Runtime, position: int, op: str) -> object:
    return rt.null("OUT_OF_RANGE", position, operator=op)


def add(rt: Runtime, position: int, left: object, right: object) -> object:
    if type(left) is Decimal and type(right) is Decimal:
        try:
            return _CONTEXT.add(left, right)
        except DecimalException:
            return _beyond(rt, position, "+")
    if type(left) is str and type(right) is str:
        return rt.text(left + right)
    if isinstance(left, timedelta | YearsMonths) and not isinstance(right, timedelta | YearsMonths):
        left, right = right, left
    return _temporal(rt, position, "+", left, right, 1)


def subtract(rt: Runtime, position: int, left: object, right: object) -> object:
    if type(left) is Decimal and type(right) is Decimal:
        try:
            return _CONTEXT.subtract(left, right)
        except DecimalException:
            return _beyond(rt, position, "-")
    if isinstance(left, date | time | Far) and isinstance(right, date | time | Far):
        try:
            span = time_arithmetic.between(left, right)
        except OverflowError:
            return _beyond(rt, position, "-")
        return _mismatch(rt, position, "-", left, right) if span is None else span
    return _temporal(rt, position, "-", left, right, -1)


def _temporal(rt: Runtime, position: int, op: str, left: object, right: object, sign: int) -> object:
    """A duration added to a date, time or duration, or taken away."""
    try:
        result = _moved(left, right, sign)
    except (OverflowError, ValueError):
        return _beyond(rt, position, op)
    return _mismatch(rt, position, op, left, right) if result is None else result


def _moved(left: object, right: object, sign: int) -> object:
    if isinstance(right, timedelta):
        span = right * sign
        return left + span if isinstance(left, timedelta) else time_arithmetic.plus_span(left, span)
    if isinstance(right, YearsMonths):
        months = right.months * sign
        if isinstance(left, YearsMonths):
            return YearsMonths(left.months + months)
        if isinstance(left, date | Far):
            return time_arithmetic.plus_months(left, months)
    return None


def multiply(rt: Runtime, position: int, left: object, right: object) -> object:
    if type(left) is Decimal and type(right) is Decimal:
        try:
            return _CONTEXT.multiply(left, right)
        except DecimalException:
            return _beyond(rt, position, "*")
    if type(left) is Decimal:
        left, right = right, left
    if isinstance(left, timedelta | YearsMonths) and type(right) is Decimal:
        result = time_arithmetic.scaled(left, right, divide=False)
        return _beyond(rt, position, "*") if result is None else result
    return _mismatch(rt, position, "*", left, right)


def divide(rt: Runtime, position: int, left: object, right: object) -> object:
    if type(right) is Decimal and right.is_zero() and isinstance(left, Decimal | timedelta | YearsMonths):
        return rt.null("DIVISION_BY_ZERO", position)
    if type(left) is Decimal and type(right) is Decimal:
        try:
            return _CONTEXT.divide(left, right)
        except DecimalException:
            return _beyond(rt, position, "/")
    if isinstance(left, timedelta | YearsMonths) and type(right) is Decimal:
        result = time_arithmetic.scaled(left, right, divide=True)
        return _beyond(rt, position, "/") if result is None else result
    return _ratio(rt, position, left, right)


def _ratio(rt: Runtime, position: int, left: object, right: object) -> object:
    """How often one duration goes into another of its kind."""
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        parts = time_arithmetic.seconds(left), time_arithmetic.seconds(right)
    elif isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        parts = Decimal(left.months), Decimal(right.months)
    else:
        return _mismatch(rt, position, "/", left, right)
    return _CONTEXT.divide(*parts) if parts[1] else rt.null("DIVISION_BY_ZERO", position)


def power(rt: Runtime, position: int, left: object, right: object) -> object:
    if type(left) is Decimal and type(right) is Decimal:
        rt.spend(20)
        try:
            return _CONTEXT.power(left, right)
        except DecimalException:
            return _beyond(rt, position, "**")
    return _mismatch(rt, position, "**", left, right)


def negate(rt: Runtime, position: int, value: object) -> object:
    if type(value) is Decimal:
        return _CONTEXT.minus(value)
    if isinstance(value, timedelta):
        return _beyond(rt, position, "-") if value > -timedelta.min else -value
    if isinstance(value, YearsMonths):
        return YearsMonths(-value.months)
    return rt.null("TYPE_MISMATCH", position, operator="-", right=type_name(value))


OPERATORS: dict[str, Operator] = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}
