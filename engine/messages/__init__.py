"""Messages of the engine's codes, in Chinese and English, made from code and parameters where they are shown.

What the engine does not know is asked of `bpmn.messages`, so that one `render` speaks for both.
"""

from collections.abc import Mapping
from datetime import datetime
from string import Formatter
from typing import Any, Final

from bpmn import messages as texts
from engine.messages import fields, gate, people, processes, running, tickets
from engine.zone import at_home

MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    **gate.MESSAGES,
    **fields.MESSAGES,
    **people.MESSAGES,
    **processes.MESSAGES,
    **tickets.MESSAGES,
    **running.MESSAGES,
}
"""Code -> (zh-CN, en)."""


class _Filler(Formatter):
    """Fills a sentence with whole parameters as text: no attribute or index of a value can be reached."""

    def get_field(self, field_name: str, _args: Any, kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        return _word(kwargs.get(field_name)), field_name


def template(code: str, params: Mapping[str, object], language: str) -> str | None:
    """The sentence of a code before its parameters are filled in; None for an unknown code."""
    found = MESSAGES.get(code)
    if found is None:
        return texts.template(code, params, language)
    return found[0] if language.startswith("zh") else found[1]


def render(code: str, params: Mapping[str, object], language: str) -> str:
    """The sentence for a code in `zh-CN` or `en` (any other tag reads English); an unknown code gives itself.

    Moments are shown in the installation's zone.
    """
    found = MESSAGES.get(code)
    if found is None:
        return texts.render(code, params, language)
    return fill(found, params, language)


def fill(sentences: tuple[str, str], params: Mapping[str, object], language: str) -> str:
    """The one of the two sentences (zh-CN, en) that is for this language, with its parameters filled in."""
    return _Filler().vformat(sentences[0] if language.startswith("zh") else sentences[1], (), params)


def _word(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return at_home(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_word(each) for each in value)
    return str(value)
