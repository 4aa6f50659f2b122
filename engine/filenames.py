"""A file's name as it is kept: for people only; nothing is ever stored under it."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 200
"""Characters."""
LONGEST_BYTES: Final = 255
"""In UTF-8, which is what file systems count."""

_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$", re.IGNORECASE)
_FORBIDDEN = '<>:"|?*'


def clean(name: str) -> str:
    """The name without path, controls and tricks, in NFC; `file` when nothing is left.

    A path loses its directories. Control and formatting characters go (a right-to-left override makes `gpj.exe` read
    `exe.jpg`), halves of surrogate pairs too. A name that a spreadsheet would calculate, or that Windows keeps for
    itself, gets an underscore in front. A long name is cut before its extension.
    """
    last = re.split(r"[/\\]", name)[-1]
    text = unicodedata.normalize("NFC", "".join(each for each in last if _is_plain(each)))
    text = text.translate({ord(each): "_" for each in _FORBIDDEN}).strip(" ").rstrip(". ")
    if text.startswith(("=", "+", "-", "@", ".", "~")) or _RESERVED.match(text):
        text = f"_{text}"
    return _shortened(text) if text else "file"


def _is_plain(character: str) -> bool:
    # Zero-width joiners hold emoji and some scripts together; the other formatting characters only hide things.
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} or character in "\u200c\u200d"


def _shortened(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > 16:
        stem, dot, extension = name, "", ""
    tail = dot + extension
    stem = stem[: LONGEST - len(tail)]
    while len((stem + tail).encode()) > LONGEST_BYTES:
        stem = stem[:-1]
    return stem + tail
