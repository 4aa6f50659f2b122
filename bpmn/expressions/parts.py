"""The named parts of dates, times, durations and ranges (DMN 1.4 tables 53 to 55 and 65)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from bpmn.expressions.eras import Far
from bpmn.expressions.iso import YearsMonths
from bpmn.expressions.time_arithmetic import offset, zone_name
from bpmn.expressions.values import Range, range_parts

_Parts = dict[str, Callable[..., object]]

_DATE: _Parts = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(value.isoweekday()),
}
_TIME: _Parts = {
    "hour": lambda value: Decimal(value.hour),
    "minute": lambda value: Decimal(value.minute),
    "second": lambda value: Decimal(value.second) + Decimal(value.microsecond).scaleb(-6).normalize(),
    "time offset": offset,
    "timezone": lambda value: zone_name(value.tzinfo),
}
_SPAN: _Parts = {
    "days": lambda value: _signed(value, abs(value).days),
    "hours": lambda value: _signed(value, abs(value).seconds // 3600),
    "minutes": lambda value: _signed(value, abs(value).seconds // 60 % 60),
    "seconds": lambda value: _signed(value, Decimal(abs(value).seconds % 60) + _fraction(abs(value))),
}
_MONTHS: _Parts = {
    "years": lambda value: Decimal(abs(value.months) // 12 * (-1 if value.months < 0 else 1)),
    "months": lambda value: Decimal(abs(value.months) % 12 * (-1 if value.months < 0 else 1)),
}
_OF: dict[type, _Parts] = {
    date: _DATE,
    datetime: {**_DATE, **_TIME},
    time: _TIME,
    timedelta: _SPAN,
    YearsMonths: _MONTHS,
}


def _fraction(span: timedelta) -> Decimal:
    return Decimal(span.microseconds).scaleb(-6).normalize()


def _signed(value: timedelta, amount: Decimal | int) -> Decimal:
    return -Decimal(amount) if value < timedelta(0) else Decimal(amount)


def part_of(value: object, name: str) -> object:
    """The part of that name, or NotImplemented when the value has none of that name."""
    if isinstance(value, Range):
        return range_parts(value).get(name, NotImplemented)
    if isinstance(value, Far):
        return Decimal(value.year) if name == "year" else part_of(value.inside, name)
    part = _OF.get(type(value), {}).get(name)
    return NotImplemented if part is None else part(value)
