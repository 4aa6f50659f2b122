"""FEEL's number: IEEE 754 decimal128 (DMN 1.4 section 10.3.2.3.1), so no number is ever large in memory."""

from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

CONTEXT = Context(
    prec=34,
    Emin=-6143,
    Emax=6144,
    rounding=ROUND_HALF_EVEN,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
# Rounding to a scale needs more digits than it keeps; still bounded by what a decimal128 can hold.
WIDE = Context(prec=12_400, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[InvalidOperation, DivisionByZero, Overflow])
ZERO, ONE = Decimal(0), Decimal(1)
_INT64 = 1 << 63
_MAX_BITS = 20_500


def from_text(text: str) -> Decimal | None:
    """The number a text of digits means, rounded to 34 digits; None beyond the range."""
    try:
        return CONTEXT.create_decimal(text)
    except DecimalException:
        return None


def from_python(value: float) -> Decimal | None:
    """An int or float as a number: a float by its shortest decimal text, so that 0.1 is 0.1."""
    if isinstance(value, int):
        if value.bit_length() > _MAX_BITS:
            return None
        text: int | str = int(value)
    else:
        text = repr(float(value))
    try:
        number = CONTEXT.create_decimal(text)
    except DecimalException:
        return None
    return number if number.is_finite() else None


def to_python(value: Decimal) -> object:
    """An int where the value is integral and fits 64 bits, else the nearest float, else decimal text."""
    if value == value.to_integral_value() and -_INT64 <= value < _INT64:
        return int(value)
    nearest = float(value)
    if nearest in (0.0, float("inf"), float("-inf")):
        return str(value)
    return nearest


def to_text(value: Decimal) -> str:
    """The number in plain notation, as written: no exponent, no sign on zero."""
    text = format(value, "f")
    return text.lstrip("-") if value.is_zero() else text


def as_int(value: Decimal) -> int | None:
    """The value as an int, or None when it has a fraction or is too large to count with."""
    if abs(value) >= _INT64 or value != value.to_integral_value():
        return None
    return int(value)


def rounded(value: Decimal, scale: int, rounding: str) -> Decimal | None:
    """The value with ``scale`` digits after the point (negative: before it); None beyond the range."""
    if not -6111 <= scale <= 6176:
        return None
    try:
        return CONTEXT.plus(value.quantize(Decimal(1).scaleb(-scale, WIDE), rounding, WIDE))
    except DecimalException:
        return None
