"""Messages: what a code means to a reader, in Chinese and English, made from code and parameters when it is shown."""

from collections.abc import Mapping
from string import Formatter
from typing import Any, Final

from bpmn.findings import Finding
from bpmn.messages import expressions, forms, lint, reader, soundness
from bpmn.messages.words import word
from bpmn.text import EN, ZH

LANGUAGES: Final = (ZH, EN)

MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    **reader.MESSAGES,
    **lint.MESSAGES,
    **expressions.MESSAGES,
    **forms.MESSAGES,
    **soundness.MESSAGES,
}
"""Code -> (zh-CN, en). `CODE.what` is preferred where the parameter `what` has that value."""


class _Filler(Formatter):
    """Fills a template with parameters as text: tuples as a path, known words translated, nothing evaluated."""

    def __init__(self, language: str) -> None:
        self._language = language

    def get_field(self, field_name: str, _args: Any, kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        # Only whole parameters: no attribute or index of a value can be reached from a template.
        return word(field_name, kwargs.get(field_name, ""), self._language), field_name


def template(code: str, params: Mapping[str, object], language: str) -> str | None:
    """The sentence of a code before its parameters are filled in; None for an unknown code."""
    found = MESSAGES.get(f"{code}.{params.get('what')}") or MESSAGES.get(code)
    if found is None:
        return None
    return found[0] if language.startswith("zh") else found[1]


def render(code: str, params: Mapping[str, object], language: str) -> str:
    """The sentence for a code in `zh-CN` or `en` (any other tag reads English); an unknown code gives itself."""
    sentence = template(code, params, language)
    return code if sentence is None else _Filler(language).vformat(sentence, (), params)


def messages_of(finding: Finding) -> dict[str, str]:
    """The sentence of a finding in both languages, by language tag."""
    return {language: render(finding.code, finding.params, language) for language in LANGUAGES}
