"""Typed reading of a component's members: a wrong type is a finding, never an exception and never a silent default."""

from collections.abc import Mapping
from math import nan
from typing import Any

from bpmn.findings import Severity
from bpmn.forms.remarks import Remarks
from bpmn.text import Text

_LARGEST = 1e15
"""Whole numbers up to here are exact as floating-point numbers."""


class Members:
    """One JSON object of a form with the name under which findings speak of it.

    Every reading method marks the member as read; `unread` lists what nobody asked for.
    """

    def __init__(self, raw: Mapping[str, Any], name: str, remarks: Remarks) -> None:
        self.raw = raw
        self.name = name
        self.remarks = remarks
        self._read: set[str] = set()

    def get(self, member: str) -> Any:
        """The member as it stands, or None."""
        self._read.add(member)
        return self.raw.get(member)

    def text(self, member: str) -> str | None:
        """A string member; a number is taken as its digits."""
        value = self.get(member)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self._wrong(member, "string")
        return None

    def flag(self, member: str) -> bool:
        """A boolean member; form-js's properties panel writes custom ones as the strings "true" and "false"."""
        value = self.get(member)
        if value is None or value is False or value in ("", "false"):
            return False
        if value is True or value == "true":
            return True
        self._wrong(member, "boolean")
        return False

    def number(self, member: str) -> float | None:
        """A number or numeric string. A FEEL text here is a finding: we check limits that are numbers only."""
        value = self.get(member)
        if value is None or value == "":
            return None
        try:
            number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else nan
        except (ValueError, OverflowError):
            number = nan
        if abs(number) <= _LARGEST:
            return number
        self._wrong(member, "number")
        return None

    def whole(self, member: str) -> int | None:
        """A whole number that is not negative."""
        number = self.number(member)
        if number is None:
            return None
        if number >= 0 and number == int(number):
            return int(number)
        self._wrong(member, "whole number")
        return None

    def inner(self, member: str) -> "Members":
        """An object member; an absent one reads as an empty object."""
        value = self.get(member)
        if value is not None and not isinstance(value, Mapping):
            self._wrong(member, "object")
        return Members(value if isinstance(value, Mapping) else {}, self.name, self.remarks)

    def rows(self, member: str) -> list[Any]:
        """An array member; an absent one reads as an empty array."""
        value = self.get(member)
        if value is None or isinstance(value, list):
            return value or []
        self._wrong(member, "array")
        return []

    def unread(self) -> list[str]:
        """The members that no method was asked for, in the order of the text."""
        return [member for member in self.raw if member not in self._read]

    def _wrong(self, member: str, expected: str) -> None:
        self.remarks.add("FORM_PROPERTY_INVALID", self.name, Severity.ERROR, property=member, expected=expected)


def translated(default: str | None, what: str, properties: Members) -> Text:
    """A text with its translations, which stand in the properties as `fd:<what>:<language tag>`."""
    prefix = f"fd:{what}:"
    found = [
        (member.removeprefix(prefix), properties.text(member)) for member in properties.raw if member.startswith(prefix)
    ]
    return Text(default=default or "", translations=tuple((tag, text) for tag, text in found if tag and text))
