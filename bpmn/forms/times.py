"""Dates and times as people answer them: RFC 3339, section 5.6, with the seconds left out where form-js does so."""

import re
from datetime import date, datetime, time

from bpmn.forms.problems import refusal

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)([Zz]|[+-]\d{2}:\d{2})?", re.ASCII)


def clean_date(value: object) -> str:
    """`2026-11-23`. Raises: ValidationError with NOT_A_DATE."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise refusal("NOT_A_DATE")


def clean_time(value: object) -> str:
    """`09:30:00`, with its offset when one was given. Raises: ValidationError with NOT_A_TIME."""
    if isinstance(value, str) and _TIME.fullmatch(value):
        try:
            return time.fromisoformat(value.upper()).isoformat()
        except ValueError:
            pass
    raise refusal("NOT_A_TIME")


def clean_date_time(value: object) -> str:
    """`2026-11-23T09:30:00+08:00`: the offset as given, so that what the person meant stays visible.

    Raises: ValidationError with NOT_A_DATE_TIME, DATE_TIME_WITHOUT_OFFSET.
    """
    if not isinstance(value, str) or not _DATE.fullmatch(value[:10]) or value[10:11] not in ("T", "t", " "):
        raise refusal("NOT_A_DATE_TIME")
    found = _TIME.fullmatch(value[11:])
    if found is None:
        raise refusal("NOT_A_DATE_TIME")
    try:
        moment = datetime.fromisoformat(f"{value[:10]}T{value[11:].upper()}")
    except ValueError:
        raise refusal("NOT_A_DATE_TIME") from None
    if found.group(2) is None:
        raise refusal("DATE_TIME_WITHOUT_OFFSET")
    return moment.isoformat()
