"""Whether a value is of a type, and the conversions a parameter allows (DMN 1.4 sections 10.3.2.9.3 and 4)."""

from datetime import UTC, date, datetime, time

from bpmn.expressions.ast import TypeRef
from bpmn.expressions.errors import Null
from bpmn.expressions.registry import FunctionValue
from bpmn.expressions.runtime import Runtime
from bpmn.expressions.values import Range, type_name

_DURATIONS = ("days and time duration", "years and months duration")


def conforms(rt: Runtime, value: object, wanted: TypeRef) -> bool:
    """Whether the value is of the type; null is only of type Null."""
    if wanted.name == "Null" or value is None:
        return wanted.name == "Null" and value is None
    if wanted.name == "Any":
        return True
    rt.spend(1)
    if wanted.name == "duration":
        return type_name(value) in _DURATIONS
    if type_name(value) != wanted.name:
        return False
    return not (wanted.inner or wanted.keys) or _parts_conform(rt, value, wanted)


def _parts_conform(rt: Runtime, value: object, wanted: TypeRef) -> bool:
    if isinstance(value, list):
        return all(_member(rt, item, wanted.inner[0]) for item in value)
    if isinstance(value, dict):
        pairs = zip(wanted.keys, wanted.inner, strict=True)
        return all(key in value and _member(rt, value[key], inner) for key, inner in pairs)
    if isinstance(value, Range):
        return all(end is None or conforms(rt, end, wanted.inner[0]) for end in (value.start, value.end))
    return _function_conforms(value, wanted)


def _member(rt: Runtime, value: object, wanted: TypeRef) -> bool:
    """A part of a value may be null whatever its type."""
    return value is None or conforms(rt, value, wanted)


def _function_conforms(value: object, wanted: TypeRef) -> bool:
    """A function takes its parameters' types from its literal; its result is not known before it is called."""
    if not isinstance(value, FunctionValue):
        return False
    params = getattr(value, "params", None)
    return params is None or len(params) == len(wanted.inner) - 1


def coerced(rt: Runtime, value: object, wanted: TypeRef) -> object:
    """The value as an argument of the type: as it is, wrapped into a list, taken out of a list of one,
    or a date as its midnight in UTC.

    Raises:
        Null: when no conversion makes it fit.
    """
    if value is None or conforms(rt, value, wanted):
        return value
    if wanted.name == "date and time" and type(value) is date:
        return datetime.combine(value, time(), UTC)
    if wanted.name == "list" and not isinstance(value, list) and conforms(rt, [value], wanted):
        return [value]
    if isinstance(value, list) and len(value) == 1 and conforms(rt, value[0], wanted):
        return value[0]
    raise Null("ARGUMENTS", wanted=wanted.name, types=[type_name(value)])
