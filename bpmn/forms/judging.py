"""What may be wrong with a clean answer in the light of the other answers, the variables and the installation."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Protocol

from bpmn.forms.deciding import Decided, is_empty
from bpmn.forms.model import CHOICES, Field, FieldType
from bpmn.forms.problems import Problem


class Lookup(Protocol):
    """What the check may ask of an installation; `bpmn.forms.mentions` says beforehand what it will ask."""

    def user_exists(self, name: str) -> bool:
        """Whether an active user has this name."""

    def business_exists(self, key: str) -> bool:
        """Whether an active business has this key."""

    def role_exists(self, key: str) -> bool:
        """Whether a role has this key."""


def problems_of(field: Field, *, answers: Mapping[str, object], decided: Decided, lookup: Lookup) -> Iterator[Problem]:
    """The problems of one field that is shown and whose answer, if any, is right by itself."""
    value = decided.values.get(field.key)
    if field.key in decided.readonly:
        if field.key in answers and not _same(answers[field.key], value):
            yield Problem(code="READ_ONLY_FIELD")
        return
    if is_empty(value) or (field.type is FieldType.CHECKBOX and value is False):
        if decided.required(field):
            yield Problem(code="FIELD_REQUIRED")
        return
    yield from _reference(field, value, decided, lookup)
    if field.disallow_past and _is_past(field, value, decided.evaluation.now):
        yield Problem(code="DATE_IN_THE_PAST")


def _same(sent: object, held: object) -> bool:
    """Equal as JSON: 3 and 3.0 are, true and 1 are not."""
    if is_empty(sent) or is_empty(held):
        return is_empty(sent) and is_empty(held)
    return sent == held and isinstance(sent, bool) == isinstance(held, bool)


def _reference(field: Field, value: object, decided: Decided, lookup: Lookup) -> Iterator[Problem]:
    values = [each for each in value if isinstance(each, str)] if isinstance(value, list) else [str(value)]
    if field.widget in _ASKED:
        code, exists = _ASKED[field.widget]
        wrong = [each for each in values if not exists(lookup, each)]
    elif field.type in CHOICES:
        allowed = {option.value for option in decided.options(field)}
        code, wrong = "NOT_AN_OPTION", [each for each in values if each not in allowed]
    else:
        return
    yield from (Problem(code=code, params={"value": each}) for each in wrong)


_ASKED: Mapping[str | None, tuple[str, Callable[[Lookup, str], bool]]] = {
    "user": ("USER_UNKNOWN", lambda lookup, name: lookup.user_exists(name)),
    "users": ("USER_UNKNOWN", lambda lookup, name: lookup.user_exists(name)),
    "business": ("BUSINESS_UNKNOWN", lambda lookup, key: lookup.business_exists(key)),
    "role": ("ROLE_UNKNOWN", lambda lookup, key: lookup.role_exists(key)),
}


def _is_past(field: Field, value: object, now: datetime) -> bool:
    if field.type is not FieldType.DATE_TIME or not isinstance(value, str):
        return False
    if field.subtype == "datetime":
        return datetime.fromisoformat(value) < now.replace(hour=0, minute=0, second=0, microsecond=0)
    return field.subtype == "date" and date.fromisoformat(value) < now.date()
