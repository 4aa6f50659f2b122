"""Numeric functions (DMN 1.4 table 77)."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    DecimalException,
)

from bpmn.expressions import numbers
from bpmn.expressions.errors import Null
from bpmn.expressions.functions.strings import whole
from bpmn.expressions.iso import YearsMonths
from bpmn.expressions.registry import feel
from bpmn.expressions.runtime import Runtime

_C = numbers.CONTEXT


def _rounded(value: Decimal, scale: Decimal | None, rounding: str) -> Decimal:
    result = numbers.rounded(value, 0 if scale is None else whole(scale), rounding)
    if result is None:
        raise Null("OUT_OF_RANGE", scale=str(scale))
    return result


@feel("decimal", "n:n, scale:n")
def decimal(value: Decimal, scale: Decimal) -> object:
    return _rounded(value, scale, ROUND_HALF_EVEN)


@feel("floor", "n:n, scale:n?")
def floor(value: Decimal, scale: Decimal | None = None) -> object:
    return _rounded(value, scale, ROUND_FLOOR)


@feel("ceiling", "n:n, scale:n?")
def ceiling(value: Decimal, scale: Decimal | None = None) -> object:
    return _rounded(value, scale, ROUND_CEILING)


@feel("round up", "n:n, scale:n")
def round_up(value: Decimal, scale: Decimal) -> object:
    return _rounded(value, scale, ROUND_UP)


@feel("round down", "n:n, scale:n")
def round_down(value: Decimal, scale: Decimal) -> object:
    return _rounded(value, scale, ROUND_DOWN)


@feel("round half up", "n:n, scale:n")
def round_half_up(value: Decimal, scale: Decimal) -> object:
    return _rounded(value, scale, ROUND_HALF_UP)


@feel("round half down", "n:n, scale:n")
def round_half_down(value: Decimal, scale: Decimal) -> object:
    return _rounded(value, scale, ROUND_HALF_DOWN)


@feel("abs", "n:n")
def absolute(value: Decimal) -> object:
    return _C.abs(value)


@feel("abs", "n:span", "n:months")
def absolute_duration(value: object) -> object:
    if isinstance(value, YearsMonths):
        return YearsMonths(abs(value.months))
    return abs(value)  # type: ignore[arg-type]


@feel("modulo", "dividend:n, divisor:n")
def modulo(dividend: Decimal, divisor: Decimal) -> object:
    """``dividend - divisor * floor(dividend / divisor)``: the sign is the divisor's."""
    if divisor.is_zero():
        raise Null("DIVISION_BY_ZERO")
    try:
        rest = numbers.WIDE.remainder(dividend, divisor)
        return _C.plus(numbers.WIDE.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest)
    except DecimalException:
        raise Null("OUT_OF_RANGE", function="modulo") from None


@feel("sqrt", "number:n")
def square_root(value: Decimal) -> object:
    if value < 0:
        raise Null("OUT_OF_RANGE", function="sqrt")
    return _C.sqrt(value)


@feel("log", "number:n")
def logarithm(rt: Runtime, value: Decimal) -> object:
    rt.spend(20)
    if value <= 0:
        raise Null("OUT_OF_RANGE", function="log")
    return _C.ln(value)


@feel("exp", "number:n")
def exponential(rt: Runtime, value: Decimal) -> object:
    rt.spend(20)
    try:
        return _C.exp(value)
    except DecimalException:
        raise Null("OUT_OF_RANGE", function="exp") from None


@feel("odd", "number:n")
def odd(value: Decimal) -> object:
    return _parity(value, 1)


@feel("even", "number:n")
def even(value: Decimal) -> object:
    return _parity(value, 0)


def _parity(value: Decimal, wanted: int) -> bool:
    return bool(numbers.WIDE.remainder(value.copy_abs(), Decimal(2)) == wanted)
