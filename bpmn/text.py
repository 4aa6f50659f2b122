"""Text that a designer wrote in one language or in several."""

from dataclasses import dataclass

ZH = "zh-CN"
EN = "en"


@dataclass(frozen=True, kw_only=True)
class Text:
    """A label in the process's first language, with its translations as (language tag, text) pairs."""

    default: str = ""
    translations: tuple[tuple[str, str], ...] = ()

    def in_language(self, language: str) -> str:
        """The text in this language (BCP 47 tag), else in the same base language, else the default."""
        for tag, text in self.translations:
            if tag == language:
                return text
        base = language.partition("-")[0]
        return next((text for tag, text in self.translations if tag.partition("-")[0] == base), self.default)

    def __bool__(self) -> bool:
        return bool(self.default or self.translations)

    def __str__(self) -> str:
        return self.default
