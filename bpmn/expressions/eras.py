"""Dates of the years before 1 and after 9999, which Python's datetime cannot hold and FEEL allows.

The calendar repeats every 400 years, weekdays included. So a far date is one of the years 2000 to 2399 and
the number of such cycles it lies away; years are numbered as in ISO 8601, with a year 0.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

CYCLE: Final = timedelta(days=146_097)
FAR_YEARS: Final = 999_999_999
_YEARS, _FIRST = 400, 2000


@dataclass(frozen=True, slots=True)
class Far:
    """A date, or a date and time, whose year is not one of 1 to 9999: ``inside`` is its like in 2000 to 2399."""

    inside: date
    cycles: int

    @property
    def year(self) -> int:
        return self.inside.year + _YEARS * self.cycles


def split(value: "date | Far") -> tuple[int, date]:
    """The cycles of 400 years and the like of the value in the years 2000 to 2399."""
    if isinstance(value, Far):
        return value.cycles, value.inside
    cycles, year = divmod(value.year - _FIRST, _YEARS)
    return cycles, value.replace(year=_FIRST + year)


def join(cycles: int, value: date) -> "date | Far":
    """The value moved by so many cycles.

    Raises:
        OverflowError: more than 999,999,999 years away.
    """
    more, inside = split(value)
    year = inside.year + _YEARS * (cycles + more)
    if abs(year) > FAR_YEARS:
        raise OverflowError(year)
    return inside.replace(year=year) if 1 <= year <= 9999 else Far(inside, cycles + more)


def make_date(year: int, month: int, day: int) -> "date | Far":
    """The date of these numbers.

    Raises:
        ValueError: when there is no such day.
        OverflowError: more than 999,999,999 years away.
    """
    if 1 <= year <= 9999:
        return date(year, month, day)
    cycles, inside = divmod(year - _FIRST, _YEARS)
    return join(cycles, date(_FIRST + inside, month, day))


def combine(day: "date | Far", clock: time) -> "date | Far":
    """The day at that time of day."""
    cycles, inside = split(day)
    moment = datetime.combine(inside, clock)
    return join(cycles, moment) if isinstance(day, Far) else datetime.combine(day, clock)


def day_of(value: "date | Far") -> "date | Far":
    """The date of a date and time; a date is itself."""
    if isinstance(value, Far):
        return Far(value.inside.date(), value.cycles) if isinstance(value.inside, datetime) else value
    return value.date() if isinstance(value, datetime) else value


def has_zone(value: "date | Far") -> bool:
    """Whether the value's moment is known: a date counts as its midnight in UTC."""
    inside = split(value)[1]
    return not isinstance(inside, datetime) or inside.tzinfo is not None


def moment(value: "date | Far") -> tuple[int, datetime]:
    """What orders values with a zone in time, and values without one among themselves."""
    cycles, inside = split(value)
    if not isinstance(inside, datetime):
        return cycles, datetime.combine(inside, time())
    # The offset of a named zone is that of the real year, as long as Python knows it.
    offset = value.utcoffset() if isinstance(value, datetime) else inside.utcoffset()
    more, shifted = split(inside.replace(tzinfo=None) - (offset or timedelta(0)))
    assert isinstance(shifted, datetime)
    return cycles + more, shifted
