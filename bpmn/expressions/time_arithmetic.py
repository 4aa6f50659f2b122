"""Arithmetic on dates, times and durations (DMN 1.4 tables 45, 56 and 57). None means: not defined."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, DecimalException

from bpmn.expressions import numbers
from bpmn.expressions.iso import MAX_MONTHS, YearsMonths

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)


def offset(value: datetime | time) -> timedelta | None:
    """The value's distance from UTC; None without a zone, and for a named zone without a date."""
    return value.utcoffset() if value.tzinfo is not None else None


def plus_months(value: date, months: int) -> date:
    """The same day that many months later, or the month's last day when it has no such day.

    Raises:
        ValueError: beyond the years 1 to 9999.
    """
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(year)
    return value.replace(year=year, month=month + 1, day=min(value.day, monthrange(year, month + 1)[1]))


def plus_span(value: object, span: timedelta) -> object:
    """A date, time or date and time moved by a span; in a named zone by elapsed time, not by the clock.

    Raises:
        OverflowError: beyond the years 1 to 9999.
    """
    if type(value) is time:
        moved = datetime.combine(date(2000, 1, 1), value.replace(tzinfo=None)) + span % DAY
        return moved.time().replace(tzinfo=value.tzinfo)
    if type(value) is datetime:
        if value.tzinfo is None:
            return value + span
        return (value.astimezone(UTC) + span).astimezone(value.tzinfo)
    if type(value) is date:
        return (datetime.combine(value, time()) + span).date()
    return None


def instant(value: date) -> datetime:
    """A date as its midnight in UTC, a date and time as it is, in UTC when it has a zone."""
    if type(value) is date:
        return datetime.combine(value, time(), UTC)
    assert isinstance(value, datetime)
    return value.astimezone(UTC) if value.tzinfo is not None else value


def between(later: object, earlier: object) -> timedelta | None:
    """``later - earlier`` of two dates, date and times or times; None unless both or neither have a zone."""
    if isinstance(later, date) and isinstance(earlier, date):
        first, second = instant(later), instant(earlier)
        return None if (first.tzinfo is None) != (second.tzinfo is None) else first - second
    if type(later) is time and type(earlier) is time:
        return _between_times(later, earlier)
    return None


def _between_times(later: time, earlier: time) -> timedelta | None:
    if (later.tzinfo is None) != (earlier.tzinfo is None):
        return None
    return since_midnight(later) - since_midnight(earlier)


def since_midnight(value: time) -> timedelta:
    """The time of day as a span, in UTC when the offset is known."""
    span = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return span - (offset(value) or timedelta(0))


def months_between(start: date, end: date) -> YearsMonths:
    """Whole months from start to end, negative when end is earlier."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and (end.day, _clock(end)) < (start.day, _clock(start)):
        months -= 1
    elif months < 0 and (end.day, _clock(end)) > (start.day, _clock(start)):
        months += 1
    return YearsMonths(months)


def _clock(value: date) -> time:
    return value.time() if isinstance(value, datetime) else time()


def scaled(span: timedelta | YearsMonths, factor: Decimal, divide: bool) -> object:
    """A duration times or divided by a number; a part of a month is cut off. None beyond the range."""
    amount = Decimal(span.months if isinstance(span, YearsMonths) else span // MICROSECOND)
    try:
        result = numbers.CONTEXT.divide(amount, factor) if divide else numbers.CONTEXT.multiply(amount, factor)
        if isinstance(span, YearsMonths):
            return YearsMonths(int(result)) if abs(result) <= MAX_MONTHS else None
        return timedelta(microseconds=int(result)) if abs(result) < Decimal(10) ** 20 else None
    except (DecimalException, OverflowError):
        return None


def seconds(span: timedelta) -> Decimal:
    """A span in seconds, exact to the microsecond."""
    return Decimal(span // MICROSECOND).scaleb(-6)


def zone_name(value: tzinfo | None) -> str | None:
    """The name of a named zone."""
    return getattr(value, "key", None)
