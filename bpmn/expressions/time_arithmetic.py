"""Arithmetic on dates, times and durations (DMN 1.4 tables 45, 56 and 57). None means: not defined."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, DecimalException

from bpmn.expressions import numbers
from bpmn.expressions.eras import CYCLE, Far, has_zone, join, moment, split
from bpmn.expressions.iso import MAX_MONTHS, YearsMonths

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)


def offset(value: datetime | time) -> timedelta | None:
    """The value's distance from UTC; None without a zone, and for a named zone without a date."""
    return value.utcoffset() if value.tzinfo is not None else None


def plus_months(value: date | Far, months: int) -> date | Far:
    """The same day that many months later, or the month's last day when it has no such day.

    Raises:
        OverflowError: more than 999,999,999 years away.
    """
    cycles, inside = split(value)
    year, month = divmod(inside.year * 12 + inside.month - 1 + months, 12)
    more, year = divmod(year - 2000, 400)
    day = min(inside.day, monthrange(2000 + year, month + 1)[1])
    return join(cycles + more, inside.replace(year=2000 + year, month=month + 1, day=day))


def plus_span(value: object, span: timedelta) -> object:
    """A date, time or date and time moved by a span; in a named zone by elapsed time, not by the clock.

    Raises:
        OverflowError: more than 999,999,999 years away.
    """
    if type(value) is time:
        moved = datetime.combine(date(2000, 1, 1), value.replace(tzinfo=None)) + span % DAY
        return moved.time().replace(tzinfo=value.tzinfo)
    if isinstance(value, date):
        try:
            return _moved(value, span)
        except OverflowError:
            pass
    if not isinstance(value, date | Far):
        return None
    cycles, inside = split(value)
    more, rest = divmod(span, CYCLE)
    return join(cycles + more, _moved(inside, rest))


def _moved(value: date, span: timedelta) -> date:
    if not isinstance(value, datetime):
        return (datetime.combine(value, time()) + span).date()
    if value.tzinfo is None:
        return value + span
    return (value.astimezone(UTC) + span).astimezone(value.tzinfo)


def between(later: object, earlier: object) -> timedelta | None:
    """``later - earlier`` of two dates, date and times or times; None unless both or neither have a zone.

    Raises:
        OverflowError: when they are further apart than a duration can say.
    """
    if isinstance(later, date | Far) and isinstance(earlier, date | Far):
        if has_zone(later) != has_zone(earlier):
            return None
        (cycles, last), (others, first) = moment(later), moment(earlier)
        return CYCLE * (cycles - others) + (last - first)
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


def months_between(start: date | Far, end: date | Far) -> YearsMonths:
    """Whole months from start to end, negative when end is earlier."""
    first, last = split(start)[1], split(end)[1]
    months = (end.year - start.year) * 12 + last.month - first.month
    if months > 0 and (last.day, _clock(last)) < (first.day, _clock(first)):
        months -= 1
    elif months < 0 and (last.day, _clock(last)) > (first.day, _clock(first)):
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
