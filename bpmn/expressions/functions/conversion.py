"""Conversion functions (DMN 1.4 table 74)."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from bpmn import limits
from bpmn.expressions import numbers
from bpmn.expressions.eras import Far, combine, day_of, make_date
from bpmn.expressions.errors import BudgetExhausted, Null
from bpmn.expressions.functions.strings import whole
from bpmn.expressions.iso import iso_text, parse_date, parse_date_time, parse_duration, parse_time, parse_zone, zone
from bpmn.expressions.registry import feel
from bpmn.expressions.runtime import Runtime
from bpmn.expressions.time_arithmetic import months_between
from bpmn.expressions.values import Range, range_parts

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def _parsed(value: object, text: str, wanted: str) -> object:
    if value is None:
        raise Null("NOT_PARSED", wanted=wanted, text=text[:80])
    return value


@feel("date", "from:s")
def date_from_text(text: str) -> object:
    return _parsed(parse_date(text), text, "date")


@feel("date", "from:d", "from:dt")
def date_from(value: date | Far) -> object:
    return day_of(value)


@feel("date", "year:n, month:n, day:n")
def date_of(year: Decimal, month: Decimal, day: Decimal) -> object:
    try:
        return make_date(whole(year), whole(month), whole(day))
    except (ValueError, OverflowError):
        raise Null("OUT_OF_RANGE", function="date") from None


@feel("time", "from:s")
def time_from_text(text: str) -> object:
    return _parsed(parse_time(text), text, "time")


@feel("time", "from:t", "from:d", "from:dt")
def time_from(value: object) -> object:
    inside = value.inside if isinstance(value, Far) else value
    if isinstance(inside, datetime):
        return inside.timetz()
    return value if isinstance(value, time) else time(tzinfo=zone("Z"))


@feel("time", "hour:n, minute:n, second:n, offset:span?~")
def time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None) -> object:
    micros = int((second % 1).scaleb(6)) if abs(second) < 60 else 0
    try:
        shift = None if offset is None else zone(_offset_text(offset))
        return time(whole(hour), whole(minute), whole(second), micros, shift)
    except (ValueError, OverflowError):
        raise Null("OUT_OF_RANGE", function="time") from None


def _offset_text(offset: timedelta) -> str:
    sign = "-" if offset < timedelta(0) else "+"
    minutes, seconds = divmod(int(abs(offset).total_seconds()), 60)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


@feel("date and time", "from:s")
def date_time_from_text(text: str) -> object:
    return _parsed(parse_date_time(text), text, "date and time")


@feel("date and time", "from:dt")
def date_time_from(value: datetime | Far) -> object:
    return value


@feel("date and time", "date:d, time:t", "date:dt, time:t")
def date_time_of(day: date | Far, clock: time) -> object:
    return combine(day_of(day), clock)


@feel("date and time", "date:dt, timezone:s")
def date_time_in_zone(value: datetime | Far, name: str) -> object:
    try:
        if isinstance(value, Far):
            raise OverflowError
        wanted = parse_zone(name)
        return value.astimezone(wanted) if value.tzinfo else value.replace(tzinfo=wanted)
    except (ValueError, OverflowError):
        raise Null("OUT_OF_RANGE", function="date and time") from None


@feel("duration", "from:s")
def duration_from_text(text: str) -> object:
    return _parsed(parse_duration(text), text, "duration")


@feel("duration", "from:span", "from:months")
def duration_from(value: object) -> object:
    return value


@feel("years and months duration", "from:d, to:d", "from:dt, to:dt", "from:d, to:dt", "from:dt, to:d")
def years_and_months(start: date | Far, end: date | Far) -> object:
    return months_between(start, end)


@feel("number", "from:n")
def number_from(value: Decimal) -> object:
    return value


@feel("number", "from:s")
def number_from_text(text: str) -> object:
    number = numbers.from_text(text) if _NUMBER.fullmatch(text) else None
    return _parsed(number, text, "number")


@feel("number", "from:s, grouping separator:s?~, decimal separator:s?~")
def number_with_separators(text: str, grouping: str | None = None, point: str | None = None) -> object:
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", ".") or (point and point == grouping):
        raise Null("ARGUMENTS", function="number")
    plain = text.replace(grouping, "") if grouping else text
    return number_from_text(plain.replace(point, ".") if point else plain)


@feel("string", "from:a")
def string_from(rt: Runtime, value: object) -> object:
    return None if value is None else rt.text(to_text(rt, value))


def to_text(rt: Runtime, value: object) -> str:
    """The value as FEEL's ``string`` writes it.

    Raises:
        BudgetExhausted: for a value that is too large or too deep to write.
    """
    if isinstance(value, str):
        return value
    parts: list[str] = []
    _write(rt, value, parts, 0)
    return "".join(parts)


def _write(rt: Runtime, value: object, parts: list[str], depth: int) -> None:
    rt.spend(1)
    if depth > limits.DATA_DEPTH:
        raise BudgetExhausted("depth")
    if isinstance(value, list):
        _write_all(rt, "[]", [("", item) for item in value], parts, depth)
    elif isinstance(value, dict):
        _write_all(rt, "{}", [(f"{key}: ", item) for key, item in value.items()], parts, depth)
    elif isinstance(value, Range):
        _write_range(rt, value, parts, depth)
    else:
        text = _scalar(value, depth)
        rt.spend(len(text) // 64)
        parts.append(text)


def _write_all(rt: Runtime, brackets: str, pairs: list[tuple[str, object]], parts: list[str], depth: int) -> None:
    parts.append(brackets[0])
    for place, (label, item) in enumerate(pairs):
        parts.append((", " if place else "") + label)
        _write(rt, item, parts, depth + 1)
    parts.append(brackets[1])


def _write_range(rt: Runtime, value: Range, parts: list[str], depth: int) -> None:
    flags = range_parts(value)
    parts.append("[" if flags["start included"] else "(")
    _write(rt, value.start, parts, depth + 1)
    parts.append("..")
    _write(rt, value.end, parts, depth + 1)
    parts.append("]" if flags["end included"] else ")")


def _scalar(value: object, depth: int) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return numbers.to_text(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if depth else value
    return iso_text(value) or "function"
