"""A number as people answer it: exact in JSON, in both databases and in a browser."""

from collections.abc import Callable
from decimal import Decimal
from math import isnan
from typing import Any

from bpmn.forms.model import Field
from bpmn.forms.problems import refusal

LARGEST_NUMBER = 10**15
"""Whole numbers up to here are exact as floating-point numbers."""


def number_of(field: Field) -> Callable[[Any], int | float]:
    """The function that makes a raw JSON value the number this field takes or raises marshmallow's ValidationError.

    Codes: NOT_A_NUMBER, NUMBER_TOO_SMALL, NUMBER_TOO_LARGE, TOO_MANY_DECIMALS.
    """

    def clean(value: Any) -> int | float:
        if type(value) is not int and (type(value) is not float or isnan(value)):
            raise refusal("NOT_A_NUMBER")
        _check_range(field, value)
        if field.decimal_digits is not None and _digits(value) > field.decimal_digits:
            raise refusal("TOO_MANY_DECIMALS", maximum=field.decimal_digits)
        return int(value) if value == int(value) else value

    return clean


def _check_range(field: Field, value: float) -> None:
    least = -LARGEST_NUMBER if field.minimum is None else field.minimum
    most = LARGEST_NUMBER if field.maximum is None else field.maximum
    if value < least:
        raise refusal("NUMBER_TOO_SMALL", minimum=_plain(least))
    if value > most:
        raise refusal("NUMBER_TOO_LARGE", maximum=_plain(most))


def _plain(number: float) -> float:
    return int(number) if number == int(number) else number


def _digits(value: float) -> int:
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
