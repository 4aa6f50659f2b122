"""JSON in text columns: one way in, one way out, deterministic."""

from typing import Any

import orjson


def dumps(value: object) -> str:
    """Compact JSON with sorted keys; UUID, date and time values become their ISO texts."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()


def loads(text: str | bytes) -> Any:
    """The value of a text that `dumps` wrote."""
    return orjson.loads(text)
