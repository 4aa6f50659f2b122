"""Fields with our own codes in place of sentences, strict about types."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from bpmn.forms.problems import Problem

_ALWAYS = {"required": "FIELD_REQUIRED", "null": "FIELD_REQUIRED", "validator_failed": "VALUE_INVALID"}


class Taken(Schema):
    """A body or query: what it does not declare is refused."""

    error_messages = {"unknown": "UNKNOWN_FIELD", "type": "NOT_AN_OBJECT"}  # noqa: RUF012 - as marshmallow declares it

    class Meta:
        """See marshmallow."""

        unknown = RAISE


class Shown(Schema):
    """An answer, for the document."""


class Length(validate.Length):
    """As marshmallow's, saying by how much."""

    def __call__(self, value: Any) -> Any:
        """The value, when its length is within the bounds."""
        actual = len(value)
        if self.max is not None and actual > self.max:
            code = "FIELD_TOO_LONG" if isinstance(value, str) else "TOO_MANY_ITEMS"
            raise ValidationError(
                [Problem(code=code, params={"maximum": self.max, "limit": self.max, "actual": actual})]
            )
        if self.min is not None and actual < self.min:
            code = "FIELD_REQUIRED" if self.min == 1 else "FIELD_TOO_SHORT"
            raise ValidationError([Problem(code=code, params={"minimum": self.min, "actual": actual})])
        return value


class Range(validate.Range):
    """As marshmallow's, saying which bound was passed."""

    def __call__(self, value: Any) -> Any:
        """The value, when it is within the bounds."""
        if self.min is not None and value < self.min:
            raise ValidationError([Problem(code="NUMBER_TOO_SMALL", params={"minimum": self.min})])
        if self.max is not None and value > self.max:
            raise ValidationError([Problem(code="NUMBER_TOO_LARGE", params={"maximum": self.max})])
        return value


class OneOf(validate.OneOf):
    """As marshmallow's, naming the value."""

    def __call__(self, value: Any) -> Any:
        """The value, when it is one of the choices."""
        if value not in self.choices:
            raise ValidationError([Problem(code="NOT_AN_OPTION", params={"value": str(value)[:100]})])
        return value


class Str(fields.String):
    """Text."""

    default_error_messages = {**_ALWAYS, "invalid": "NOT_A_TEXT", "invalid_utf8": "TEXT_NOT_UNICODE"}  # noqa: RUF012


class Flag(fields.Boolean):
    """True or false in JSON, `true` or `false` in a query; nothing that merely resembles them."""

    default_error_messages = {**_ALWAYS, "invalid": "NOT_A_BOOLEAN"}  # noqa: RUF012

    truthy = {True, "true"}  # noqa: RUF012
    falsy = {False, "false"}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        # 1 equals True in Python, but not in JSON.
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Whole(fields.Integer):
    """A whole number in JSON."""

    default_error_messages = {**_ALWAYS, "invalid": "NOT_A_NUMBER", "too_large": "NUMBER_TOO_LARGE"}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        # 1.0 is a whole number, 1.5 is not the version 1.
        if isinstance(value, bool | str) or (isinstance(value, float) and value % 1 != 0):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class QueryWhole(fields.Integer):
    """A whole number in a query, where everything is text."""

    default_error_messages = {**_ALWAYS, "invalid": "NOT_A_NUMBER", "too_large": "NUMBER_TOO_LARGE"}  # noqa: RUF012


class Items(fields.List[Any]):
    """A list."""

    default_error_messages = {**_ALWAYS, "invalid": "NOT_A_LIST"}  # noqa: RUF012


class Entries(fields.Dict):
    """An object whose keys are not known beforehand."""

    default_error_messages = {**_ALWAYS, "invalid": "NOT_AN_OBJECT"}  # noqa: RUF012


class Part(fields.Nested):
    """An object of its own schema."""

    default_error_messages = {**_ALWAYS, "type": "NOT_AN_OBJECT"}  # noqa: RUF012


class Instant(fields.AwareDateTime):
    """A moment in RFC 3339, with its offset."""

    default_error_messages = {  # noqa: RUF012
        **_ALWAYS,
        "invalid": "NOT_A_DATE_TIME",
        "format": "NOT_A_DATE_TIME",
        "invalid_awareness": "DATE_TIME_WITHOUT_OFFSET",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type="datetime")
        return super()._deserialize(value, attr, data, **kwargs)


def text(limit: int, *, least: int = 1, required: bool = True, **more: Any) -> Str:
    """Text of `least` to `limit` characters."""
    return Str(required=required, validate=Length(min=least, max=limit), **more)


def choice(of: type[StrEnum] | Iterable[str], *, required: bool = False, **more: Any) -> Str:
    """One of some words."""
    return Str(required=required, validate=OneOf([str(each) for each in of]), **more)


def whole(least: int, most: int, **more: Any) -> Whole:
    """A whole number within bounds."""
    return Whole(validate=Range(min=least, max=most), **more)


def items(each: fields.Field[Any], most: int, **more: Any) -> Items:
    """A list of at most so many."""
    return Items(each, validate=Length(max=most), **more)
