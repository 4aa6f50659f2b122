"""Texts with `{{ feel }}` parts, as form-js's text component has them."""

from collections.abc import Iterator
from functools import lru_cache


@lru_cache(maxsize=1024)
def parts_of(text: str) -> tuple[tuple[bool, str], ...]:
    """The text in order as (literal, text) pairs: what is not literal is a FEEL text to be evaluated.

    An opening `{{` without its end is literal. A text that begins with `=` is one expression (form-js's rule).
    """
    if text.startswith("="):
        return ((False, text[1:].strip()),)
    return tuple((literal, part) for literal, part in _split(text) if part)


def _split(text: str) -> Iterator[tuple[bool, str]]:
    """Found with `str.find` rather than a regular expression, so that unclosed braces cost no second pass."""
    at = 0
    while (begin := text.find("{{", at)) >= 0 and (end := text.find("}}", begin + 2)) >= 0:
        yield True, text[at:begin]
        yield False, text[begin + 2 : end].strip()
        at = end + 2
    yield True, text[at:]
