"""Checks of what people enter about the installation: every problem of a request is found before it is refused."""

import re
import unicodedata

from engine.errors import FieldProblem, Invalid, PreconditionFailed, PreconditionRequired
from engine.values.processes import Names

NAME = 120
"""Characters of a name."""
DESCRIPTION = 4_000
"""Characters of a description."""
LAST_POSITION = 100_000

_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_BREAKS = {"\n", "\r", "\t"}


class Checks:
    """Collects what is wrong with the fields of one request."""

    def __init__(self) -> None:
        self.problems: list[FieldProblem] = []

    def refuse(self, path: str, code: str, **params: object) -> None:
        """Note a problem."""
        self.problems.append(FieldProblem(path=path, code=code, params=params))

    def text(self, path: str, value: str, *, limit: int = NAME, required: bool = True, lines: bool = False) -> str:
        """The text in NFC and trimmed; `lines` allows line breaks. No control character is ever stored."""
        text = unicodedata.normalize("NFC", value).strip()
        if required and not text:
            self.refuse(path, "FIELD_REQUIRED")
        if len(text) > limit:
            self.refuse(path, "FIELD_TOO_LONG", maximum=limit, actual=len(text))
        if any(_unfit(each) and not (lines and each in _BREAKS) for each in text):
            self.refuse(path, "FIELD_NOT_TEXT")
        return text

    def position(self, value: int) -> int:
        """A place among siblings: 0 to 100,000."""
        if not 0 <= value <= LAST_POSITION:
            self.refuse("position", "FIELD_OUT_OF_RANGE", minimum=0, maximum=LAST_POSITION)
        return value

    def key(self, path: str, value: str) -> str:
        """A key: a lower-case letter, then at most 62 lower-case letters, digits, hyphens or underscores."""
        if not _KEY.fullmatch(value):
            self.refuse(path, "KEY_MALFORMED")
        return value

    def names(self, path: str, value: Names, *, limit: int = NAME, required: bool = True) -> Names:
        """A name in both languages, of which the Chinese one may be required."""
        lines = limit > NAME
        return Names(
            zh=self.text(f"{path}.zh", value.zh, limit=limit, required=required, lines=lines),
            en=self.text(f"{path}.en", value.en, limit=limit, required=False, lines=lines),
        )

    def done(self) -> None:
        """Return when nothing is wrong.

        Raises: Invalid `FIELDS_INVALID` with all problems.
        """
        if self.problems:
            raise Invalid("FIELDS_INVALID", {"count": len(self.problems)}, problems=self.problems)


def check_revision(present: int, expected: int | None) -> None:
    """Compare the required If-Match with the present revision.

    Raises: PreconditionRequired `IF_MATCH_REQUIRED`, PreconditionFailed `VERSION_CHANGED`.
    """
    if expected is None:
        raise PreconditionRequired("IF_MATCH_REQUIRED", {"present": present})
    if expected != present:
        raise PreconditionFailed("VERSION_CHANGED", {"expected": expected, "present": present})


def _unfit(character: str) -> bool:
    # Control characters, and the halves of surrogate pairs, which no UTF-8 column can hold.
    return unicodedata.category(character) in {"Cc", "Cs"}
