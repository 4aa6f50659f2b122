"""Dates, times and durations as text: ISO 8601 with XML Schema's and FEEL's additions (DMN 1.4 section 10.3.2.3).

Seconds run to microseconds, as in Python's datetime; further digits are cut off.
A named zone is written ``@Europe/Paris``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bpmn.expressions.eras import Far, combine, join, make_date, split

MAX_MONTHS = 12 * 1_000_000_000


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A years and months duration, in months."""

    months: int


_DATE = r"(-?(?:\d{4}|[1-9]\d{4,8}))-(\d{2})-(\d{2})"
_TIME = r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,20}))?(Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z0-9_+/-]{1,64})?"
_OFFSET = re.compile(r"[+-]\d{2}:\d{2}(?::\d{2})?", re.ASCII)
_DATE_TEXT = re.compile(_DATE, re.ASCII)
_TIME_TEXT = re.compile("T?" + _TIME, re.ASCII)
_DATE_TIME_TEXT = re.compile(f"{_DATE}T{_TIME}", re.ASCII)
_MONTHS_TEXT = re.compile(r"(-)?P(?=\d)(?:(\d{1,12})Y)?(?:(\d{1,12})M)?", re.ASCII)
_DAYS_TEXT = re.compile(
    r"(-)?P(?=\d|T)(?:(\d{1,12})D)?(?:T(?=\d)(?:(\d{1,15})H)?(?:(\d{1,15})M)?(?:(\d{1,18})(?:\.(\d{1,20}))?S)?)?",
    re.ASCII,
)


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def zone(text: str | None) -> tzinfo | None:
    """The zone that ``Z``, ``+08:00`` or ``@Asia/Shanghai`` names; None without text.

    Raises:
        ValueError: for an unknown name or an offset beyond 14 hours.
    """
    if not text:
        return None
    if text == "Z":
        return UTC
    if text.startswith("@"):
        if text[1:] not in _zone_names():
            raise ValueError(text)
        return ZoneInfo(text[1:])
    hours, minutes, seconds = ([int(part) for part in text[1:].split(":")] + [0])[:3]
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if offset > timedelta(hours=14) or minutes > 59 or seconds > 59:
        raise ValueError(text)
    return timezone(-offset if text[0] == "-" else offset)


def parse_zone(text: str) -> tzinfo:
    """The zone that ``Z``, ``+08:00`` or ``Asia/Shanghai`` names.

    Raises:
        ValueError: for anything else.
    """
    found = zone(text if text == "Z" or _OFFSET.fullmatch(text) else f"@{text}")
    assert found is not None
    return found


def _micros(fraction: str | None) -> int:
    return int(((fraction or "") + "000000")[:6])


def _clock(parts: tuple[str | None, ...]) -> time:
    hour, minute, second, fraction, offset = parts
    return time(int(hour or 0), int(minute or 0), int(second or 0), _micros(fraction), zone(offset))


def parse_date(text: str) -> date | Far | None:
    """A date, or None when the text is not one."""
    match = _DATE_TEXT.fullmatch(text)
    try:
        return make_date(*map(int, match.groups())) if match else None
    except (ValueError, OverflowError):
        return None


def parse_time(text: str) -> time | None:
    """A time of day, with its zone if the text names one, or None."""
    match = _TIME_TEXT.fullmatch(text)
    try:
        return _clock(match.groups()) if match else None
    except ValueError:
        return None


def parse_date_time(text: str) -> date | Far | None:
    """A date and time; ``24:00:00`` is the next midnight; None when the text is neither date nor date-time."""
    match = _DATE_TIME_TEXT.fullmatch(text)
    if match is None:
        day = parse_date(text)
        return combine(day, time()) if day else None
    groups = list(match.groups())
    end_of_day = groups[3:6] == ["24", "00", "00"] and not _micros(groups[6])
    try:
        day = make_date(int(groups[0]), int(groups[1]), int(groups[2]))
        if end_of_day:
            cycles, inside = split(day)
            groups[3], day = "00", join(cycles, inside + timedelta(days=1))
        return combine(day, _clock(tuple(groups[3:])))
    except (ValueError, OverflowError):
        return None


def parse_duration(text: str) -> timedelta | YearsMonths | None:
    """A days and time or a years and months duration, or None; the two are never mixed."""
    match = _MONTHS_TEXT.fullmatch(text)
    if match:
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonths(-months if match[1] else months) if months <= MAX_MONTHS else None
    match = _DAYS_TEXT.fullmatch(text)
    if match is None or not any(match.groups()[1:]):
        return None
    days, hours, minutes, seconds = (int(group or 0) for group in match.groups()[1:5])
    try:
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=_micros(match[6]))
        return -span if match[1] else span
    except OverflowError:
        return None


def parse_at(text: str) -> object:
    """The value of ``@"..."``: the first of date, date and time, time and duration that the text is."""
    parsers: tuple[Callable[[str], object], ...] = (parse_date, parse_date_time, parse_time, parse_duration)
    for parse in parsers:
        value = parse(text)
        if value is not None:
            return value
    return None


def zone_text(value: tzinfo | None, at: datetime | None) -> str:
    """How a zone is written after a time: empty, ``Z``, an offset or ``@name``."""
    if value is None:
        return ""
    if isinstance(value, ZoneInfo):
        return f"@{value.key}"
    offset = value.utcoffset(at)
    if not offset:
        return "Z"
    sign, span = ("-", -offset) if offset < timedelta(0) else ("+", offset)
    minutes, seconds = divmod(span.days * 86_400 + span.seconds, 60)
    text = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text


def iso_text(value: object) -> str | None:
    """A date, time or duration as text; None for anything else."""
    if isinstance(value, Far):
        text = iso_text(value.inside) or ""
        return f"{'-' if value.year < 0 else ''}{abs(value.year):04}{text[4:]}"
    if isinstance(value, datetime):
        naive = value.replace(tzinfo=None)
        return f"{naive.date().isoformat()}T{_clock_text(naive.time())}{zone_text(value.tzinfo, value)}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{_clock_text(value)}{zone_text(value.tzinfo, None)}"
    if isinstance(value, timedelta):
        return _days_text(value)
    return _months_text(value.months) if isinstance(value, YearsMonths) else None


def _clock_text(value: time) -> str:
    text = f"{value.hour:02}:{value.minute:02}:{value.second:02}"
    return f"{text}.{value.microsecond:06}".rstrip("0") if value.microsecond else text


def _days_text(value: timedelta) -> str:
    sign, span = ("-", -value) if value < timedelta(0) else ("", value)
    minutes, seconds = divmod(span.seconds, 60)
    days = f"{span.days}D" if span.days else ""
    clock = f"{minutes // 60}H" if minutes >= 60 else ""
    clock += f"{minutes % 60}M" if minutes % 60 else ""
    if span.microseconds:
        clock += f"{seconds}.{span.microseconds:06}".rstrip("0") + "S"
    elif seconds:
        clock += f"{seconds}S"
    if not days and not clock:
        return "PT0S"
    return f"{sign}P{days}T{clock}" if clock else f"{sign}P{days}"


def _months_text(months: int) -> str:
    if not months:
        return "P0M"
    years, rest = divmod(abs(months), 12)
    text = (f"{years}Y" if years else "") + (f"{rest}M" if rest else "")
    return f"-P{text}" if months < 0 else f"P{text}"
