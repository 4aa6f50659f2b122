"""FEEL's built-in functions (DMN 1.4 section 10.3.4) and a few of Camunda's; none reads or writes anything."""

from bpmn.expressions.functions import (  # noqa: F401 - importing a module registers its functions.
    contexts,
    conversion,
    lists,
    numeric,
    range_text,
    ranges,
    regex,
    statistics,
    strings,
    temporal,
)
from bpmn.expressions.registry import BUILTINS

__all__ = ["BUILTINS"]
