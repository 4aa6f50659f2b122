"""Date and time functions (DMN 1.4 tables 82 and 83); ``now`` and ``today`` come from the evaluation's clock."""

from calendar import monthrange
from datetime import date, datetime, time
from decimal import Decimal

from bpmn.expressions.comparison import equal
from bpmn.expressions.eras import Far, day_of, join, split
from bpmn.expressions.iso import iso_text
from bpmn.expressions.registry import feel
from bpmn.expressions.runtime import Runtime

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@feel("now", "")
def now(rt: Runtime) -> object:
    return rt.now


@feel("today", "")
def today(rt: Runtime) -> object:
    return rt.now.date()


@feel("day of year", "date:d", "date:dt")
def day_of_year(value: date | Far) -> object:
    return Decimal(split(value)[1].timetuple().tm_yday)


@feel("day of week", "date:d", "date:dt")
def day_of_week(value: date | Far) -> object:
    return _DAYS[split(value)[1].weekday()]


@feel("month of year", "date:d", "date:dt")
def month_of_year(value: date | Far) -> object:
    return _MONTHS[split(value)[1].month - 1]


@feel("week of year", "date:d", "date:dt")
def week_of_year(value: date | Far) -> object:
    return Decimal(split(value)[1].isocalendar().week)


@feel("last day of month", "date:d", "date:dt")
def last_day_of_month(value: date | Far) -> object:
    cycles, inside = split(day_of(value))
    return join(cycles, inside.replace(day=monthrange(inside.year, inside.month)[1]))


@feel("is", "value1:a, value2:a")
def is_same(rt: Runtime, left: object, right: object) -> object:
    """Whether the values are the same in FEEL's domain: for times and date-times also their zone."""
    if isinstance(left, datetime | time | Far) and type(left) is type(right):
        return iso_text(left) == iso_text(right)
    return equal(rt, left, right) is True
