"""Context functions (DMN 1.4 table 80) and Camunda's ``get or else``."""

from bpmn.expressions.errors import Null
from bpmn.expressions.registry import feel
from bpmn.expressions.runtime import Runtime

Context = dict[str, object]


@feel("get value", "m:c, key:s", "context:c, key:s")
def get_value(context: Context, key: str) -> object:
    return context.get(key)


@feel("get value", "context:c, keys:l")
def get_value_below(context: Context, keys: list[object]) -> object:
    value: object = context
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


@feel("get entries", "m:c", "context:c")
def get_entries(rt: Runtime, context: Context) -> object:
    return rt.items([{"key": key, "value": value} for key, value in context.items()])


@feel("context", "entries:l")
def context_of(rt: Runtime, entries: list[object]) -> object:
    made: Context = {}
    for entry in entries:
        if not isinstance(entry, dict) or "value" not in entry or not isinstance(entry.get("key"), str):
            raise Null("ARGUMENTS", function="context")
        if entry["key"] in made:
            raise Null("DUPLICATE_KEY", key=entry["key"][:80])
        made[entry["key"]] = entry["value"]
    rt.spend(len(made) // 8)
    return made


@feel("context put", "context:c, key:s, value:a")
def context_put(rt: Runtime, context: Context, key: str, value: object) -> object:
    rt.spend(1 + len(context) // 8)
    return {**context, key: value}


@feel("context put", "context:c, keys:l, value:a")
def context_put_below(rt: Runtime, context: Context, keys: list[object], value: object) -> object:
    if not keys or not all(isinstance(key, str) for key in keys):
        raise Null("ARGUMENTS", function="context put")
    made = dict(context)
    level = made
    for key in keys[:-1]:
        rt.spend(1 + len(level) // 8)
        below = level.get(str(key))
        if not isinstance(below, dict):
            raise Null("ARGUMENTS", function="context put")
        level[str(key)] = level = dict(below)
    level[str(keys[-1])] = value
    return made


@feel("context merge", "contexts:l")
def context_merge(rt: Runtime, contexts: list[object]) -> object:
    made: Context = {}
    for context in contexts:
        if not isinstance(context, dict):
            raise Null("ARGUMENTS", function="context merge")
        rt.spend(1 + len(context) // 8)
        made.update(context)
    return made


@feel("get or else", "value:a, default:a")
def get_or_else(value: object, default: object) -> object:
    return default if value is None else value


@feel("is defined", "value:a")
def is_defined(value: object) -> object:
    """As a value; a direct call of ``is defined`` also tells an entry that is null from one that is missing."""
    return value is not None
