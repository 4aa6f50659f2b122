"""Numbers in addresses: the versions and deployments of a process are counted from 1."""

from typing import Any

from werkzeug.routing import IntegerConverter


class Number(IntegerConverter):
    """`<number:n>`: 1 to 999999999 without leading zeros; anything else is no address of ours."""

    regex = r"[1-9][0-9]{0,8}"


def number_schema(_converter: Number) -> dict[str, Any]:
    """How the document describes such a number."""
    return {"type": "integer", "minimum": 1, "maximum": 999_999_999}
