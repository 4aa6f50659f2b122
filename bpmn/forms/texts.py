"""A text answer made safe to keep: valid Unicode in normal form C, with one kind of line end."""

import unicodedata
from collections.abc import Iterable

from bpmn.forms.problems import refusal
from bpmn.limits import COMBINING_RUN, TEXT_AREA


def clean_text(value: object, *, one_line: bool) -> str:
    """The text in NFC with `\\n` as its only line end.

    Raises: marshmallow's ValidationError with NOT_A_TEXT, FIELD_TOO_LONG, TEXT_NOT_UNICODE (NUL or a lone
    surrogate), TEXT_NOT_ONE_LINE, TEXT_TOO_MANY_MARKS.
    """
    if not isinstance(value, str):
        raise refusal("NOT_A_TEXT")
    if len(value) > TEXT_AREA:
        raise refusal("FIELD_TOO_LONG", maximum=TEXT_AREA, actual=len(value))
    if not storable(value):
        raise refusal("TEXT_NOT_UNICODE")
    text = value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    if one_line and any(end in text for end in "\n\v\f\x85\u2028\u2029"):
        # A line end in a title would be one in a mail subject too.
        raise refusal("TEXT_NOT_ONE_LINE")
    found = normalised(text)
    if found is None:
        raise refusal("TEXT_TOO_MANY_MARKS", maximum=COMBINING_RUN)
    return found


def storable(text: str) -> bool:
    """Whether both databases can keep the text: no NUL, no half of a surrogate pair (RFC 8259 section 8.2)."""
    if "\0" in text:
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def normalised(text: str) -> str | None:
    """The text in NFC, or None when it carries more combining marks in a row than are read (UAX #15 section 13)."""
    if text.isascii():
        return text
    if _longest_run(map(unicodedata.combining, text)) > COMBINING_RUN:
        return None
    return unicodedata.normalize("NFC", text)


def _longest_run(classes: Iterable[int]) -> int:
    longest = run = 0
    for each in classes:
        run = run + 1 if each else 0
        longest = max(longest, run)
    return longest
