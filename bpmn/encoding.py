"""Which characters the bytes of an XML file stand for (XML 1.0 fifth edition, 4.3.3 and appendix F).

The file is decoded here, strictly and by what it declares, instead of by libxml2: the set of accepted
encodings is then the same on every machine, and bytes that do not fit the declaration are refused rather
than read as other characters.
"""

import re
from typing import NamedTuple

from bpmn.refusal import Refusal

_ACCEPTED = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "gbk": "gbk",
    "gb2312": "gbk",
    "gb18030": "gb18030",
}
"""Declared name (lower case) -> Python codec. GB2312 is read as its superset GBK, as browsers do."""

_DECLARATION = re.compile(rb"""^<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>]{1,60})["']""")


class _Guess(NamedTuple):
    """What the first bytes say: a codec, how many bytes the mark takes, and the code unit's width."""

    codec: str | None
    skip: int
    wide: bool


def decode(content: bytes) -> str:
    """The text of an XML file, without its byte order mark.

    Accepts UTF-8, UTF-16, WINDOWS-1252, ISO-8859-1, GBK and GB18030 as declared, and UTF-8 where nothing is
    declared. Raises: Refusal `ENCODING` for another declared name, for a declaration that the byte order
    mark or the bytes contradict.
    """
    guess = _sniff(content)
    body = content[guess.skip :]
    declared = _declared(body, guess)
    codec = _codec(declared, guess)
    try:
        text = body.decode(codec)
    except UnicodeDecodeError as wrong:
        line = body.count(b"\n", 0, wrong.start) + 1
        raise Refusal("ENCODING", line=line, declared=declared or codec, reason="bytes_do_not_fit") from None
    if _is_utf8_in_disguise(body, codec):
        raise Refusal("ENCODING", line=1, declared=declared or codec, reason="bytes_are_utf_8")
    return text


def _sniff(content: bytes) -> _Guess:
    for mark, codec, wide in (
        (b"\xef\xbb\xbf", "utf-8", False),
        (b"\xff\xfe\x00\x00", "utf-32", True),
        (b"\x00\x00\xfe\xff", "utf-32", True),
        (b"\xff\xfe", "utf-16-le", True),
        (b"\xfe\xff", "utf-16-be", True),
    ):
        if content.startswith(mark):
            return _Guess(codec, len(mark), wide)
    if content.startswith(b"<\x00"):
        return _Guess("utf-16-le", 0, True)
    if content.startswith(b"\x00<"):
        return _Guess("utf-16-be", 0, True)
    return _Guess(None, 0, False)


def _declared(body: bytes, guess: _Guess) -> str | None:
    head = body[:400]
    if guess.wide:
        head = head.replace(b"\x00", b"")
    found = _DECLARATION.match(head)
    return None if found is None else found.group(1).decode("ascii", "replace")


def _codec(declared: str | None, guess: _Guess) -> str:
    wanted = _ACCEPTED.get(declared.lower()) if declared is not None else guess.codec or "utf-8"
    if wanted is None or guess.codec == "utf-32":
        raise Refusal("ENCODING", line=1, declared=declared or "utf-32", reason="not_accepted")
    if guess.codec is None:
        # Without a mark or wide characters at the start the bytes cannot be UTF-16, whatever is declared.
        if wanted.startswith("utf-16"):
            raise Refusal("ENCODING", line=1, declared=str(declared), reason="bytes_do_not_fit")
        return wanted
    if guess.codec == wanted or (wanted == "utf-16" and guess.wide):
        return guess.codec
    raise Refusal("ENCODING", line=1, declared=str(declared), reason="mark_contradicts")


def _is_utf8_in_disguise(body: bytes, codec: str) -> bool:
    """Whether bytes declared as an 8-bit or Chinese encoding are really UTF-8, so that reading them gives
    mojibake.

    Text in those encodings is valid UTF-8 only by a rare chance; for GBK, where two-byte chance hits exist,
    a character of three bytes (all Chinese in UTF-8) is asked for too.
    """
    if codec not in ("cp1252", "latin-1", "gbk", "gb18030") or body.isascii():
        return False
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return codec in ("cp1252", "latin-1") or any(ord(char) > 0x7FF for char in text)
