"""Cutting to a page: how many rows a statement gives stands in its text."""

from typing import Any

import sqlalchemy as sa

KEPT = 256
"""Statements of one kind that are kept, each for a page's size and the conditions asked for."""


def cut(limit: int) -> Any:
    """What `limit()` takes.

    As a parameter it would have PostgreSQL plan for a tenth of the table, and then rather read and sort all of that.
    """
    return sa.literal_column(str(limit))
