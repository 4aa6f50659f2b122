"""Moments as people read them: by their own clock, and how long ago."""

from datetime import datetime, timedelta

from app.web.reader import reading
from app.web.translating import gettext, ngettext

_FORMAT = "%Y-%m-%d %H:%M"


def moment(value: datetime) -> str:
    """`2026-11-23 10:20` in the reader's zone."""
    return _here(value).strftime(_FORMAT)


def age(value: datetime) -> str:
    """How long ago, in the largest unit that says enough."""
    return span(max(reading().now - value, timedelta()))


def span(length: timedelta) -> str:
    """A length of time in its largest unit."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return gettext("now")
    if minutes < 60:
        return ngettext("%(num)s min", "%(num)s min", minutes)
    if minutes < 48 * 60:
        return ngettext("%(num)s h", "%(num)s h", minutes // 60)
    return ngettext("%(num)s day", "%(num)s days", minutes // (24 * 60))


def iso(value: datetime) -> str:
    """The moment for a `datetime` attribute."""
    return value.isoformat(timespec="seconds")


def from_text(value: object) -> object:
    """A moment out of a text that is one (answers that were kept hold them so), else the value as it is."""
    if not isinstance(value, str) or len(value) < 16 or value[4:5] != "-":
        return value
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return value
    return found if found.tzinfo is not None else value


def local_input(value: object) -> str:
    """A date-time answer as `datetime-local` shows it, in the reader's zone; what is no date-time stays as typed."""
    found = from_text(value)
    if isinstance(found, datetime):
        return _here(found).strftime("%Y-%m-%dT%H:%M")
    return "" if value is None else str(value)


def _here(value: datetime) -> datetime:
    """The moment by the reader's clock; by its own where the reader's calendar has no year for it."""
    try:
        return value.astimezone(reading().zone)
    except OverflowError:
        return value
