"""Regular expressions of forms, run by re2: linear in the text, bounded in memory, whatever the pattern."""

from collections.abc import Callable
from functools import lru_cache

import re2

from bpmn.limits import REGEX_MEMORY, REGEX_PATTERN


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Callable[[str], bool] | None:
    """A test whether the pattern is found in a text (as HTML and form-js do, unanchored), or None for a bad one."""
    if len(pattern) > REGEX_PATTERN:
        return None
    options = re2.Options()
    options.max_mem = REGEX_MEMORY
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options=options)
    except (re2.error, UnicodeError):
        return None
    return lambda text: compiled.search(text) is not None
